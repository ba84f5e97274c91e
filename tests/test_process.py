"""The Process API: bytes for a dict, on both faces, cancelled by a token, logged by an experiment."""

from __future__ import annotations

import asyncio
import io
import threading
import time

import httpx
import pytest
from fake_decart import BASE, KEY, FakeDecart, Held, picture
from patience import until
from served import tiny_clip

import pixnb
from pixnb.client.polling import Patience
from pixnb.status import JobStatus

QUICK = Patience(pause=0.02)
VIDEO, IMAGE = pixnb.models.video, pixnb.models.image


class Blocking:
    """The blocking face."""

    def __init__(self, service, **options):
        self.client = pixnb.Client(**connection(service, **options))

    def process(self, options):
        return self.client.process(options)


class Awaiting:
    """The face of coroutines."""

    def __init__(self, service, **options):
        self.client = pixnb.AsyncClient(**connection(service, **options))

    def process(self, options):
        return asyncio.run(self.client.process(options))


class Logging:
    """An experiment, which logs."""

    def __init__(self, service, **options):
        self.exp = pixnb.Experiment("processed", client=pixnb.Client(**connection(service, **options)))

    def process(self, options):
        return self.exp.process(options)


def connection(service, patience=QUICK, **options):
    named = {"keys": {"decart": KEY}, "base_urls": {"decart": BASE}}
    return {**named, "transport": service.transport, "patience": patience, **options}


@pytest.fixture
def service():
    return FakeDecart()


@pytest.fixture(params=[Blocking, Awaiting, Logging])
def face(request, service):
    return request.param(service)


@pytest.fixture
def exp(service, tmp_path):
    with pixnb.Log(tmp_path / "log.db") as log:
        yield pixnb.Experiment("pictures", log=log, client=pixnb.Client(**connection(service)))


GIVEN = {
    "bytes": lambda folder: tiny_clip(),
    "file object": lambda folder: io.BytesIO(tiny_clip()),
    "path": lambda folder: kept(folder),
    "text path": lambda folder: str(kept(folder)),
    "Media": lambda folder: pixnb.Media(kept(folder)),
    "URL": lambda folder: "https://example.com/video.mp4",
}


def kept(folder):
    path = folder / "clip.mp4"
    path.write_bytes(tiny_clip())
    return path


@pytest.mark.parametrize("form", GIVEN)
def test_media_are_taken_in_every_form(service, face, form, tmp_path):
    """A file object, bytes, a path, a Media and a URL all arrive as the same file."""
    made = face.process({"model": VIDEO("lucy-pro-v2v"), "prompt": "Watercolor", "data": GIVEN[form](tmp_path)})
    assert made == tiny_clip()
    assert service.posts[0].url.path == "/decart/v1/generate/lucy-pro-v2v"
    assert service.forms[0]["data"][2] == tiny_clip()
    assert [request.headers.get("x-api-key") for request in service.gets] == [None] * (form == "URL")


def test_a_model_without_the_route_is_processed_by_its_jobs(service, face):
    """What the service offers only as jobs is submitted, waited for and fetched; so are other providers' models."""
    made = face.process({"model": VIDEO("lucy-2.5"), "prompt": "Watercolor", "data": tiny_clip()})
    assert made == tiny_clip()
    assert [request.url.path for request in service.posts] == ["/decart/v1/jobs/lucy-2.5"]
    assert service.gets[0].headers["x-api-key"] == KEY


