"""Every request that the services' pages show goes out as they show it; what is expected is typed off the pages."""

from __future__ import annotations

import asyncio
import io
import json
from pathlib import Path

import pytest
from faces import FACES, options
from fake_apiframe import ACCEPTED, FakeApiframe
from fake_decart import BASE, FakeDecart, form_of, picture
from fake_service import FakeService
from served import tiny_clip

import pixnb
from pixnb.client.polling import Patience

DATA = Path(__file__).parent / "data"
PIXAZO = json.loads((DATA / "pixazo_params.json").read_text())["models"]
DECART = json.loads((DATA / "decart_requests.json").read_text())
APIFRAME = json.loads((DATA / "apiframe_requests.json").read_text())
EXAMPLES = [(page, body) for page in PIXAZO for body in page["examples"]]
CALLS = [(number, request) for number, request in enumerate(DECART["requests"])]


@pytest.fixture(params=FACES)
def face(request):
    return request.param


@pytest.mark.parametrize(
    ("page", "body"), EXAMPLES, ids=[f"{page['model']}-{number}" for number, (page, _) in enumerate(EXAMPLES)]
)
def test_pixazo(face, page, body):
    """Method, address, headers and JSON of "Request Code", by the service's own id."""
    service = FakeService()
    client = face(**options(service, keys={"pixazo": "a-subscription-key"}, base_urls=None))
    client.submit(page["model"], **body).cancel()
    (request,) = service.posts
    assert (request.method, str(request.url)) == ("POST", "https://gateway.pixazo.ai" + page["path"])
    assert json.loads(request.content) == body
    assert list(json.loads(request.content)) == [p["param"] for p in page["parameters"] if p["param"] in body]
    headers = dict(request.headers)
    assert headers["content-type"] == "application/json"
    assert headers["cache-control"] == "no-cache"
    assert headers["ocp-apim-subscription-key"] == "a-subscription-key"
    assert not [name for name in headers if name.startswith("x-")]


def test_all_eight_models_of_pixazo_have_an_example():
    """So that the test above leaves none out."""
    assert len({page["model"] for page, _ in EXAMPLES}) == 8


def given(value, folder):
    """Turn a call's file into what the page gives: an open file, its bytes, or the address as it is."""
    if not isinstance(value, dict):
        return value
    content = contents(*value.values())
    if "$bytes" in value:
        return content
    (folder / value["$file"]).write_bytes(content)
    return open(folder / value["$file"], "rb")


def contents(name):
    return {"start.jpg": picture((200, 9, 30)), "video.mp4": tiny_clip()}.get(name, picture())


@pytest.mark.parametrize(("number", "request_"), CALLS, ids=[f"{n}-{r['call']['model']}" for n, r in CALLS])
@pytest.mark.parametrize("way", ["process", "submit"])
@pytest.mark.filterwarnings("ignore:.* is retired")
def test_decart(tmp_path, way, number, request_):
    """Each call of the page, by both routes: the documented fields on the wire format of the service's SDK."""
    path = request_["path" if way == "process" or request_["job_path"] is None else "job_path"]
    service = FakeDecart()
    named = {"keys": {"decart": "a-key-there"}, "base_urls": {"decart": BASE}, "patience": Patience(pause=0.02)}
    client = pixnb.AsyncClient(**named, transport=service.transport)
    params = {name: given(value, tmp_path) for name, value in request_["call"].items()}
    try:
        asyncio.run(getattr(Calls(client), way)(request_["kind"], params))
    finally:
        for value in params.values():
            if isinstance(value, io.IOBase):
                value.close()
    (request,) = service.posts
    assert (request.method, str(request.url)) == ("POST", BASE + path)
    assert request.headers[DECART["key_header"]] == "a-key-there"
    form, files = form_of(request), request_["files"]
    assert {name: value for name, value in form.items() if name not in files} == request_["fields"]
    assert {name: form[name] for name in files} == {
        name: (name, "application/octet-stream", contents(file)) for name, file in files.items()
    }
    assert request.headers["content-length"] == str(len(request.content))
    assert "transfer-encoding" not in request.headers
    kind = "multipart/form-data; boundary=" if files else "application/x-www-form-urlencoded"
    assert request.headers["content-type"].startswith(kind)


class Calls:
    """A client that is called as the page does, and by `submit`."""

    def __init__(self, client):
        self.client = client

    async def process(self, kind, params):
        """Call process() with the page's own spelling of the model."""
        model = getattr(pixnb.models, kind)(params.pop("model"))
        return await self.client.process({"model": model, **params})

    async def submit(self, _, params):
        """Submit the same."""
        return await (await self.client.submit(params.pop("model"), **params))


def test_all_eight_models_of_decart_s_page_but_the_fast_twins_have_a_request():
    """The page shows none for the two dev models; they take what their pro twins take."""
    shown = {request["call"]["model"] for request in DECART["requests"]}
    page = {"lucy-pro-t2v", "lucy-pro-i2v", "lucy-pro-v2v", "lucy-pro-flf2v", "lucy-pro-t2i", "lucy-pro-i2i"}
    assert shown == page
    assert len(DECART["requests"]) == 12


@pytest.mark.parametrize("wanted", APIFRAME["requests"], ids=range(len(APIFRAME["requests"])))
def test_apiframe(face, wanted):
    """The documented fields where they belong, and not one that the user did not set."""
    service = FakeApiframe([ACCEPTED])
    client = face(**service.options(keys={"apiframe": "a-key-of-ours"}, base_urls=None))
    callback = pixnb.Callback(**wanted["callback"]) if "callback" in wanted else None
    client.submit(wanted["model"], callback=callback, idempotency_key="key-1", **wanted["call"]).cancel()
    (request,) = service.posts
    assert (request.method, str(request.url)) == ("POST", "https://api.apiframe.ai" + wanted["path"])
    assert json.loads(request.content) == wanted["body"]
    assert list(json.loads(request.content)) == list(wanted["body"])
    assert {name: request.headers[name] for name in APIFRAME["headers"]} == APIFRAME["headers"]
    webhooks = [name for name in request.headers if "webhook" in name]
    assert webhooks == []
