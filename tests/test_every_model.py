"""Every model, from a line of Python to a verified clip in the log, against the real sandbox."""

from __future__ import annotations

from typing import get_args

import pytest
from make_media import make_sound
from served import tiny_clip

import pixnb

NEEDED = {
    "ltx-2.3-retake": {"start_time": 1, "duration": 2, "retake_mode": "replace_video_only"},
    "ltx-2-pro": {"image": "image"},
    "ltx-2-19b": {"num_frames": 50},
    "ltx-2": {"resolution": "720p"},
    "topaz-video-upscale": {"target_resolution": "720p", "target_fps": 30},
    "wan-2.7-videoedit": {"resolution": "720p", "duration": 2},
}
"""What some need beyond a prompt and their required media, or are given to be quick."""
SMALL = "480p"
"""Decart's smaller size, for the models that have it."""
LENGTHS = {
    "ltx-2.3-text-to-video": 6,
    "ltx-2.3-image-to-video": 6,
    "ltx-2-pro": 6,
    "ltx-2-19b": 2,
    "ltx-2": 6,
    "lucy-pro-t2v": 5,
    "lucy-pro-i2v": 5,
    "lucy-dev-i2v": 5,
    "lucy-pro-flf2v": 5,
    "wan-2.7-videoedit": 2,
}
"""Seconds, where a clip is not as long as what it was made from."""
SAMPLE = {"video": "video", "image": "image", "end_image": "image", "audio": "audio", "reference": "image"}


@pytest.fixture(scope="module")
def sandbox():
    with pixnb.Sandbox(speed=20, draft=True) as started:
        yield started


@pytest.fixture
def exp(sandbox, tmp_path):
    with pixnb.Log(tmp_path / "log.db") as log:
        yield pixnb.Experiment("all", log=log, client=pixnb.Client(sandbox=sandbox))


def params(model, sound):
    """The least that a model needs; its media are samples, but for clips and sounds short ones where that will do."""
    fields = model.params.model_fields
    found = {role: pixnb.sample(SAMPLE[role]) for role, name in model.inputs.items() if fields[name].is_required()}
    if "video" in found and model.id not in NEEDED:
        found["video"] = pixnb.Media(tiny_clip())
    if "audio" in found:
        found["audio"] = sound
    for name, value in NEEDED.get(model.id, {}).items():
        found[name] = pixnb.sample(value) if name in model.inputs else value
    if "resolution" in fields and SMALL in get_args(fields["resolution"].annotation):
        found["resolution"] = SMALL
    return found | ({"prompt": "A lighthouse"} if "prompt" in fields else {})


@pytest.mark.parametrize("provider", ["pixazo", "decart", "apiframe"])
def test_every_model_makes_its_media(exp, provider, tmp_path):
    """All at once: a clip or picture each, as long as asked, its input linked by hash, its row complete."""
    models = pixnb.models.search(provider=provider)
    sound = make_sound(tmp_path / "second.mp3", "libmp3lame")
    runs = {model.id: exp.submit(model, **params(model, sound)) for model in models}
    for model in models:
        run = runs[model.id]
        (media,) = run.result(150).media
        assert media.kind == model.makes, model.id
        if media.kind == "video":
            source = max(given.media.info.duration or 0 for given in run.standing.inputs) if run.standing.inputs else 0
            assert media.info.duration == pytest.approx(LENGTHS.get(model.id, source), abs=0.2), model.id
            assert media.info.video_codec == "h264"
        # what knows jobs has an id there
        assert (run.id is None) == (model.route == ""), model.id
    frame = exp.frame().set_index("model")
    assert set(frame["status"]) == {"COMPLETED"}
    assert provider != "pixazo" or frame.loc["ltx-2-pro", "task"] == "image-to-video"  # it does two
    assert frame["output_sha256"].nunique() == len(models)
    assert set(frame["task"]) <= {task for model in models for task in model.tasks}
    assert frame["run_seconds"].notna().all()
    priced = {model.id for model in models if model.price} | {m.id for m in models if provider == "apiframe"}
    assert set(frame.index[frame["cost_simulated"].notna()]) == priced


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
        exp = pixnb.Experiment("x", log=log, client=client)
        run = exp.submit("ltx-2", prompt="A lake", image="https://example.org/lake.png")
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
