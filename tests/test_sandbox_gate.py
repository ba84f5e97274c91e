"""The sandbox as a server on somebody's machine: whom it answers, what uploads may take, how its jobs and port end."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import resource
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from served import KEY, LUCY, Apiframe, Decart, Pixazo, list_jobs, receiving, tiny_clip

from pixnb.sandbox import server
from pixnb.sandbox.files import Files, NoRoom, TooLarge
from pixnb.sandbox.start import Sandbox, SandboxError

EVIL = "https://evil.example"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    with Sandbox(tmp_path_factory.mktemp("data"), speed=50, draft=True) as sandbox:
        yield sandbox


def call(sandbox, method, path, headers, body=None, host=None):
    """Send a request with exactly these headers, and `host` as its Host; return the status and the answer."""
    port = int(sandbox.url.rpartition(":")[2])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    with contextlib.closing(connection):
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        own = f"127.0.0.1:{port}"
        named = own if host is None else host.replace("PORT", str(port))
        for name, value in {"Host": named, **headers}.items():
            connection.putheader(name, value.replace("PORT", str(port)))
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer, answer.read()


HOSTS = {
    **dict.fromkeys(("127.0.0.1:PORT", "127.0.0.1", "localhost:PORT", "LOCALHOST:PORT", "localhost.:PORT"), 200),
    **dict.fromkeys(("127.9.9.9:PORT", "[::1]:PORT", "lab.localhost:PORT", "localhost:9999"), 200),  # 9999: a tunnel's
    **dict.fromkeys(
        ("evil.example", "evil.example:PORT", "127.0.0.1.evil.example:PORT", "localhost.evil.example"), 400
    ),
    **dict.fromkeys(("127.0.0.1@evil.example", "evil.example#127.0.0.1", "localhost evil.example", "x"), 400),
    **dict.fromkeys(("0.0.0.0:PORT", "192.168.1.7:PORT", "[::]:PORT", "2130706433:PORT", "127.1:PORT"), 400),
    **dict.fromkeys(
        ("", ":PORT", "localhost:PORT:80", "localhost:x", "[::1", "xn--localhost-:PORT", "127.0.0.1,"), 400
    ),
}


@pytest.mark.parametrize("path", ["/jobs", "/health", "/media/uploads/x", "/apiframe/v2/me", "/nowhere"])
@pytest.mark.parametrize("host", HOSTS)
def test_only_this_computers_own_names_are_answered(sandbox, host, path):
    """A page whose name points here (DNS rebinding) reads nothing, wherever it asks; other ports are no other host."""
    answer, said = call(sandbox, "GET", path, {KEY: "k"} if path == "/jobs" else {}, host=host)
    if HOSTS[host] == 400:
        assert answer.status == 400
        assert b"prompt" not in said
    elif path in ("/jobs", "/health"):
        assert answer.status == 200
    else:
        assert answer.status in (401, 404)


def test_a_request_that_names_no_host_or_two_is_refused(sandbox):
    """HTTP/1.0 needs none, but then nobody knows by what name it came."""
    port = int(sandbox.url.rpartition(":")[2])
    for head in (b"GET /jobs HTTP/1.0\r\n\r\n", b"GET /jobs HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", port)) as raw:
            raw.sendall(head)
            with raw.makefile("rb") as answer:
                assert answer.readline().split()[1] == b"400"


SUBMIT = json.dumps({"prompt": "x", "video_url": "http://127.0.0.1:1/x.mp4"}).encode()
FROM_PAGES = {
    "origin of another site": ({"Origin": EVIL}, 403),
    "origin of another port": ({"Origin": "http://127.0.0.1:8888"}, 403),
    "origin by another name": ({"Origin": "http://localhost:PORT"}, 403),
    "origin of no port": ({"Origin": "http://127.0.0.1"}, 403),
    "origin with ours as its user": ({"Origin": "http://127.0.0.1:PORT@evil.example"}, 403),
    "origin null, of a file or a sandboxed frame": ({"Origin": "null"}, 403),
    "origin empty": ({"Origin": ""}, 403),
    "cross-site": ({"Sec-Fetch-Site": "cross-site"}, 403),
    "cross-site in capitals": ({"Sec-Fetch-Site": "Cross-Site"}, 403),
    "same-site, another port": ({"Sec-Fetch-Site": "same-site"}, 403),
    "cross-site navigation": ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 403),
    "ours": ({"Origin": "http://127.0.0.1:PORT", "Sec-Fetch-Site": "same-origin"}, None),
    "typed by a person": ({"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"}, None),
    "a program": ({}, None),
}


@pytest.mark.parametrize("key", [True, False])
@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/x-www-form-urlencoded"])
@pytest.mark.parametrize("case", FROM_PAGES)
def test_no_page_of_another_origin_submits_uploads_or_reads(sandbox, case, kind, key):
    """Whether or not it could send a key along, nothing is made, fetched, kept or told, and nothing is granted."""
    headers, refused = FROM_PAGES[case]
    before = len(list_jobs(sandbox.url))
    sent = {**headers, "Content-Type": kind, **({KEY: "k"} if key else {})}
    calls = [("POST", f"/pixazo{LUCY}", SUBMIT), ("POST", "/pixazo/uploads", tiny_clip()), ("GET", "/jobs", None)]
    for method, path, body in [*calls, ("GET", "/health", None), ("OPTIONS", "/pixazo/uploads", None)]:
        answer, said = call(sandbox, method, path, sent, body)
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        if refused or (not key and (method == "POST" or path == "/jobs")):
            assert answer.status == (refused or 401), (path, said)
        else:
            assert answer.status < 300 or method == "OPTIONS"
    made = len(list_jobs(sandbox.url)) - before
    assert made == (1 if key and not refused else 0)


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "video", "Sec-Fetch-Mode": "no-cors"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, 200),
        ({"Sec-Fetch-Site": "same-site", "Sec-Fetch-Dest": "image", "Range": "bytes=0-9"}, 206),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors", "Origin": EVIL}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_a_notebook_shows_a_clip_that_no_page_reads(sandbox, headers, code):
    """JupyterLab is another origin: its pages link to clips and play them; to read one takes an Origin."""
    with Pixazo(sandbox).http as http_:
        url = http_.post(f"{sandbox.base_urls['pixazo']}/uploads", content=tiny_clip()).json()["url"]
    answer, _ = call(sandbox, "GET", url.removeprefix(sandbox.url), headers)
    assert answer.status == code
    assert call(sandbox, "POST", url.removeprefix(sandbox.url), headers)[0].status in (403, 405)


@pytest.mark.parametrize("key", [None, "", "bad-key", "forbidden", "k"])
@pytest.mark.parametrize(
    ("path", "name", "code"),
    [
        ("/pixazo/uploads", KEY, 201),
        ("/decart/uploads", "X-API-KEY", 201),
        ("/apiframe/uploads", "X-API-Key", 201),
        ("/pixazo/uploads", "X-API-Key", 401),  # another service's key is none
        ("/nobody/uploads", KEY, 404),
    ],
)
def test_an_upload_needs_its_services_key(sandbox, path, name, code, key):
    """A key that does not pass is refused as it is elsewhere."""
    answer = httpx.post(sandbox.url + path, content=tiny_clip(), headers={} if key is None else {name: key})
    refused = {"k": code, "forbidden": 403}.get(key, 401) if code == 201 else code
    assert answer.status_code == refused
    assert (answer.status_code == 201) == ("url" in answer.json())


@contextlib.contextmanager
def serving(*arguments, limit=None):
    """Run `pixnb sandbox` and give what it prints to export."""

    def lower():
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))

    command = [sys.executable, "-m", "pixnb", "sandbox", "--speed", "50", "--draft", *map(str, arguments)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=lower if limit else None)
    try:
        yield Exported(dict(process.stdout.readline().strip().split("=", 1) for _ in range(6)))
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


class Exported:
    """A sandbox known by its exports, as the callers of `served` want it."""

    def __init__(self, exports):
        self.base_urls = {name: exports[f"{name.upper()}_BASE_URL"] for name in ("pixazo", "decart", "apiframe")}
        self.url = self.base_urls["pixazo"].removesuffix("/pixazo")


@pytest.mark.parametrize("header", [KEY, "X-API-KEY"])
@pytest.mark.parametrize(
    ("key", "code"), [(None, 401), ("", 401), (" ", 401), ("bad-key", 401), ("forbidden", 403), ("k", 200)]
)
def test_the_jobs_are_listed_for_who_has_a_key(sandbox, header, key, code):
    """As on every other route, in any service's header; a refusal tells no prompt."""
    call(sandbox, "POST", f"/pixazo{LUCY}", {KEY: "k", "Content-Type": "application/json"}, SUBMIT)
    answer, said = call(sandbox, "GET", "/jobs", {} if key is None else {header: key})
    assert answer.status == code, said
    assert (b"prompt" in said) == (code == 200)