WRONG = {
    "missing": ({"model": "lucy-pro-i2v", "prompt": "test"}, "Invalid inputs for lucy-pro-i2v: data is required"),
    "no model": ({"prompt": "test"}, "model is required"),
    "unknown": ({"model": "lucy-pro-t2v", "prompt": "test", "sed": 1}, 'did you mean "seed"'),
    "token": ({"model": "lucy-pro-t2v", "prompt": "test", "cancel_token": True}, "is_set"),
    "no dict": (["lucy-pro-t2v"], "one dict"),
    "video": ({"model": "lucy-pro-i2v", "prompt": "test", "data": tiny_clip()}, "Give a file with an image"),
    "gone": (
        {"model": "lucy-pro-v2v", "prompt": "test", "data": "https://example.com/gone.mp4"},
        "https://example.com/gone.mp4 could not be fetched (HTTP 404)",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_options_are_refused_before_anything_is_sent(service, face, case):
    """The code is INVALID_INPUT and the text says what is wrong."""
    options, said = WRONG[case]
    with pytest.raises(pixnb.PixnbError) as caught:
        face.process(options)
    assert (caught.value.code, service.posts) == ("INVALID_INPUT", [])
    assert said in caught.value.message


ANSWERS = {
    "401": ((401, b'{"detail": "Invalid API key"}'), "INVALID_API_KEY", "ERROR"),
    "422": ((422, b'{"detail": [{"loc": ["body", "seed"], "msg": "too large"}]}'), "INVALID_INPUT", "ERROR"),
    "500": ((500, b'{"detail": "the model broke"}'), "PROCESSING_ERROR", "UNCONFIRMED"),
    "502": ((502, b"<html><title>Bad gateway</title></html>"), "PROCESSING_ERROR", "UNCONFIRMED"),
    "web page": ((200, b"<html>hello</html>", {"content-type": "video/mp4"}), "SUBMIT_UNCONFIRMED", "UNCONFIRMED"),
    "nothing": ((200, b""), "SUBMIT_UNCONFIRMED", "UNCONFIRMED"),
    "dropped": (httpx.ReadError("connection reset"), "SUBMIT_UNCONFIRMED", "UNCONFIRMED"),
    "redirect": ((307, b"", {"location": "https://elsewhere.example/"}), "SERVICE_UNAVAILABLE", "ERROR"),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_what_goes_wrong_has_its_code_and_is_sent_once(service, exp, case):
    """Every failure is typed, logged, and never sent again; what may be billed stays reserved."""
    answer, code, status = ANSWERS[case]
    service.answers = [answer]
    with pytest.raises(pixnb.PixnbError) as caught:
        exp.process({"model": "lucy-pro-t2v", "prompt": "Epic landscape"})
    assert (caught.value.code, len(service.posts)) == (code, 1)
    assert KEY not in str(caught.value)
    (row,) = exp.frame().to_dict("records")
    assert (row["status"], row["prompt"]) == (status, "Epic landscape")
    assert type(exp.runs[0].error) is type(caught.value)


def test_a_file_goes_again_whole_after_a_refusal(service, face):
    """A 503 made no job: the file is opened again and sent from its start."""
    service.answers = [(503, b"{}", {"retry-after": "0"})]
    face.process({"model": "lucy-pro-v2v", "prompt": "Watercolor", "data": io.BytesIO(tiny_clip())})
    assert [form["data"][2] for form in service.forms] == [tiny_clip()] * 2


def test_a_file_that_changed_meanwhile_is_not_sent(service, exp, tmp_path):
    """What was written down is what is sent, or nothing is."""
    path = kept(tmp_path)

    def change(request):
        path.write_bytes(tiny_clip() + b"more")
        return httpx.Response(503, headers={"retry-after": "0", **service.marks})

    service._scripted, service.answers = change, [None]
    with pytest.raises(pixnb.InvalidInput, match="has changed since it was read"):
        exp.process({"model": "lucy-pro-v2v", "prompt": "Watercolor", "data": path})
    assert (len(service.posts), exp.runs[0].status) == (1, JobStatus.ERROR)


TOKENS = [asyncio.Event, threading.Event]


@pytest.mark.parametrize("kind", TOKENS)
def test_a_token_that_is_set_already_sends_nothing(service, face, kind):
    """Nothing leaves."""
    token = kind()
    token.set()
    with pytest.raises(asyncio.CancelledError):
        face.process({"model": "lucy-pro-t2v", "prompt": "Dragons", "cancel_token": token})
    assert service.posts == []


@pytest.mark.parametrize("kind", TOKENS)
def test_a_token_ends_the_wait_while_the_post_is_open(service, face, kind):
    """The caller is free at once; the POST is left to finish."""
    service.held, token = Held(), kind()
    threading.Thread(target=lambda: (until(lambda: service.posts), token.set())).start()
    with pytest.raises(asyncio.CancelledError):
        face.process({"model": "lucy-pro-t2v", "prompt": "Dragons", "cancel_token": token})
    assert token.is_set()
    assert not service.held.is_set()
    service.held.set()


@pytest.mark.anyio
async def test_another_coroutine_cancels(service):
    """As the page shows: the token is set by another coroutine of the same loop, within half a second."""
    service.held, token = Held(), asyncio.Event()
    client = pixnb.AsyncClient(**connection(service))
    call = asyncio.create_task(client.process({"model": "lucy-pro-t2v", "prompt": "Dragons", "cancel_token": token}))
    await asyncio.to_thread(until, lambda: service.posts)
    token.set()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(call, 0.5)
    service.held.set()


@pytest.mark.anyio
async def test_cancelling_the_task_does_as_the_token(service):
    """`asyncio.wait_for` and `task.cancel()` leave the POST to finish too."""
    service.held = Held()
    client = pixnb.AsyncClient(**connection(service))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(client.process({"model": "lucy-pro-t2v", "prompt": "Dragons"}), 0.2)
    service.held.set()
    assert len(service.posts) == 1


def test_what_comes_after_a_cancel_is_kept(service, exp):
    """The run says CANCELLED, its price reserved, until the paid picture comes after all."""
    service.held, token = Held(), threading.Event()
    threading.Thread(target=lambda: (until(lambda: service.posts), token.set())).start()
    with pytest.raises(asyncio.CancelledError):
        exp.process({"model": "lucy-pro-t2i", "prompt": "A city", "cancel_token": token})
    (run,) = exp.runs
    until(lambda: exp.frame().status.item() == "CANCELLED")
    assert "no id to ask by" in run.error.message
    service.held.set()
    until(lambda: exp.frame().status.item() == "COMPLETED")
    assert run.result().image.bytes() == picture()


def test_a_cancelled_job_keeps_its_id(service, exp):
    """A job that was accepted is stopped waiting for, and can be collected by its id."""
    service.held, token = Held(), threading.Event()
    options = {"model": "lucy-2.5", "prompt": "Watercolor", "data": tiny_clip(), "cancel_token": token}
    threading.Thread(target=lambda: (until(lambda: service.posts), token.set())).start()
    with pytest.raises(asyncio.CancelledError):
        exp.process(options)  # the POST is open: its id comes later
    service.held.set()
    until(lambda: exp.frame().job_id.item() == "job-1")
    (run,) = exp.runs
    assert (run.status, run.id) == (JobStatus.CANCELLED, "job-1")
    assert run.refresh().result().video.bytes() == tiny_clip()


class TestPictures:
    """Work whose answer is the media: submitted like anything else."""

    def test_a_run_is_processing_while_its_post_is_open(self, service, exp):
        """It has no id, its row says PROCESSING, and submit returns before the answer."""
        service.held = Held()
        run = exp.submit("lucy-pro-t2i", prompt="A city at night", seed=42, orientation="portrait")
        until(lambda: service.posts)
        (row,) = exp.frame().to_dict("records")
        assert (run.id, run.status, row["status"], row["seed"]) == (None, JobStatus.PROCESSING, "PROCESSING", 42)
        service.held.set()
        result = run.result()
        assert (result.image.bytes(), result.video) == (picture(), None)
        assert result.image.path.is_relative_to(exp.log.assets.root)
        (row,) = exp.frame().to_dict("records")
        assert (row["status"], row["media_type"], row["task"]) == ("COMPLETED", "image/png", "text-to-image")

    def test_another_experiment_object_does_not_take_it_for_lost(self, service, exp):
        """Resuming in the same process follows the open POST instead of declaring it lost."""
        service.held = Held()
        run = exp.submit("lucy-pro-t2i", prompt="A city at night")
        other = pixnb.Experiment("pictures", log=exp.log, client=pixnb.Client(**connection(service)))
        (same,) = other.resume()
        until(lambda: service.posts)
        time.sleep(0.1)
        assert same.status is JobStatus.PROCESSING
        service.held.set()
        assert run.result().image.sha256 == same.result(10).image.sha256
        assert len(service.posts) == 1

    def test_an_answer_that_does_not_come_is_lost(self, service, tmp_path):
        """After its time the run is UNCONFIRMED; the POST is not repeated."""
        service.held = Held()
        client = pixnb.Client(**connection(service, patience=Patience(pause=0.02, answer=0.2)))
        with pixnb.Log(tmp_path / "log.db") as log:
            run = pixnb.Experiment("late", log=log, client=client).submit("lucy-pro-t2i", prompt="A city")
            run.wait(10)
            service.held.set()
            assert run.status is JobStatus.UNCONFIRMED
            assert log.frame().status.item() == "UNCONFIRMED"
        with pytest.raises(pixnb.SubmitUnconfirmed, match=r"none came within 0\.2 s"):
            run.result()
        assert len(service.posts) == 1

    def test_a_refusal_is_the_results(self, service, exp):
        """Submit has returned by then: the status says ERROR, and the cost is nothing."""
        service.answers = [(402, b'{"detail": "Payment required"}')]
        run = exp.submit("lucy-image-2", prompt="Oil painting", data=picture())
        with pytest.raises(pixnb.InsufficientBalance):
            run.result()
        assert (run.status, run.cost.amount) == (JobStatus.ERROR, 0)

    def test_a_picture_that_cannot_be_kept_is_handed_over(self, service, tmp_path):
        """It is paid for and cannot be fetched again: it stays in memory, and the error says so."""
        folder = tmp_path / "assets"
        client = pixnb.Client(**connection(service, store=folder))
        service.held = Held()
        job = client.submit("lucy-pro-t2i", prompt="A city")
        folder.joinpath("assets").parent.mkdir(exist_ok=True)
        for inside in sorted(folder.rglob("*"), reverse=True):
            inside.rmdir() if inside.is_dir() else inside.unlink()
        folder.rmdir()
        folder.write_text("a file where the folder should be")
        service.held.set()
        assert job.result().image.bytes() == picture()
        assert "in memory only" in job.error.message

    def test_a_budget_counts_the_open_post(self, service, tmp_path):
        """The price of a picture is reserved from the intention on."""
        service.held = Held()
        with pixnb.Log(tmp_path / "log.db") as log:
            client = pixnb.Client(**connection(service))
            exp = pixnb.Experiment("few", log=log, client=client, budget="0.03")
            run = exp.submit("lucy-image-2", prompt="Oil painting", data=picture(), resolution="720p")
            assert exp.remaining == 0.01
            with pytest.raises(pixnb.BudgetExceeded):
                exp.submit("lucy-image-2", prompt="Watercolour", data=picture(), resolution="720p")
            service.held.set()
            run.result()
            assert len(service.posts) == 1


def test_an_input_in_memory_is_kept_by_the_log(exp):
    """What was asked with bytes can be seen again: they are in the log's assets."""
    run = exp.submit("lucy-image-2", prompt="Oil painting", data=picture())
    run.result()
    kept = exp.frame()["input.image"].item()
    assert pixnb.Media(kept).bytes() == picture()
    assert pixnb.Media(kept).path.is_relative_to(exp.log.assets.root)


class TestDoubts:
    """What is said before paying; here nothing is paid, because the answers come from memory."""

    @pytest.fixture
    def real(self, service):
        """A client of the service itself, as far as it can know."""
        return pixnb.Client(keys={"decart": KEY}, transport=service.transport, patience=QUICK)

    def test_a_retired_model_is_told_before_it_is_sent(self, real, service):
        """With the current ones for the task, at the caller's own line."""
        with pytest.warns(UserWarning, match=r"lucy-dev-v2v is retired.*Current models for video-to-video") as caught:
            real.submit("lucy-dev-v2v", prompt="Watercolor", data=tiny_clip())
        assert caught[0].filename == __file__

    def test_a_clip_that_may_be_too_long_is_told(self, real, service):
        """The early page allows five seconds, later ones more: it goes, and the caller knows."""
        with pytest.warns(UserWarning, match="5 s at most are sure to be taken") as caught:
            real.submit("lucy-pro-v2v", prompt="Watercolor", video=pixnb.sample("video"))
        assert caught[0].filename == __file__

    def test_what_is_sure_is_not_told(self, real):
        """A current model and a short clip: no warning, which would be an error here."""
        assert real.submit("lucy-pro-v2v", prompt="Watercolor", data=tiny_clip()).id
