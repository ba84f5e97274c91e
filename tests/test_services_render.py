"""What the models of all services ask of the renderers: cuts, crops, references, steps, upscaling, transitions."""

from __future__ import annotations

import numpy as np
import pytest
from frames import digest, distance, facts, frames, sound_packets
from make_media import make_cut
from PIL import Image
from sampling import sampled

from pixnb.media.sample import sample
from pixnb.sandbox.render import RenderError, RenderRequest, render

pytestmark = pytest.mark.rendering


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """The sample's first second and a half, small, with its sound."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    return make_cut(path, sample("video").path, 1.48, (320, 180))


def edit(out, clip, model, prompt="make it night", *, seed=1, reference=None, **params):
    """Render a draft of an edit of the clip."""
    inputs = {"video": str(clip)} | ({"reference": str(reference)} if reference else {})
    return render(RenderRequest("video-to-video", model, prompt, params, inputs, 0, seed, True, str(out)))


def between(out, first, last, prompt, *, seed=1):
    """Render a small draft of the way from one picture to another."""
    inputs = {"image": str(first), "end_image": str(last)}
    params = {"resolution": "480p"}
    return render(RenderRequest("first-last-frame", "lucy-pro-flf2v", prompt, params, inputs, 0, seed, True, str(out)))


@pytest.fixture(scope="module")
def ends(tmp_path_factory):
    """Two pictures of the frame's own shape, one with a bright disc, one with bright bars."""
    folder = tmp_path_factory.mktemp("ends")
    rows, columns = np.mgrid[0:480, 0:832]
    disc = np.hypot(rows - 240, columns - 330) < 150
    first = np.where(disc[..., None], (250, 220, 120), (40, 60, 120)).astype(np.uint8)
    last = np.where((columns // 104 % 2 == 0)[..., None], (60, 160, 80), (200, 90, 60)).astype(np.uint8)
    Image.fromarray(first).save(folder / "first.png")
    Image.fromarray(last).save(folder / "last.png")
    return folder / "first.png", folder / "last.png"


def small(path):
    """Return a picture as `frames` returns a frame."""
    table = np.asarray(Image.open(path).convert("RGB").resize((64, 36), Image.Resampling.BOX), np.float32).copy()
    table[:6, 42:] = 0
    return table


@pytest.mark.parametrize(
    "prompt", sampled(["smooth dissolve", "morph", "zoom through", "spin", "whip left", "flash"], ["flash"])
)
def test_transition(tmp_path, ends, prompt):
    """It begins with the first picture, ends with the last, lasts five seconds, and moves in between."""
    path = tmp_path / "clip.mp4"
    result = between(path, *ends, prompt)
    found = facts(path)
    assert (found["size"], found["fps"], found["frames"], found["sound"]) == ((416, 240), 25, 125, None)
    assert result.seconds == pytest.approx(5)
    shown = frames(path)
    first, last = small(ends[0]), small(ends[1])
    assert distance(shown[0], first) < 3
    assert distance(shown[-1], last) < 3
    plain = np.array([first + (last - first) * share for share in np.linspace(0, 1, 9)])
    assert min(distance(shown[62], mixed) for mixed in plain) > 4, "it is no mere cross-fade"


@pytest.mark.slow
def test_transition_seeds_and_shapes(tmp_path, ends):
    """The seed decides the way; an upright start makes an upright clip, whose end stands whole in it."""
    for name, seed in (("a", 1), ("again", 1), ("b", 2)):
        between(tmp_path / f"{name}.mp4", *ends, "wipe", seed=seed)
    assert digest(tmp_path / "a.mp4") == digest(tmp_path / "again.mp4")
    assert distance(frames(tmp_path / "a.mp4")[62], frames(tmp_path / "b.mp4")[62]) > 3
    Image.new("RGB", (300, 520), (200, 200, 60)).save(tmp_path / "tall.png")
    between(tmp_path / "tall.mp4", tmp_path / "tall.png", ends[1], "wipe")
    assert facts(tmp_path / "tall.mp4")["size"] == (240, 416)
    end = frames(tmp_path / "tall.mp4", size=(24, 42))[-1]
    assert distance(end[18:24, 1:2], np.float32([60, 160, 80])) < 12  # the last picture's left bar is to be seen
    assert end[3:8].mean() < end[18:24].mean()


def test_transition_needs_both(tmp_path, ends):
    """Without its end image it is refused."""
    with pytest.raises(RenderError, match="first-last-frame needs an end image"):
        render(RenderRequest("first-last-frame", "lucy-pro-flf2v", "x", {}, {"image": str(ends[0])}, out=str(tmp_path)))


def test_decart_sizes(tmp_path, ends):
    """Decart's clips have its own sizes, 25 frames a second, five seconds and no sound."""
    path = tmp_path / "clip.mp4"
    params = {"resolution": "480p", "orientation": "portrait"}
    render(RenderRequest("text-to-video", "lucy-pro-t2v", "a lake", params, {}, 0, 1, True, str(path)))
    found = facts(path)
    assert (found["size"], found["frames"], found["sound"]) == ((240, 416), 125, None)
    inputs = {"image": str(ends[0])}
    render(RenderRequest("image-to-video", "lucy-dev-i2v", "", {"resolution": "480p"}, inputs, 0, 1, True, str(path)))
    assert facts(path)["size"] == (416, 240)


def test_decart_edit(tmp_path, clip):
    """An edit comes out in the resolution, with the clip's frames and sound; the seed decides."""
    first = edit(tmp_path / "a.mp4", clip, "lucy-pro-v2v", resolution="480p", enhance_prompt=True)
    edit(tmp_path / "b.mp4", clip, "lucy-pro-v2v", resolution="480p", enhance_prompt=True, seed=2)
    found = facts(tmp_path / "a.mp4")
    assert (found["size"], found["frames"], found["fps"]) == ((426, 240), 37, 25)
    assert first.seconds == pytest.approx(1.48)
    assert sound_packets(tmp_path / "a.mp4") == sound_packets(clip)
    assert distance(frames(tmp_path / "a.mp4", every=12), frames(tmp_path / "b.mp4", every=12)) > 3


def test_more_steps_are_finer(tmp_path, clip):
    """Few steps leave noise, and the take stays the same one."""
    made = {}
    for steps in (8, 50):
        edit(
            tmp_path / "clip.mp4",
            clip,
            "wan-2.7-videoedit",
            "golden hour",
            resolution="720p",
            num_inference_steps=steps,
        )
        made[steps] = frames(tmp_path / "clip.mp4", every=10, size=(320, 180))
    coarse, fine = (np.abs(np.diff(made[steps][0, 30:90, 220:], axis=1)).mean() for steps in (8, 50))
    assert coarse != pytest.approx(fine, rel=0.05)
    blocks = {steps: table[0].reshape(18, 10, 32, 10, 3).mean((1, 3)) for steps, table in made.items()}
    assert distance(blocks[8], blocks[50]) < 6


def test_reference_of_a_clip(tmp_path, clip):
    """A clip takes the reference's colours with no prompt at all, and other ones with another reference."""
    for name, colour in (("red", (200, 50, 40)), ("blue", (40, 70, 190))):
        Image.new("RGB", (64, 64), colour).save(tmp_path / f"{name}.png")
        reference = tmp_path / f"{name}.png"
        edit(tmp_path / f"{name}.mp4", clip, "lucy-restyle-2", "", reference=reference, resolution="480p")
    red, blue = (frames(tmp_path / f"{name}.mp4", every=12).mean((0, 1, 2)) for name in ("red", "blue"))
    assert red[0] > red[2] + 30
    assert blue[2] > blue[0] + 30


def test_no_prompt_keeps_the_clip(tmp_path, clip):
    """A model that needs no prompt leaves the clip as it is, but for its finish."""
    edit(tmp_path / "clip.mp4", clip, "lucy-2.5", "", resolution="480p")
    assert distance(frames(tmp_path / "clip.mp4", every=12), frames(clip, every=12)) < 22


def test_wan_cuts(tmp_path, clip):
    """The resolution, the ratio and the length are as asked for; the middle is what stays."""
    path = tmp_path / "clip.mp4"
    asked = {"resolution": "720p", "aspect_ratio": "1:1", "duration": 1}
    result = edit(path, clip, "wan-2.7-videoedit", "", audio_setting="origin", **asked)
    found = facts(path)
    assert (found["size"], found["frames"], found["sound"]) == ((360, 360), 25, "aac")
    assert (result.seconds, found["seconds"]) == (pytest.approx(1), pytest.approx(1, abs=0.05))
    heard = sound_packets(path)
    assert heard == sound_packets(clip)[: len(heard)]
    middle = frames(clip, size=(128, 72))[12, :, 28:100]
    shown = frames(path, size=(72, 72))[12]
    middle[:20, 40:] = shown[:20, 40:] = 0
    assert distance(shown, middle) < 25


def test_wan_own_size_and_longer_duration(tmp_path, clip):
    """With nothing asked for the clip keeps its size; a length beyond its end leaves it whole."""
    edit(tmp_path / "clip.mp4", clip, "wan-2.7-videoedit", "", duration=10, aspect_ratio="auto")
    found = facts(tmp_path / "clip.mp4")
    assert (found["size"], found["frames"]) == ((160, 90), 37)


def test_negative_prompt(tmp_path, clip):
    """What the negative prompt names does not come, whatever the prompt says."""
    for name, unwanted in (("night", None), ("denied", "night, darkness")):
        params = {"negative_prompt": unwanted} if unwanted else {}
        edit(tmp_path / f"{name}.mp4", clip, "wan-2.7-videoedit", "a night in summer", **params)
    night, denied = (frames(tmp_path / f"{name}.mp4", every=20).mean() for name in ("night", "denied"))
    assert night < 0.75 * denied


def test_new_sound_where_the_prompt_speaks_of_it(tmp_path, clip):
    """`auto` makes a sound when the prompt asks for one; `origin` keeps the clip's own."""
    for setting in ("auto", "origin"):
        edit(
            tmp_path / f"{setting}.mp4",
            clip,
            "wan-2.7-videoedit",
            "the sound of rain",
            duration=1,
            audio_setting=setting,
        )
    kept = sound_packets(tmp_path / "origin.mp4")
    assert kept == sound_packets(clip)[: len(kept)]
    assert sound_packets(tmp_path / "auto.mp4")[:10] != kept[:10]


UPSCALED = [("720p", 60, (640, 360), 89), pytest.param("1080p", 24, (960, 540), 36, marks=pytest.mark.slow)]


@pytest.mark.parametrize(("resolution", "fps", "size", "count"), UPSCALED)
def test_upscale(tmp_path, clip, resolution, fps, size, count):
    """The clip is larger, in the true frame rate, as long as before, with its sound, and shows the same."""
    path = tmp_path / "clip.mp4"
    result = edit(path, clip, "topaz-video-upscale", "", target_resolution=resolution, target_fps=fps)
    found = facts(path)
    assert (found["size"], found["fps"]) == (size, fps)
    assert found["frames"] == pytest.approx(count, abs=1)
    assert result.seconds == pytest.approx(1.48, abs=0.05)
    assert sound_packets(path) == sound_packets(clip)
    assert distance(frames(path)[::fps], frames(clip)[::25]) < 6


def test_upscale_redraws_detail(tmp_path, clip):
    """The model for detail is crisper than the one for fidelity."""
    crisp = {}
    for model in ("theia-fine-tune-detail", "theia-fine-tune-fidelity"):
        path = tmp_path / "clip.mp4"
        edit(path, clip, "topaz-video-upscale", "", target_resolution="720p", target_fps=24, enhance_model=model)
        crisp[model] = np.abs(np.diff(frames(path, every=12, size=(640, 360)), axis=2)).mean()
    assert crisp["theia-fine-tune-detail"] > 1.1 * crisp["theia-fine-tune-fidelity"]


@pytest.mark.slow
def test_upscale_to_4k(tmp_path, clip):
    """Four thousand pixels wide, without a draft."""
    path = tmp_path / "clip.mp4"
    params = {"target_resolution": "4k", "target_fps": 30}
    render(RenderRequest("video-to-video", "topaz-video-upscale", "", params, {"video": str(clip)}, out=str(path)))
    found = facts(path)
    assert (found["size"], found["fps"], found["sound"]) == ((3840, 2160), 30, "aac")
