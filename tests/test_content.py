"""Refusals of content: which words are one, at which stage, whether it is billed; at a POST, of a job, in the log."""

from __future__ import annotations

import pickle
from decimal import Decimal

import httpx
import pytest
from fake_apiframe import BASE, KEY, FakeApiframe, done, told
from fake_decart import FakeDecart
from odd_answers import answered
from test_experiment import CLIP, LUCY

import pixnb
from pixnb.client.polling import Patience
from pixnb.providers import names
from pixnb.status import JobStatus
from pixnb.wire import registry as wires
from pixnb.wire.content import ContentRule
from pixnb.wire.guard import guarded

EACH = pytest.mark.parametrize("provider", names())
WAN = "wan-2.7-videoedit"
REFUSED = {
    "The prompt was rejected by content moderation.": "input",
    "Your request was blocked by our safety system": "input",
    "Input image flagged as NSFW": "input",
    "Prompt violates our content policy": "input",
    "prompt: The content was flagged by a content checker.": "input",
    "This request has been flagged for violating the community guidelines": "input",
    "Banned word in prompt: blood": "input",
    "Your image contains inappropriate content.": "input",
    "Request Moderated": "input",
    "prompt did not pass the safety check": "input",
    "content_policy_violation: see prompt": "input",
    "NSFW content detected in the output": "output",
    "The generated video was blocked by the content filter": "output",
    "Generated content contains prohibited material": "output",
    "Output moderated": "output",
    "The generated clip may violate our guardrails on third-party content": "output",
    "Potentially sensitive output detected": "output",
    "SAFETY: the output was blocked by content moderation": "output",
    "The result failed moderation": "output",
}
NOT_REFUSED = (
    "The model could not process this input",
    "The moderation service timed out",
    "content checker unavailable, request rejected",
    "CUDA out of memory",
    "Safety stop of the queue: out of workers",
    "Invalid content type: video/avi is not allowed",
    "The content of video_url could not be fetched: connection refused by the image moderation host",
    "Unsupported video format in the request",
    "Rate limit policy exceeded",
    "Your account was blocked: payment overdue",
    "Prompt too long: 'a scene that violates the content policy and is flagged as nsfw'",
    "input content is empty",
    "seed must not be negative",
)
CODES = {
    "content_policy_violation": None,
    "CONTENT_FILTERED": None,
    "ContentModerated": None,
    "moderation_blocked": None,
    "NSFW": None,
    "SAFETY": None,
    "input_flagged": "input",
    "OutputModerated": "output",
}


def failed(provider, error):
    """Give a failed job as a service tells of it."""
    if provider == "apiframe":
        return told("FAILED", error=error)[1]
    word = "FAILED" if provider == "pixazo" else "failed"
    return {"status": word, "error": error, "job_id": "1", "request_id": "1"}


def update(provider, body):
    """Read a status answer."""
    wire = wires.get(provider)
    return wire.update(answered(wire, 200, body))


@pytest.mark.parametrize(("said", "stage"), REFUSED.items())
@EACH
def test_words_of_a_refusal(provider, said, stage):
    """A job that failed with them was refused, at the stage that they tell of; so was a POST."""
    found = update(provider, failed(provider, said)).refused
    assert found is not None
    assert found.stage == stage
    wire = wires.get(provider)
    for status in (400, 403, 422, 451):
        error = wire.refusal(answered(wire, status, {"error": said}), model="m", job_id=None)
        assert (type(error), error.stage, error.status_code) == (pixnb.ContentRefused, stage, status)
        assert (error.code, error.provider) == ("CONTENT_REFUSED", provider)
        assert said.rstrip(".")[:40] in error.message


@pytest.mark.parametrize("said", NOT_REFUSED)
@EACH
def test_words_that_only_resemble_one(provider, said):
    """What does not match stays what it was."""
    assert update(provider, failed(provider, said)).refused is None
    wire = wires.get(provider)
    assert not isinstance(wire.refusal(answered(wire, 400, {"error": said}), model="m", job_id=None), pixnb.JobFailed)


