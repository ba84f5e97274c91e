"""A request is checked before it is sent: what passes, what is refused, and in which words."""

from __future__ import annotations

import io
import json
from enum import StrEnum
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from pixnb.catalogue import models
from pixnb.errors import InvalidInput

LUCY = {"prompt": "A red coat", "video": "clip.mp4"}
LTX2 = {"prompt": "She turns", "image": "face.png"}
RETAKE = {"prompt": "x", "video": "v.mp4", "start_time": 0, "duration": 2, "retake_mode": "replace_video_only"}


def refusal(model, **params):
    """The message with which a request is refused."""
    with pytest.raises(InvalidInput) as caught:
        models.get(model).validate(params)
    assert caught.value.code == "INVALID_INPUT"
    assert caught.value.provider == models.get(model).provider
    head = f"Invalid inputs for {models.get(model).id}: "
    assert caught.value.message.startswith(head)
    return caught.value.message.removeprefix(head)


def test_order_is_the_models():
    """Parameters come out in the model's order, however they went in."""
    sent = models.get("ltx-2").validate({"fps": 30, "prompt": "x", "duration": 8, "image": "a.png"})
    assert list(sent) == ["image_url", "prompt", "duration", "fps"]


def test_none_is_not_set():
    """None stands for a parameter that was not given, also where one is required."""
    assert models.get("lucy-edit-fast").validate({**LUCY, "enhance_prompt": None, "video_url": None}) == {
        "prompt": "A red coat",
        "video_url": "clip.mp4",
    }
    assert refusal("lucy-edit-fast", prompt=None, video="a.mp4") == "prompt is required"
    assert "sedd is not a parameter" in refusal("lucy-edit-fast", **LUCY, sedd=None)


def test_all_problems_at_once():
    """One message says everything that is wrong."""
    said = refusal("ltx-2", prompt="x", fps=60, duration=7).split("; ")
    assert said == [
        "image_url is required",
        "duration must be 6, 8 or 10, not 7",
        "fps must be 24, 25 or 30, not 60",
    ]


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"duration": "6"}, 'duration must be 6, 8 or 10, not "6" (did you mean 6?)'),
        ({"duration": True}, "duration must be 6, 8 or 10, not True"),
        ({"duration": 6.5}, "duration must be 6, 8 or 10, not 6.5"),
        ({"duration": float("nan")}, "duration must be 6, 8 or 10, not nan"),
        ({"resolution": "1080"}, 'resolution must be "720p", "1080p" or "2160p", not "1080" (did you mean "1080p"?)'),
        ({"resolution": 1080}, 'resolution must be "720p", "1080p" or "2160p", not 1080'),
        ({"generate_audio": 1}, "generate_audio must be True or False, not 1"),
        ({"generate_audio": "true"}, 'generate_audio must be True or False, not "true"'),
        ({"prompt": ""}, "prompt is empty: say what you want to see"),
        ({"prompt": " \n\u3000"}, "prompt is empty: say what you want to see"),
        ({"prompt": 5}, "prompt must be text, not 5"),
        ({"prompt": b"x"}, "prompt must be text, not bytes"),
        ({"prompt": "a\ud83d"}, "prompt holds half of a surrogate pair, which no service can read: remove it"),
        ({"prompt": "a\0b"}, "prompt holds a NUL character: remove it"),
        ({"promt": "x"}, 'promt is not a parameter of ltx-2 (did you mean "prompt"?)'),
        ({"Fps": 25}, 'Fps is not a parameter of ltx-2 (did you mean "fps"?)'),
        ({"video": "a.mp4"}, "video is not an input of ltx-2 (it takes image)"),
        (
            {"seed": 3},
            "seed is not a parameter of ltx-2 "
            "(its parameters are image_url (or image), prompt, duration, resolution, fps and generate_audio)",
        ),
    ],
)
def test_refused(params, words):
    """A wrong value is refused with the values that are right."""
    assert refusal("ltx-2", **{**LTX2, **params}) == words