def test_another_name_is_answered_where_it_was_given():
    """Two names behind a proxy, in any letters, from their own pages too; all other names stay refused."""
    with serving("--allow-host", "Hub.example", "--allow-host", "[fe80::1]") as sandbox:
        cases = {"hub.example": 200, "HUB.example:8443": 200, "[fe80::1]:PORT": 200, "localhost": 200}
        cases |= {"evil.example": 400, "x.hub.example": 400, "hub.example.evil.example": 400}
        assert {host: call(sandbox, "GET", "/jobs", {KEY: "k"}, host=host)[0].status for host in cases} == cases
        own = {KEY: "k", "Origin": "https://hub.example", "Sec-Fetch-Site": "same-origin"}
        assert call(sandbox, "GET", "/jobs", own, host="hub.example")[0].status == 200
        assert call(sandbox, "GET", "/jobs", {KEY: "k", "Origin": EVIL}, host="hub.example")[0].status == 403


@pytest.mark.parametrize("names", ["Hub.example", ["Hub.example", "other.example"], ()])
def test_a_sandbox_in_python_takes_what_the_command_line_takes(names):
    """`allow_host=` and `room=` reach the server; a lone name is one name, not its letters."""
    given = [names] if isinstance(names, str) else list(names)
    with Sandbox(speed=50, allow_host=names, room=2e-6) as sandbox:
        for host in ("hub.example", "other.example"):
            allowed = host in [name.lower() for name in given]
            assert call(sandbox, "GET", "/health", {}, host=host)[0].status == (200 if allowed else 400)
        codes = [call(sandbox, "POST", "/pixazo/uploads", {KEY: "k"}, bytes(n))[0].status for n in (900, 1900)]
        assert codes == [201, 507]