@pytest.mark.parametrize(("code", "stage"), CODES.items())
@pytest.mark.parametrize("place", ["error", "code", "type", "nested", "listed"])
@EACH
def test_codes_of_a_refusal(provider, place, code, stage):
    """A code counts wherever services of the kind put one, in any spelling; never in what repeats the request."""
    forms = {
        "error": {"error": code},
        "code": {"error": "Try another.", "code": code},
        "type": {"error": {"type": code, "message": "Try another."}},
        "nested": {"error": {"message": "Try another.", "details": {"failureCode": code}}},
        "listed": {"error": [{"msg": "Try another.", "type": code}]},
    }
    found = update(provider, {**failed(provider, None), **forms[place]}).refused
    assert found is not None
    assert stage in (None, found.stage)
    echo = {**failed(provider, "It broke"), "input": {"type": code, "prompt": "flagged as nsfw", "error": code}}
    assert update(provider, echo).refused is None


@pytest.mark.parametrize("status", [401, 402, 404, 429, 503])
@EACH
def test_what_a_key_a_wallet_or_a_queue_is_refused_with_is_no_refusal_of_content(provider, status):
    """Whatever its words: a sweep has to stop for another reason."""
    wire = wires.get(provider)
    body = {"error": "The prompt was rejected by content moderation."}
    assert not isinstance(wire.refusal(answered(wire, status, body), model="m", job_id=None), pixnb.ContentRefused)


def test_every_row_has_its_source():
    """A page, or the word that it is assumed."""
    for name in names():
        rules = wires.get(name).content_rules
        assert rules
        assert all(rule.source == "assumed" or rule.source.startswith("https://") for rule in rules)


def test_a_wire_of_another_package_has_a_table_of_its_own():
    """Which replaces the usual phrases; without one these hold."""
    plain = type(wires.get("pixazo")._wire)

    class Own(plain):
        content_rules = (ContentRule("no dragons", "https://toy.example/rules", stage="input", billed=True),)

    class Without(plain):
        content_rules = property(lambda self: (_ for _ in ()).throw(AttributeError("content_rules")))

    body = failed("pixazo", "Here be no dragons")
    own, without = guarded(Own()), guarded(Without())
    found = own.update(answered(own, 200, body)).refused
    assert (found.stage, found.billed) == ("input", True)
    usual = failed("pixazo", "The prompt was rejected by content moderation")
    assert own.update(answered(own, 200, usual)).refused is None
    assert without.update(answered(without, 200, usual)).refused.stage == "input"


BILLS = [
    # the answer that ends an Apiframe job, its status, stage, billed, what it cost
    (told("FAILED", error="The prompt was flagged", creditCost=0), "FAILED", "input", False, 0),
    (told("FAILED", error="DataInspectionFailed"), "FAILED", "output", False, 0),
    (told("FAILED", error="Output data may contain inappropriate content."), "FAILED", "output", False, 0),
    (told("CANCELLED", error="blocked by moderation", creditCost=12), "CANCELLED", "output", True, 12),
    (done(result=None, error="The generated video was flagged as unsafe"), "FAILED", "output", True, 12),
    (done(result={"error": "blocked by our safety system"}), "FAILED", "output", True, 12),
    (done(result=None, message="Content Moderated", creditCost=None), "FAILED", "output", None, None),
    (done(result={}, error={"code": "content_filter"}, creditCost=0), "FAILED", "output", False, 0),
]