@pytest.mark.parametrize(
    ("model", "params", "words"),
    [
        ("ltx-2.3-retake", {**RETAKE, "start_time": -1}, "start_time must be a whole number of at least 0, not -1"),
        (
            "ltx-2.3-retake",
            {**RETAKE, "start_time": False},
            "start_time must be a whole number of at least 0, not False",
        ),
        ("ltx-2.3-retake", {**RETAKE, "start_time": "0"}, 'start_time must be a whole number of at least 0, not "0"'),
        ("ltx-2.3-retake", {**RETAKE, "duration": 0}, "duration must be a whole number of at least 1, not 0"),
        ("ltx-2.3-retake", {**RETAKE, "duration": 1.5}, "duration must be a whole number of at least 1, not 1.5"),
        (
            "ltx-2.3-retake",
            {**RETAKE, "duration": float("inf")},
            "duration must be a whole number of at least 1, not inf",
        ),
        ("ltx-2-19b", {**LTX2, "camera_lora_scale": 2.1}, "camera_lora_scale must be a number from 0 to 2, not 2.1"),
        ("ltx-2-19b", {**LTX2, "camera_lora_scale": True}, "camera_lora_scale must be a number from 0 to 2, not True"),
        ("ltx-2-19b", {**LTX2, "num_frames": 0}, "num_frames must be a whole number of at least 1, not 0"),
        ("ltx-2-19b", {**LTX2, "video_quality": " "}, "video_quality is empty: write something, or leave it out"),
        ("ltx-2-19b", {**LTX2, "fps": "25"}, 'fps must be a whole number of at least 1, not "25"'),
        (
            "ltx-2-pro",
            {"prompt": "x", "webhook_events_filter": ["all"]},
            'webhook_events_filter must be ["*"] or ["completed"]',
        ),
        (
            "ltx-2-pro",
            {"prompt": "x", "webhook_events_filter": []},
            'webhook_events_filter must be ["*"] or ["completed"], not []',
        ),
        (
            "ltx-2-pro",
            {"prompt": "x", "webhook_events_filter": "*"},
            'webhook_events_filter must be ["*"] or ["completed"], not "*"',
        ),
        (
            "ltx-2-pro",
            {"prompt": "x", "webhook": "http://a.org/h"},
            "webhook must be an https:// address, which the service can call",
        ),
        (
            "ltx-2-pro",
            {"prompt": "x", "webhook": "https://[a/h"},
            "webhook must be an https:// address, which the service can call",
        ),
    ],
)
def test_refused_by_others(model, params, words):
    """Bounds and lists of the other models."""
    assert refusal(model, **params) == words


LUCY_V2V = {"prompt": "A red coat", "data": "v.mp4"}
RESTYLE = {"data": "v.mp4"}
WAN = {"prompt": "A red coat", "video": "v.mp4"}
TOPAZ = {"video": "v.mp4", "target_resolution": "1080p", "target_fps": 30}


