"""An experiment: what is on record when, takes, refusals, annotations, lineage."""

from __future__ import annotations

import threading

import httpx
import pytest
from fake_pixazo import FakePixazo
from served import tiny_clip

import pixnb
from pixnb.client.polling import Patience
from pixnb.status import JobStatus

LUCY = "lucy-edit-fast"
CLIP = "https://example.org/clip.mp4"


@pytest.fixture
def service():
    return FakePixazo()


def experiment(service, log, name="coats", **options):
    urls = {"pixazo": "https://pixazo.example"} if service.headers else None
    patience = Patience(pause=0.02)
    client = pixnb.Client(keys={"pixazo": "key"}, base_urls=urls, transport=service.transport, patience=patience)
    return pixnb.Experiment(name, log=log, client=client, **options)


def rows(log):
    return log.frame().set_index("run_id")


def test_the_run_is_on_disk_before_the_post_leaves(exp, service, tmp_path):
    """While the service has not answered, another reader of the log sees the run, SUBMITTING, with its price."""
    seen = []

    def look(_):
        with pixnb.Log(tmp_path / "log.db") as other:
            seen.append(other.frame())

    service.before_answer = look
    run = exp.submit(LUCY, prompt="A red coat", video=CLIP)
    (row,) = seen[0].to_dict("records")
    assert (row["run_id"], row["status"], row["prompt"]) == (run.run_id, "SUBMITTING", "A red coat")
    assert str(row["job_id"]) in ("nan", "None", "<NA>")
    assert exp.log.row(run.run_id)["job_id"] == run.id == "job-1"


def test_a_run_ends_verified_and_in_the_frame(exp):
    """The frame says what was asked, what it cost, how long it took and where the clip is."""
    run = exp.submit(LUCY, prompt="A red coat", video=CLIP, enhance_prompt=True, tags=["first"], note="try")
    video = run.result().video
    (row,) = exp.frame().to_dict("records")
    assert row["status"] == "COMPLETED"
    assert row["output_path"] == str(video.path)
    assert row["output_sha256"] == video.sha256
    assert (row["cost_simulated"], row["currency"]) == (0.2, "USD")
    assert row["sandbox"] is True
    assert (row["take"], row["params.enhance_prompt"], row["input.video"]) == (1, True, CLIP)
    assert (row["note"], row["task"], row["model"]) == ("try", "video-to-video", LUCY)
    assert row["queue_seconds"] >= 0
    assert row["run_seconds"] >= 0
    assert row["submitted_at"] <= row["started_at"] <= row["completed_at"]
    assert "tags.first" in row


def test_takes_count_up_and_are_found_again(exp, service):
    """take=None is always new; take=n is the logged one, from this process or another, and costs nothing."""
    first = exp.submit(LUCY, prompt="A red coat", video=CLIP)
    second = exp.submit(LUCY, prompt="A red coat", video=CLIP)
    other = exp.submit(LUCY, prompt="A blue coat", video=CLIP)
    assert [run.take for run in (first, second, other)] == [1, 2, 1]
    first.result()
    again = exp.submit(LUCY, prompt="A red coat", video=CLIP, take=1)
    assert again is first
    assert len(service.posts) == 3
    fresh = exp.submit(LUCY, prompt="A red coat", video=CLIP, take=3)
    assert (fresh.take, len(service.posts)) == (3, 4)


def test_a_take_is_found_by_what_is_in_the_file_not_by_where_it_lies(exp, service, tmp_path):
    """The same bytes under another name are the same params."""
    a, b = tmp_path / "a.mp4", tmp_path / "b.mp4"
    a.write_bytes(tiny_clip())
    b.write_bytes(tiny_clip())
    first = exp.submit(LUCY, prompt="A red coat", video=a)
    assert exp.submit(LUCY, prompt="A red coat", video=b, take=1).run_id == first.run_id
    assert exp.submit(LUCY, prompt="A red coat", video=tiny_clip(), take=1).run_id == first.run_id
    assert len(service.posts) == 1