@pytest.mark.parametrize(("answer", "status", "stage", "billed", "cost"), BILLS)
def test_a_refused_job_says_what_it_cost_and_comes_back_from_the_log(tmp_path, answer, status, stage, billed, cost):
    """Also where the service says that it is done and gives no file; another process reads the same."""
    service = FakeApiframe(polls=[answer])
    with pixnb.Log(tmp_path / "log.db") as log:
        exp = pixnb.Experiment("x", log=log, client=pixnb.Client(**service.options()))
        run = exp.submit(WAN, prompt="A coat", video=CLIP).wait(20)
        assert (run.status, type(run.error)) == (status, pixnb.ContentRefused)
        with pytest.raises(pixnb.JobFailed) as caught:
            run.result()
        assert (caught.value.stage, caught.value.billed) == (stage, billed)
        assert (run.cost.amount if run.cost else None) == cost
    with pixnb.Log(tmp_path / "log.db") as log:
        read = pixnb.Experiment("x", log=log, client=pixnb.Client(**service.options())).run(run.run_id)
        for error in (read.error, pickle.loads(pickle.dumps(read.error))):
            assert (type(error), error.stage, error.billed) == (pixnb.ContentRefused, stage, billed)
            assert (error.message, error.job_id, error.provider) == (run.error.message, run.id, "apiframe")
        (row,) = log.frame().to_dict("records")
        assert row["refused_stage"] == stage


@pytest.mark.parametrize(
    ("answer", "stage"),
    [
        ((400, {"error": "Bad", "message": "The prompt was rejected by content moderation."}), "input"),
        ((422, {"detail": [{"loc": ["body", "prompt"], "type": "content_policy_violation", "msg": "No."}]}), "input"),
        ((500, {"error": "The generated video was blocked by the safety filter"}), "output"),
        ((200, {"error": "blocked by content moderation"}), "output"),
    ],
)
def test_a_post_that_is_refused_for_its_content(tmp_path, answer, stage):
    """There is no job and no doubt; as no page says that it is free, its price stays in the books."""
    posts = []

    def service(request):
        posts.append(request)
        return httpx.Response(answer[0], json=answer[1])

    client = pixnb.Client(keys={"pixazo": KEY}, base_urls={"pixazo": BASE}, transport=httpx.MockTransport(service))
    with pixnb.Log(tmp_path / "log.db") as log:
        exp = pixnb.Experiment("x", log=log, client=client, budget=1)
        run = exp.submit(LUCY, prompt="A coat", video=CLIP)
        assert (run.status, type(run.error), run.error.stage, run.error.billed) == (
            JobStatus.ERROR,
            pixnb.ContentRefused,
            stage,
            None,
        )
        assert len(posts) == 1
        assert exp.remaining == Decimal("0.8")
        with pytest.raises(pixnb.ContentRefused):
            client.submit(LUCY, prompt="A coat", video=CLIP)


@pytest.mark.parametrize("status", [200, 403, 422, 500])
def test_media_in_one_answer_that_are_refused(status):
    """Decart's process() raises it, whatever code it comes with."""
    service = FakeDecart(answers=[(status, b'{"detail": "The output was blocked by content moderation"}', {})])
    client = pixnb.Client(keys={"decart": KEY}, base_urls={"decart": "http://127.0.0.1:9/decart"},
                          transport=httpx.MockTransport(service), patience=Patience(pause=0.02))  # fmt: skip
    with pytest.raises(pixnb.ContentRefused) as caught:
        client.process({"model": "lucy-pro-t2i", "prompt": "A coat"})
    assert (caught.value.stage, caught.value.billed) == ("output", None)


@pytest.fixture(scope="module")
def sandbox():
    with pixnb.Sandbox(speed=100, draft=True) as started:
        yield started


@pytest.mark.parametrize(("marker", "stage"), [("[refused]", "input"), ("[refused-output]", "output")])
@pytest.mark.parametrize(
    ("model", "status", "billed"), [(LUCY, "FAILED", None), ("lucy-pro-v2v", "FAILED", None), (WAN, "FAILED", False)]
)
def test_the_sandbox_refuses_on_request(sandbox, tmp_path, model, status, billed, marker, stage):
    """By a marker in the prompt, on all three services."""
    with pixnb.Log(tmp_path / "log.db") as log:
        exp = pixnb.Experiment("x", log=log, client=pixnb.Client(sandbox=sandbox))
        run = exp.submit(model, prompt=f"Make it snow {marker}", video=pixnb.sample("video")).wait(60)
    assert (run.status, type(run.error)) == (status, pixnb.ContentRefused)
    assert (run.error.stage, run.error.billed) == (stage, billed)
