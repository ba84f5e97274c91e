"""Programs in which a package adds a service: `python plugin_programs.py NAME ARG…`."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import logging
import os
import sys
import time

logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)

import httpx  # noqa: E402
from served import list_jobs  # noqa: E402
from test_webhooks import serving  # noqa: E402

import pixnb  # noqa: E402
from pixnb import providers  # noqa: E402
from pixnb.client.polling import Patience  # noqa: E402

KEY = "toy-SECRET/0123456789"


def client(sandbox):
    """Work with a sandbox as if it were the services themselves."""
    return pixnb.Client(keys={"toy": KEY}, base_urls=sandbox.base_urls, sandbox=False, patience=Patience(pause=0.1))


def begin():
    """Submit what is refused, what fails, what is edited and what goes well; leave the last under way."""
    with pixnb.Sandbox("pixnb-data", speed=5, draft=True) as sandbox:
        exp = pixnb.Experiment("toys", client=client(sandbox))
        said = []
        for prompt in ("A tram [402]", "A boat [FAILED]", "A kite [poll 401]"):
            try:
                exp.submit("toy-video", prompt=prompt).result(20)
            except pixnb.PixnbError as error:
                said.append([type(error).__name__, str(error), repr(error), error.body, repr(error.__cause__)])
        exp.submit("toy-video", prompt="A red train", wheels=6, video=pixnb.sample("video")).wait(60)
        exp.submit("toy-video", prompt="A blue train")
        tell(said)
        sys.stdout.flush()
        time.sleep(60)  # until killed


def finish():
    """Resume what the other left, compare, show a form; say all that can be seen."""
    with pixnb.Sandbox("pixnb-data", speed=50, draft=True) as sandbox:
        exp = pixnb.Experiment("toys", client=client(sandbox))
        for run in exp.resume():
            with contextlib.suppress(pixnb.InvalidAPIKey):  # the one whose polls are refused stays open
                run.wait(60)
        launcher = exp.launcher("toy-video")
        shown = [
            repr(launcher.params),
            launcher._repr_mimebundle_(),
            *map(every_state, launcher.children),
            exp.compare()._repr_mimebundle_(),
        ]
        shown += [run._repr_mimebundle_() for run in exp.runs] + [repr(run) for run in exp.runs]
        shown += [exp.frame().to_html(), pixnb.models._repr_mimebundle_(), repr(pixnb.models.search(provider="toy"))]
        rows = exp.frame()[["provider", "prompt", "status"]].values.tolist()
        tell([rows, json.dumps(shown, default=str, ensure_ascii=False)])
        exp.report("toys.html")


def called():
    """Have runs end by the service's own webhook, which it signs, with a poll a minute; say who was heard."""
    with pixnb.Sandbox("pixnb-data", speed=50, draft=True) as sandbox:
        patience = Patience(pause=60)
        mine, other = (
            pixnb.Client(keys={"toy": key}, base_urls=sandbox.base_urls, sandbox=False, patience=patience)
            for key in (KEY, "another")
        )
        exp = pixnb.Experiment("toys", client=mine)
        hooks, deaf = (pixnb.webhooks.app(exp.log, client=client) for client in (mine, other))
        with serving(hooks) as url, serving(deaf) as wrong:
            run = exp.submit("toy-video", prompt="A red train", callback=hooks.callback(url)).wait(30)
            codes = []
            for body, headers in (
                (b'<toy job="toy-1"/>', {}),
                (b'<toy job="toy-1"/>', {"X-Toy-Signature": "é".encode()}),
                (b'<toy job="toy-1"/>', {"X-Toy-Signature": sign(KEY, b'<toy job="toy-1"/>')}),
                (b"<toy>", {"X-Toy-Signature": sign(KEY, b"<toy>")}),
                (b'{"request_id": "job-1"}', {}),
            ):
                codes.append(httpx.post(url + hooks.path, content=body, headers=headers).status_code)
            signed = f'<toy job="{run.id}"/>'.encode()
            codes.append(
                httpx.post(
                    wrong + deaf.path, content=signed, headers={"X-Toy-Signature": sign(KEY, signed)}
                ).status_code
            )
        tell([str(run.status), codes, [job["polls"] for job in list_jobs(sandbox.url)]])


def sign(key, body):
    """Sign as the toy service does."""
    secret = hashlib.sha256(key.encode()).hexdigest()
    return hmac.new(secret.encode(), body, "sha256").hexdigest()


def every_state(widget):
    """The state of a widget and of those in it."""
    return [widget.get_state(), *(every_state(one) for one in getattr(widget, "children", ()))]


def look():
    """Say what there is, and do one thing with a service of our own."""
    logging.getLogger().setLevel(logging.WARNING)
    error = None
    for ask in (lambda: pixnb.models.get("toy-video"), lambda: pixnb.Client().job("toy", "job-1")):
        try:
            ask()
        except pixnb.PixnbError as found:
            error = f"{error or ''} {type(found).__name__}: {found}"
    statuses = [pixnb.Client().run("ltx-2.3-text-to-video", prompt="A lake").job.status] * bool(os.environ["SANDBOX"])
    tell([list(providers.names()), len(pixnb.models), statuses, error])


def tell(what):
    print("»" + json.dumps(what, default=str), flush=True)


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