@pytest.mark.parametrize(
    ("model", "params", "words"),
    [
        ("lucy-pro-i2v", {"prompt": "test"}, "data is required"),
        ("lucy-pro-i2v", {"image": "a.png"}, "prompt is required"),
        (
            "lucy-pro-i2v",
            {"prompt": "x", "data": "a", "image": "b"},
            "data and image are the same parameter: give one of them",
        ),
        (
            "lucy-pro-i2v",
            {"prompt": "x", "image": "a", "video": "b"},
            "video is not an input of lucy-pro-i2v (it takes image)",
        ),
        ("lucy-pro-flf2v", {"prompt": "x", "image": "a.png"}, "end is required"),
        ("lucy-pro-flf2v", {"prompt": "x", "end_image": "a.png"}, "start is required"),
        (
            "lucy-pro-t2v",
            {"prompt": "x", "video": "v.mp4"},
            "video is not an input of lucy-pro-t2v (it takes only text)",
        ),
        (
            "lucy-pro-t2v",
            {"prompt": "x" * 1001},
            "prompt is too long: it has 1001 characters, and the service takes 1000 at most",
        ),
        ("lucy-pro-t2v", {"prompt": ""}, "prompt is empty: say what you want to see"),
        ("lucy-pro-t2v", {"prompt": "x", "seed": -1}, "seed must be a whole number from 0 to 4294967295, not -1"),
        (
            "lucy-pro-t2v",
            {"prompt": "x", "seed": 2**32},
            "seed must be a whole number from 0 to 4294967295, not 4294967296",
        ),
        ("lucy-pro-t2v", {"prompt": "x", "seed": "42"}, 'seed must be a whole number from 0 to 4294967295, not "42"'),
        (
            "lucy-pro-t2v",
            {"prompt": "x", "orientation": "Portrait"},
            'orientation must be "landscape" or "portrait", not "Portrait" (did you mean "portrait"?)',
        ),
        (
            "lucy-pro-t2v",
            {"prompt": "x", "resolution": "4k"},
            'resolution must be "480p", "720p" or "1080p", not "4k"',
        ),
        ("lucy-2.5", {"data": "v.mp4", "resolution": "4k"}, 'resolution must be "720p", not "4k"'),
        (
            "lucy-2.6",
            {"data": "v.mp4", "prompt": "x" * 1200},
            "prompt is too long: it has 1200 characters, and the service takes 1000 at most",
        ),
        ("lucy-2.6", {"prompt": "x"}, "data is required"),
        (
            "lucy-dev-v2v",
            {**LUCY_V2V, "num_inference_steps": 50},
            "num_inference_steps is for the pro model only: leave it out, or use lucy-pro-v2v",
        ),
        (
            "lucy-pro-v2v",
            {**LUCY_V2V, "num_inference_steps": 0},
            "num_inference_steps must be a whole number of at least 1, not 0",
        ),
        ("lucy-pro-v2v", {**LUCY_V2V, "enhance_prompt": "yes"}, 'enhance_prompt must be True or False, not "yes"'),
        ("lucy-restyle-2", RESTYLE, "prompt or reference_image is required"),
        ("lucy-restyle-2", {}, "data is required; prompt or reference_image is required"),
        (
            "lucy-restyle-2",
            {**RESTYLE, "prompt": "x", "reference": "a.png"},
            "prompt and reference exclude each other: give one of them",
        ),
        (
            "lucy-restyle-2",
            {**RESTYLE, "reference": "a.png", "enhance_prompt": False},
            "enhance_prompt goes with a prompt, not with reference: leave it out",
        ),
        ("lucy-restyle-2", {**RESTYLE, "prompt": " "}, "prompt is empty: say what you want to see"),
        (
            "wan-2.7-videoedit",
            {**WAN, "prompt": "é" * 5001},
            "prompt is too long: it has 5001 characters, and the service takes 5000 at most",
        ),
        ("wan-2.7-videoedit", {**WAN, "duration": 11}, "duration must be a whole number from 2 to 10, not 11"),
        ("wan-2.7-videoedit", {**WAN, "duration": 1.5}, "duration must be a whole number from 2 to 10, not 1.5"),
        ("wan-2.7-videoedit", {**WAN, "seed": True}, "seed must be a whole number, not True"),
        (
            "wan-2.7-videoedit",
            {**WAN, "aspect_ratio": "21:9"},
            'aspect_ratio must be "auto", "16:9", "9:16", "1:1", "4:3" or "3:4", not "21:9" (did you mean "16:9"?)',
        ),
        (
            "wan-2.7-videoedit",
            {**WAN, "negative_prompt": "x" * 2501},
            "negative_prompt is too long: it has 2501 characters, and the service takes 2500 at most",
        ),
        (
            "wan-2.7-videoedit",
            {**WAN, "wan27VideoeditParams": {}},
            "wan27VideoeditParams is not a parameter of wan-2.7-videoedit (its parameters are prompt, video, "
            "reference_image (or reference), resolution, aspect_ratio, duration, audio_setting, negative_prompt "
            "and seed)",
        ),
        ("topaz-video-upscale", {**TOPAZ, "target_fps": 25}, "target_fps must be 24, 30 or 60, not 25"),
        (
            "topaz-video-upscale",
            {"video": "v.mp4", "prompt": "x"},
            "target_resolution is required; target_fps is required; prompt is not a parameter of "
            "topaz-video-upscale (its parameters are video, target_resolution, target_fps, enhance_model "
            "and subject_detection)",
        ),
    ],
)
def test_refused_by_decart_and_apiframe(model, params, words):
    """Each limit of the other services has its words, by role names too."""
    assert refusal(model, **params) == words


