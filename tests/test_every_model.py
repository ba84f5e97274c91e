"""Every Pixazo model, from a line of Python to a verified clip in the log, against the real sandbox."""

from __future__ import annotations

import pytest

import pixnb

MINIMAL = {
    "lucy-edit-fast": {"video": "video"},
    "ltx-2.3-text-to-video": {},
    "ltx-2.3-image-to-video": {"image": "image"},
    "ltx-2.3-audio-to-video": {"audio": "audio"},
    "ltx-2.3-retake": {"video": "video", "start_time": 1, "duration": 2, "retake_mode": "replace_video_only"},
    "ltx-2-pro": {"image": "image"},
    "ltx-2-19b": {"image": "image", "num_frames": 50},
    "ltx-2": {"image": "image", "resolution": "720p"},
}
"""The least that each needs; a media role names a kind of sample."""


@pytest.fixture(scope="module")
def sandbox():
    with pixnb.Sandbox(speed=20, draft=True) as started:
        yield started


@pytest.fixture
def exp(sandbox, tmp_path):
    with pixnb.Log(tmp_path / "log.db") as log:
        yield pixnb.Experiment("all", log=log, client=pixnb.Client(sandbox=sandbox))


def test_the_list_is_complete():
    """A model that is added is tried here too."""
    assert set(MINIMAL) == {model.id for model in pixnb.models.search(provider="pixazo")}


def test_every_model_makes_a_clip(exp):
    """All eight at once: a clip each, of the right length, with its input linked by hash and its row complete."""
    runs = {}
    for name, given in MINIMAL.items():
        roles = pixnb.models.get(name).inputs
        params = {key: pixnb.sample(value) if key in roles else value for key, value in given.items()}
        runs[name] = exp.submit(name, prompt="A lighthouse in a storm at night", **params)
    lengths = {name: run.result(100).video.info.duration for name, run in runs.items()}
    assert lengths == pytest.approx(
        {
            "lucy-edit-fast": 5.3,
            "ltx-2.3-text-to-video": 6,
            "ltx-2.3-image-to-video": 6,
            "ltx-2.3-audio-to-video": pixnb.sample("audio").info.duration,
            "ltx-2.3-retake": 5.3,
            "ltx-2-pro": 6,
            "ltx-2-19b": 2,
            "ltx-2": 6,
        },
        abs=0.15,
    )
    frame = exp.frame().set_index("model")
    assert set(frame["status"]) == {"COMPLETED"}
    assert frame["output_sha256"].nunique() == 8
    assert frame.loc["ltx-2-pro", "task"] == "image-to-video"
    assert frame["cost_simulated"].notna().sum() == 1  # of the LTX models no price is documented
    assert frame["run_seconds"].notna().all()
    for run in runs.values():
        assert run.output.info.video_codec == "h264"


@pytest.mark.parametrize(
    ("key", "error"),
    [("bad-key", pixnb.InvalidAPIKey), ("no-balance", pixnb.InsufficientBalance), ("forbidden", pixnb.Forbidden)],
)
def test_a_wrong_key_and_an_empty_wallet_are_told_apart(sandbox, tmp_path, key, error):
    """Each refusal has its class and says what to do; the log has it too."""
    client = pixnb.Client(keys={"pixazo": key}, base_urls=sandbox.base_urls)
    with pytest.raises(error) as caught:
        client.submit("ltx-2", prompt="A lake", image="https://example.org/lake.png")
    assert key not in str(caught.value)
    with pixnb.Log(tmp_path / "log.db") as log:
        run = pixnb.Experiment("x", log=log, client=client).submit(
            "ltx-2", prompt="A lake", image=pixnb.sample("image")
        )
        assert type(run.error) is error
        assert log.frame()["error"].iloc[0] == str(run.error)
        assert key not in log.frame().to_csv()


def test_the_same_request_gives_the_series_of_variants(exp):
    """Pixazo's models know no seed: the n-th take is the n-th variant, and another clip."""
    runs = [exp.submit("ltx-2-19b", prompt="A red kite", image=pixnb.sample("image"), num_frames=25) for _ in range(2)]
    first, second = (run.result(60).video for run in runs)
    assert first.sha256 != second.sha256
    assert [run.take for run in runs] == [1, 2]


@pytest.mark.parametrize(
    ("marker", "error"),
    [("FAILED", pixnb.JobFailed), ("ERROR", pixnb.JobErrored), ("expired", pixnb.OutputUnavailable)],
)
def test_markers_bring_about_what_they_say(exp, marker, error):
    """The sandbox fails on purpose; pixnb says so in its own class."""
    run = exp.submit("ltx-2-19b", prompt=f"[{marker}] x", image=pixnb.sample("image"), num_frames=9)
    with pytest.raises(error):
        run.result(60)


def test_weather_on_the_way_is_borne(exp):
    """Polls that fail, a cut download, a busy answer: the clip comes all the same, and one job is made of it."""
    prompt = "[429 once] [poll 500 2 times] [poll drop once] [poll garbage once] [cut once] A kite"
    run = exp.submit("ltx-2-19b", prompt=prompt, image=pixnb.sample("image"), num_frames=9)
    assert run.result(60).video.size > 0
    assert run.error is None