def test_the_same_take_asked_for_at_once_is_made_once(exp, service):
    """Eight threads that want take 1 get one run and pay once."""
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(exp.submit(LUCY, prompt="A red coat", video=CLIP, take=1)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({run.run_id for run in found}) == 1
    assert len(service.posts) == 1


@pytest.mark.parametrize(
    ("prompt", "status", "error"),
    [
        ("[402]", JobStatus.ERROR, pixnb.InsufficientBalance),
        ("[401]", JobStatus.ERROR, pixnb.InvalidAPIKey),
        ("[400]", JobStatus.ERROR, pixnb.InvalidInput),
        ("[500]", JobStatus.UNCONFIRMED, pixnb.SubmitUnconfirmed),
        ("[lost]", JobStatus.UNCONFIRMED, pixnb.SubmitUnconfirmed),
        ("[FAILED]", JobStatus.FAILED, pixnb.JobFailed),
        ("[ERROR]", JobStatus.ERROR, pixnb.JobErrored),
    ],
)
def test_what_the_service_says_is_kept_and_only_result_raises_it(exp, service, prompt, status, error):
    """submit() returns a run all the same; nothing is sent twice; the log says the same after a restart."""
    run = exp.submit(LUCY, prompt=prompt, video=CLIP).wait()
    assert (run.status, type(run.error)) == (status, error)
    with pytest.raises(error):
        run.result()
    assert len(service.posts) == 1
    row = exp.log.row(run.run_id)
    assert (row["status"], row["error"], row["error_code"]) == (status, run.error.message, run.error.code)
    reloaded = experiment(service, exp.log).run(run.run_id)
    assert (reloaded.status, type(reloaded.error), str(reloaded.error)) == (status, error, str(run.error))


@pytest.mark.parametrize(
    "params",
    [
        {"video": CLIP},
        {"prompt": " ", "video": CLIP},
        {"prompt": "x", "video": CLIP, "video_url": CLIP},
        {"prompt": "x", "video": "no.mp4"},
    ],
    ids=["missing", "empty", "name and role", "no file"],
)
def test_bad_input_is_refused_before_anything_is_written_or_sent(exp, service, params):
    """InvalidInput at the call; no row, no request."""
    with pytest.raises(pixnb.InvalidInput, match=LUCY):
        exp.submit(LUCY, **params)
    assert len(exp.frame()) == len(service.posts) == 0


def test_no_key_is_said_before_anything_is_written(tmp_path, monkeypatch):
    """A key for another service is no key for this one."""
    monkeypatch.setenv("DECART_API_KEY", "k")
    with pixnb.Log(tmp_path / "log.db") as log:
        exp = pixnb.Experiment("coats", log=log)
        with pytest.raises(pixnb.InvalidAPIKey, match="PIXAZO_API_KEY"):
            exp.submit(LUCY, prompt="x", video=CLIP)
        assert exp.frame().empty


def test_stars_tags_notes_and_metrics_land_in_the_frame(exp):
    """They chain, and wrong ones are refused."""
    run = exp.submit(LUCY, prompt="A red coat", video=CLIP)
    run.star(4).tag("winner").tag("round", "2").note("good").log_metric("ssim", 0.9)
    (row,) = exp.frame().to_dict("records")
    assert (row["stars"], row["tags.round"], row["note"], row["metrics.ssim"]) == (4, "2", "good", 0.9)
    for wrong in (0, 6, 2.5, True):
        with pytest.raises(pixnb.InvalidInput):
            run.star(wrong)


def test_an_output_that_becomes_an_input_makes_a_child(exp):
    """Lineage is by content."""
    parent = exp.submit(LUCY, prompt="A red coat", video=CLIP)
    child = exp.submit(LUCY, prompt="Now at night", video=parent.result().video)
    assert child.parent.run_id == parent.run_id
    assert [run.run_id for run in parent.children] == [child.run_id]
    assert parent.parent is None


def test_runs_are_those_of_the_experiment_oldest_first(exp, service):
    """Another experiment in the same log has its own."""
    mine = [exp.submit(LUCY, prompt=f"coat {i}", video=CLIP).run_id for i in range(3)]
    experiment(service, exp.log, "hats").submit(LUCY, prompt="hat", video=CLIP)
    assert [run.run_id for run in exp.runs] == mine
    assert set(exp.frame()["run_id"]) == set(mine)
    with pytest.raises(pixnb.InvalidInput, match="no run"):
        exp.run("nonsense")


def test_resume_goes_only_to_the_address_that_the_run_was_sent_to(exp, service):
    """Never to another one; and a key goes to no address that only a log names."""
    run = exp.submit(LUCY, prompt="[held]", video=CLIP)
    run.cancel()
    service.released.set()
    asked = []
    elsewhere = pixnb.Client(
        keys={"pixazo": "key"},
        base_urls={"pixazo": "https://elsewhere.example"},
        transport=httpx.MockTransport(lambda request: asked.append(request.url.host) or service(request)),
    )
    (found,) = pixnb.Experiment("coats", log=exp.log, client=elsewhere).resume(cancelled=True)
    with pytest.raises(pixnb.InvalidAPIKey, match=r"PIXAZO_BASE_URL=https://pixazo\.example"):
        found.wait()
    assert asked == []
    (again,) = experiment(service, exp.log).resume()
    assert again.run_id == run.run_id
    assert again.result().video is not None


def test_extra_is_sent_unchecked_and_marked(exp, service):
    """What a service added yesterday goes out, and the log says so."""
    run = exp.submit(LUCY, prompt="x", video=CLIP, extra={"brand_new": 1})
    assert service.posts[0]["brand_new"] == 1
    assert exp.log.row(run.run_id)["extra_json"] == {"brand_new": 1}


def test_only_what_was_set_is_sent(exp, service):
    """The service applies its own defaults."""
    exp.submit("ltx-2.3-text-to-video", prompt="A lake")
    assert service.posts == [{"prompt": "A lake"}]


def test_a_cancelled_run_keeps_its_price_reserved_and_can_still_be_collected(exp, service):
    """Cancelling stops the wait; resume(cancelled=True) brings the clip home."""
    run = exp.submit(LUCY, prompt="[held]", video=CLIP)
    run.cancel()
    assert run.status is JobStatus.CANCELLED
    assert exp.log.row(run.run_id)["status"] == "CANCELLED"
    with pytest.raises(pixnb.JobFailed, match="may finish and bill"):
        run.result()
    assert exp.resume() == []
    service.released.set()
    (again,) = exp.resume(cancelled=True)
    assert again.result().video is not None
    assert exp.log.row(run.run_id)["status"] == "COMPLETED"
    assert len(service.posts) == 1


@pytest.mark.anyio
async def test_a_run_is_awaited_like_a_job(exp):
    """`await run` and `async for` work on a logged run."""
    run = exp.submit(LUCY, prompt="A red coat", video=CLIP)
    seen = [status async for status in run.updates()]
    assert seen[-1] is JobStatus.COMPLETED
    assert (await run).video.path.exists()


def test_a_file_deleted_from_the_store_is_fetched_again(exp, service):
    """refresh() on a run whose clip is gone gets it back."""
    run = exp.submit(LUCY, prompt="A red coat", video=CLIP)
    path = run.result().video.path
    path.unlink()
    reloaded = experiment(service, exp.log).run(run.run_id)
    assert reloaded.output is None
    with pytest.raises(pixnb.OutputUnavailable, match="refresh"):
        reloaded.result()
    assert reloaded.refresh().result().video.path == path
    assert path.exists()


def test_the_report_is_one_file_that_escapes_what_people_write(exp, tmp_path):
    """Prompts are text, never markup; the clips are inside."""
    exp.submit(LUCY, prompt="<script>alert(1)</script>", video=CLIP).result()
    exp.submit(LUCY, prompt="[402] & co", video=CLIP)
    path = exp.report(tmp_path / "out" / "report")
    text = path.read_text()
    assert path.suffix == ".html"
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert text.count('data-type="video/mp4"') == 1
    assert "as asked" in text
    assert "://" not in text.split("<style>")[0]
    with pytest.raises(pixnb.InvalidInput, match="cannot be written"):
        exp.report("/proc/nowhere/report.html")