@pytest.mark.parametrize("wrong", [{"room": 0}, {"room": -1}, {"room": float("nan")}, {"allow_host": "http://x"}])
def test_a_sandbox_in_python_says_what_is_wrong_with_it(wrong):
    with pytest.raises(SandboxError, match="argument --"):
        Sandbox(**wrong).start()


def test_uploads_have_room_together(tmp_path):
    """By all services' ways and by fetched inputs: refused with what to do, nothing kept; room that is made counts."""
    state, big = tmp_path / "state", tiny_clip() + bytes(600_000)
    with serving("--room", "0.001", "--state", state) as sandbox, receiving(content=big + b"fetched") as elsewhere:
        pixazo, decart, apiframe = Pixazo(sandbox), Decart(sandbox), Apiframe(sandbox)
        with pixazo.http, decart.http, apiframe.http:
            first = pixazo.http.post(f"{pixazo.base}/uploads", content=big)
            assert first.status_code == 201
            assert pixazo.http.post(f"{pixazo.base}/uploads", content=tiny_clip()).status_code == 201
            refused = pixazo.http.post(f"{pixazo.base}/uploads", content=big + b"2")
            assert refused.status_code == 507
            assert "--room" in refused.json()["message"]
            assert apiframe.upload(big + b"3").status_code == 502  # its own word for a store that fails
            assert decart.post("jobs", "lucy-pro-v2v", {"prompt": "x"}, data=big + b"4").status_code == 507
            body = pixazo.made("x", video_url=elsewhere.url)
            assert (body["status"], "--room" in body["error"]) == ("ERROR", True)
            files = list((state / "files").iterdir())
            assert sorted(file.stat().st_size for file in files) == sorted([len(tiny_clip()), len(big)])
            for file in files:
                file.unlink()
            assert pixazo.http.post(f"{pixazo.base}/uploads", content=big + b"2").status_code == 201


