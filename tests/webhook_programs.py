"""Programs that the tests of webhooks run as real processes: `python webhook_programs.py NAME ARG…`."""

from __future__ import annotations

import json
import socket
import sys
import time

from served import tiny_clip

import pixnb
from pixnb.client.polling import Patience


def submit(base_url, pause):
    """Submit a run that is called back at a receiver of this log, say so, and stay until killed."""
    exp = pixnb.Experiment("coats", client=pixnb.Client(patience=Patience(pause=float(pause))))
    callback = pixnb.webhooks.app(exp.log, client=exp.client).callback(base_url)
    run = exp.submit("lucy-edit-fast", prompt="A red coat", video=tiny_clip(), callback=callback)
    tell([run.run_id, run.id])
    time.sleep(120)


def receive():
    """Receive webhooks for the settings' log until killed."""
    import uvicorn

    hooks = pixnb.webhooks.app(client=pixnb.Client(patience=Patience(pause=60)))
    listening = socket.create_server(("127.0.0.1", 0))
    tell(f"http://127.0.0.1:{listening.getsockname()[1]}")
    uvicorn.Server(uvicorn.Config(hooks, log_config=None, ws="none")).run(sockets=[listening])


def token():
    """Say under which path the settings' log receives webhooks."""
    tell(pixnb.webhooks.app().path)


def tell(what):
    """Write a line for the test to read."""
    print("»" + json.dumps(what), flush=True)


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