def test_limits_themselves_pass():
    """The last value within each limit is sent as it is."""
    for model, params in [
        ("lucy-pro-t2v", {"prompt": "x" * 1000, "seed": 2**32 - 1}),
        ("lucy-pro-t2i", {"prompt": "x", "seed": 0}),
        ("lucy-pro-v2v", {**LUCY_V2V, "num_inference_steps": 1}),
        ("lucy-2.1", {"prompt": "", "data": "v.mp4"}),
        ("wan-2.7-videoedit", {**WAN, "prompt": "x" * 5000, "duration": 10, "negative_prompt": "x" * 2500, "seed": -5}),
    ]:
        assert models.get(model).validate(params) == params


def test_one_line_for_three_services():
    """The same roles give each service its own names."""
    same = {"prompt": "A red coat", "video": "v.mp4"}
    names = {
        name: list(models.get(name).validate(same)) for name in ("lucy-edit-fast", "lucy-pro-v2v", "wan-2.7-videoedit")
    }
    assert names == {
        "lucy-edit-fast": ["prompt", "video_url"],
        "lucy-pro-v2v": ["prompt", "data"],
        "wan-2.7-videoedit": ["prompt", "video"],
    }


def test_the_class_itself_holds_what_goes_together():
    """A rule about two parameters is also the pydantic class's own, for those who use it directly."""
    params = models.get("lucy-restyle-2").params
    with pytest.raises(ValidationError, match="exclude each other"):
        params(data="v.mp4", prompt="x", reference_image="a.png")
    assert params(data="v.mp4", prompt="x", reference_image=None).prompt == "x"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), True, "7.5", b"7"], ids=repr)
def test_numbers(value):
    """A number is a finite one, not its text and not a bool."""
    said = refusal("ltx-2.3-audio-to-video", prompt="x", audio="a.mp3", guidance_scale=value)
    assert said.startswith("guidance_scale must be a ")


def test_lists_of_19b_are_hints():
    """Words that only the likely upstream knows are sent too."""
    other = {
        "acceleration": "regular",
        "camera_lora": "dolly_in",
        "video_output_type": "VP9 (.webm)",
        "video_size": "x",
    }
    assert models.get("ltx-2-19b").validate({**LTX2, **other}).items() >= other.items()


def test_equal_numbers_are_one_request():
    """Python's, numpy's and a gappy pandas column's numbers become the same plain values."""
    ltx = models.get("ltx-2")
    plain = ltx.validate({**LTX2, "duration": 6, "fps": 25, "resolution": "1080p", "generate_audio": True})
    size = StrEnum("Size", {"FULL": "1080p"})
    for six, full, yes in [(np.int64(6), np.str_("1080p"), np.bool_(True)), (6.0, size.FULL, True)]:
        same = ltx.validate({**LTX2, "duration": six, "fps": 25, "resolution": full, "generate_audio": yes})
        assert json.dumps(same) == json.dumps(plain)
        assert [type(v) for v in same.values()] == [type(v) for v in plain.values()]
    scales = [
        models.get("ltx-2.3-audio-to-video").validate({"prompt": "x", "audio": "a", "guidance_scale": s})
        for s in (9, 9.0)
    ]
    assert json.dumps(scales[0]) == json.dumps(scales[1])
    assert json.dumps(models.get("ltx-2.3-retake").validate({**RETAKE, "start_time": 0.0})["start_time"]) == "0"