def test_files_have_a_number_a_size_and_room_also_while_they_come_in(tmp_path):
    """What comes in counts from its first byte; what is refused, breaks off or is there already takes nothing."""
    asyncio.run(fill(tmp_path))


async def sending(content, gate=None):
    yield content[:1]
    if gate is not None:
        await gate.wait()
    yield content[1:]


async def fill(folder):
    files, gate = Files(folder, room=100, most=3), asyncio.Event()
    slow = asyncio.create_task(files.keep(sending(b"a" * 40, gate)))
    await asyncio.sleep(0)
    kept = [await files.keep(sending(b"b" * 40)), await files.keep(sending(b"b" * 40))]
    assert kept[0] == kept[1]
    with pytest.raises(TooLarge):
        await files.keep(sending(b"c" * 30), largest=20)
    with pytest.raises(NoRoom, match="--room"):
        await files.keep(sending(b"c" * 70))
    gate.set()
    await slow
    await files.keep(sending(b"d" * 20))
    with pytest.raises(NoRoom, match="3 files"):
        await files.keep(sending(b"e"))
    files.path(kept[0]).unlink()
    await files.keep(sending(b"e"))
    assert len(list(folder.iterdir())) == 3
    with pytest.raises(NoRoom):
        await Files(folder, room=100, most=3).keep(sending(b"f"))


ADDRESSES = [
    *("http://[::1", "http://[", "http://]", "http://[::1]:x/", "http://[v1.x]/", "http://127.0.0.1:99999/x.mp4"),
    *("http://127.0.0.1:-1/", "http://127.0.0.1:x/", "http://:80/", "http://@/", "http://?", "http://#", "http://."),
    *(
        "http://a..b/",
        "http://" + "a" * 70 + ".example/",
        "http://" + "a." * 200 + "b/",
        "http://xn--a/",
        "http://xn--/",
    ),
    *(
        "http://\ud800/",
        "http://127.0.0.1:1/\ud800",
        "http://127.0.0.1:1/\x00",
        "http://127.0.0.1:1/a b",
        "http://\u2100/",
    ),
    *(
        "http://127.0.0.1:1/\r\nHost: x",
        "http://127.0.0.1\\@evil/",
        "http://127.0.0.1:1/%zz",
        "http://127.0.0.1:1/..%2f",
    ),
    *(
        "http://localhost/media/uploads/..%2fstate.db",
        "http://localhost/media/v1/..%2f/output.mp4",
        "http://300.1.1.1/",
    ),
    *(
        "https://127.0.0.1:1/x",
        "http://user:word@127.0.0.1:1/",
        "http://127.0.0.1:1/" + "x" * 100_000,
        "http://\u202e/",
    ),
]


@pytest.mark.parametrize("service", ["pixazo", "apiframe"])
def test_a_job_with_a_bad_address_ends(sandbox, service):
    """Refused at once, or an end that says which input it was; none is left open, and no answer is a 500."""
    caller, bodies = (Pixazo if service == "pixazo" else Apiframe)(sandbox), {}
    with caller.http:
        sent = {url: post_address(caller, url) for url in ADDRESSES}
        for url, answer in sent.items():
            assert answer.status_code in (202, 400, 422), (url, answer.text)
            if answer.status_code == 202 and service == "pixazo":
                bodies[url] = caller.end(answer.json()["request_id"])
            elif answer.status_code == 202:
                bodies[url] = caller.end(answer)[-1]
    assert len(bodies) > 10
    for url, body in bodies.items():
        assert body["status"] == ("ERROR" if service == "pixazo" else "FAILED"), (url, body)
        assert "video could not be fetched" in body["error"], body
    assert all(job["status"] != "QUEUED" for job in list_jobs(sandbox.url))


def post_address(caller, url):
    """Send a submit whose video is at this address; JSON can hold what no address can."""
    if isinstance(caller, Pixazo):
        path, body = caller.base + LUCY, {"prompt": "x", "video_url": url}
    else:
        path, body = (
            "videos/edit",
            {"model": "wan-2.7-videoedit", "prompt": "x", "wan27VideoeditParams": {"video": url}},
        )
    return caller.http.post(path, content=json.dumps(body), headers={"Content-Type": "application/json"})