class Lazy:
    """Looks like a Media; to ask for its hash would read a file."""

    __slots__ = ()
    url = None

    @property
    def sha256(self):
        raise AssertionError("the file was read")


@pytest.mark.parametrize(
    "clip",
    ["https://a.org/b.mp4", "clip.mp4", Path("clip.mp4"), b"\0\0", io.BytesIO(b"x"), Lazy()],
    ids=lambda v: type(v).__name__,
)
def test_media(clip):
    """A URL, a path, bytes, an open file and a Media pass as they are, unread."""
    assert models.get("lucy-edit-fast").validate({**LUCY, "video": clip})["video_url"] is clip


def test_buffers_become_bytes():
    """Other buffers are copied: their owner may change them later."""
    for clip in (bytearray(b"ab"), memoryview(b"ab")):
        assert models.get("lucy-edit-fast").validate({**LUCY, "video": clip})["video_url"] == b"ab"


@pytest.mark.parametrize(
    ("clip", "words"),
    [
        ("", "is empty: give a URL, a path"),
        ("  ", "is empty: give a URL, a path"),
        (b"", "holds no bytes: give a URL, a path"),
        ("a\0b", "holds a NUL character"),
        (io.StringIO("x"), 'is a file opened as text: open it with mode "rb"'),
        (3, "must be a URL, a path, bytes, an open binary file or a pixnb Media, not int"),
        ({}, "not dict"),
        (object(), "not object"),
        (Path, "not type"),
        (io.BytesIO, "not type"),
        (["a.mp4"], "not list"),
        (np.zeros(3), "not ndarray"),
    ],
    ids=lambda v: type(v).__name__,
)
def test_not_media(clip, words):
    """Anything else is refused, with what would be right."""
    said = refusal("lucy-edit-fast", prompt="x", video=clip)
    assert said.startswith("video ")
    assert words in said


def test_closed_file(tmp_path):
    """A file that was closed too early is named as such."""
    path = tmp_path / "a.mp4"
    path.write_bytes(b"x")
    with path.open("rb") as file:
        assert models.get("lucy-edit-fast").validate({**LUCY, "video": file})["video_url"] is file
    assert "is a closed file" in refusal("lucy-edit-fast", prompt="x", video=file)


def test_message_shows_no_contents():
    """Long values are cut, and bytes never shown."""
    said = refusal("ltx-2", **LTX2, resolution="S" * 500)
    assert len(said) < 150
    assert "secret" not in refusal("ltx-2", **LTX2, resolution=b"secret")
    assert "huge" in refusal("ltx-2", **LTX2, fps=10**5000)


def test_partial():
    """A part of a request can be checked alone: nothing is missing, wrong values are refused."""
    lucy = models.get("lucy-edit-fast")
    assert lucy.validate({}, partial=True) == {}
    assert lucy.validate({"video": "a.mp4"}, partial=True) == {"video_url": "a.mp4"}
    with pytest.raises(InvalidInput, match=r"enhance_prompt must be True or False, not 1$"):
        lucy.validate({"enhance_prompt": 1}, partial=True)


def test_partial_of_what_goes_together():
    """A prompt or a picture may still come; both at once are too many at any time."""
    restyle = models.get("lucy-restyle-2")
    assert restyle.validate({"data": "v.mp4"}, partial=True) == {"data": "v.mp4"}
    assert restyle.validate({"seed": 3}, partial=True) == {"seed": 3}
    with pytest.raises(InvalidInput, match="exclude each other"):
        restyle.validate({"prompt": "x", "reference": "a.png"}, partial=True)