@pytest.mark.parametrize(
    "url", ["https://[::1", "https://\ud800/", "https://127.0.0.1:99999/", "https://a..b/", "https://xn--/"]
)
def test_a_webhook_with_a_bad_address_costs_no_job(sandbox, url):
    """Refused, or never delivered; the job ends all the same."""
    caller = Apiframe(sandbox)
    with caller.http:
        body = {"model": "wan-2.7-videoedit", "prompt": "x [ERROR]", "webhookUrl": url, "webhookEvents": ["failed"]}
        body |= {"wan27VideoeditParams": {"video": caller.clip, "duration": 2}}
        answer = caller.http.post("videos/edit", content=json.dumps(body), headers={"Content-Type": "application/json"})
        assert answer.status_code == 400 or caller.end(answer)[-1]["status"] == "FAILED"


def test_a_job_that_this_computer_cannot_finish_ends_as_a_system_error(tmp_path):
    """Its clip has nowhere to go: ERROR with the reason, not a job that is open for ever; the next one is made."""
    with Sandbox(tmp_path, speed=50, draft=True) as sandbox:
        caller, outputs = Pixazo(sandbox), tmp_path / "sandbox" / "outputs"
        with caller.http:
            outputs.rmdir()
            body = caller.made("nowhere to go")
            assert (body["status"], "No such file" in body["error"]) == ("ERROR", True)
            outputs.mkdir()
            assert caller.made("somewhere to go")["status"] == "COMPLETED"


@pytest.mark.slow
def test_few_descriptors_lose_no_answer():
    """With 64 of them, 100 callers at once that upload, submit and poll, beside 80 idle ones, are all answered."""
    with serving("--workers", "2", limit=64) as sandbox:
        port = int(sandbox.url.rpartition(":")[2])
        caller = Pixazo(sandbox)
        idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(80)]

        def edit(number):
            with httpx.Client(headers={KEY: "k"}, timeout=60, base_url=caller.base) as one:
                url = one.post("/uploads", content=tiny_clip() + bytes([number])).json()["url"]
                answer = one.post(LUCY, json={"prompt": "x [ERROR]" if number % 10 else "x", "video_url": url})
                return answer.json()["request_id"]

        with ThreadPoolExecutor(100) as threads:
            running = [threads.submit(edit, number) for number in range(100)]
            time.sleep(1)
            for one in idle:
                one.close()
            ids = [one.result() for one in running]
        with caller.http:
            ends = [caller.end(job_id)["status"] for job_id in ids]
        assert sorted(ends) == ["COMPLETED"] * 10 + ["ERROR"] * 90


@pytest.mark.parametrize("port", ["taken", "65536", "99999999999", "-1", "x", "", "1.5", "٣", "+1", "0x50", " 80"])
def test_a_port_that_cannot_be_had_is_one_line_and_status_2(port, tmp_path, monkeypatch):
    """It names the port and the option, not the state folder; no temporary folder is left behind."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        word = str(taken.getsockname()[1]) if port == "taken" else port
        command = [sys.executable, "-m", "pixnb", "sandbox", f"--port={word}"]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout) == (2, "")
    (line,) = ended.stderr.splitlines()
    assert "--port" in line
    assert word in line or ascii(word)[1:-1] in line
    assert "--state" not in line
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "arguments",
    [
        *(["--speed", "0"], ["--speed", "fast"], ["--speed", "nan"], ["--speed"], ["--nonsense"], ["word"]),
        *(["--room", "0"], ["--room", "inf"], ["--workers", "x"], ["--assume", "x"], ["--credits", "1.5"]),
        *(["--allow-host", "*"], ["--allow-host", "http://a"], ["--allow-host", "a:80"], ["--allow-host", ""]),
    ],
)
def test_a_bad_argument_is_one_line_and_status_2(arguments, capsys):
    """It says which, and where to read on."""
    with pytest.raises(SystemExit) as ended:
        server.main(arguments)
    said = capsys.readouterr()
    assert (ended.value.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert "pixnb sandbox --help" in said.err
