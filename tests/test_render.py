"""The sandbox's renderers: the right file for each task and option, pictures that follow the words, honest refusals."""

from __future__ import annotations

import json
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest
from frames import boxes, digest, distance, facts, frames, samples, sound_packets
from PIL import Image
from sampling import sampled

from pixnb.media.sample import sample
from pixnb.sandbox.render import RenderError, RenderRequest, render

pytestmark = pytest.mark.rendering

CLIP = str(sample("video").path)


def text(out, prompt="dunes at sunset", *, variant=0, seed=None, draft=True, **params):
    """Ask for a clip from words."""
    return RenderRequest("text-to-video", "ltx-2.3-text-to-video", prompt, params, {}, variant, seed, draft, str(out))


def edit(out, prompt="make it night", *, variant=0, source=CLIP, draft=True, **params):
    """Ask for an edit, or with `retake_mode` for a retake."""
    model = "ltx-2.3-retake" if "retake_mode" in params else "lucy-edit-fast"
    return RenderRequest("video-to-video", model, prompt, params, {"video": source}, variant, None, draft, str(out))


def image(out, picture, prompt="calm", *, variant=0, end=None, **params):
    """Ask the 19B model, whose frames can be few and small."""
    params = {"num_frames": 20, "video_size": "160x96", "generate_audio": False, **params}
    inputs = {"image": str(picture)} | ({"end_image": str(end)} if end else {})
    return RenderRequest("image-to-video", "ltx-2-19b", prompt, params, inputs, variant, None, False, str(out))


def audio(out, sound, prompt="a city at night", **inputs):
    """Ask for a clip to a sound."""
    inputs = {"audio": str(sound), **{role: str(path) for role, path in inputs.items()}}
    return RenderRequest("audio-to-video", "ltx-2.3-audio-to-video", prompt, {}, inputs, 0, None, True, str(out))


def write_sound(path, loud):
    """Write a WAV that is a low note where `loud` (one value a tenth of a second) says so."""
    level = np.repeat(np.asarray(loud, np.float32), 4410)
    tone = np.sin(2 * np.pi * 80 * np.arange(len(level)) / 44100) * level * 0.8
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 44100, 0, "NONE", ""))
        file.writeframes((tone * 32767).astype("<i2").tobytes())
    return path


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Two pictures: one warm and wide, one cold and upright."""
    folder = tmp_path_factory.mktemp("pictures")
    rows, columns = np.mgrid[0:180, 0:320]
    warm = np.stack([200 + rows * 0 + columns * 0.1, 60 + rows * 0.5, 40 + 30 * np.sin(columns / 9)], axis=-1)
    Image.fromarray(warm.clip(0, 255).astype(np.uint8)).save(folder / "warm.png")
    Image.new("RGB", (120, 200), (20, 60, 190)).save(folder / "cold.jpg")
    return folder / "warm.png", folder / "cold.jpg"


@pytest.fixture(scope="module")
def desert(tmp_path_factory):
    """One drawn clip that several tests look at."""
    path = tmp_path_factory.mktemp("desert") / "clip.mp4"
    return path, render(text(path))


@pytest.mark.slow
def test_text_file(desert):
    """A drafted default clip has half the documented size, and the documented rate, length and sound."""
    path, result = desert
    found = facts(path)
    assert (result.media_type, result.path, found["size"]) == ("video/mp4", str(path), (960, 540))
    assert (found["fps"], found["frames"], found["codec"], found["pixels"]) == (25, 150, "h264", "yuv420p")
    assert found["sound"] == "aac"
    assert result.seconds == pytest.approx(6)
    assert found["seconds"] == pytest.approx(6, abs=0.1)
    assert found["gop"] <= 25


def test_moov_comes_first(desert):
    """A browser can start before the whole file is there, and no part file is left."""
    path, _ = desert
    names = boxes(path)
    assert names.index("moov") < names.index("mdat")
    assert [p.name for p in path.parent.iterdir()] == ["clip.mp4"]


@pytest.mark.slow
def test_text_options(tmp_path):
    """Upright, another rate, and silent are all as asked for."""
    path = tmp_path / "clip.mp4"
    render(text(path, aspect_ratio="9:16", fps=24, generate_audio=False))
    found = facts(path)
    assert (found["size"], found["fps"], found["frames"], found["sound"]) == ((540, 960), 24, 144, None)


@pytest.mark.slow
def test_same_variant_same_frames_in_a_process_that_has_done_more(desert, tmp_path):
    """Nor of what the process did before: a renderer lives for many clips."""
    path, _ = desert
    for number in range(2):
        render(text(tmp_path / f"{number}.mp4"))
        assert digest(tmp_path / f"{number}.mp4") == digest(path)


@pytest.mark.slow
def test_same_variant_same_frames_in_another_process(desert, tmp_path):
    """The hash that decides has nothing of the process in it."""
    path, _ = desert
    again = tmp_path / "again.mp4"
    code = (
        "import json, sys; from pixnb.sandbox.render import RenderRequest, render;"
        "render(RenderRequest(**json.loads(sys.argv[1])))"
    )
    subprocess.run([sys.executable, "-c", code, json.dumps(vars(text(again)))], check=True)
    assert digest(again) == digest(path)


@pytest.mark.slow
def test_variants_prompts_and_motion_differ(desert, tmp_path):
    """Another variant and another prompt look different, and the picture moves."""
    path, _ = desert
    first = frames(path, every=30)
    render(text(tmp_path / "v1.mp4", variant=1))
    render(text(tmp_path / "lake.mp4", "a boat on a lake at night"))
    assert distance(first, frames(tmp_path / "v1.mp4", every=30)) > 4
    assert distance(first, frames(tmp_path / "lake.mp4", every=30)) > 30
    assert distance(first[0], first[-1]) > 2


def test_edit_keeps_the_source(tmp_path):
    """An edit has the source's rate, length and very sound; a draft half of each side."""
    path = tmp_path / "clip.mp4"
    result = render(edit(path))
    found, source = facts(path), facts(CLIP)
    assert found["size"] == (320, 180)
    assert (found["fps"], found["frames"]) == (source["fps"], source["frames"])
    assert result.seconds == pytest.approx(source["frames"] / source["fps"], abs=0.01)
    assert sound_packets(path) == sound_packets(CLIP)
    assert found["gop"] <= 25


@pytest.mark.slow
def test_edits_follow_the_prompt(tmp_path):
    """Night darkens, a recolouring changes its colour only, and nonsense still has a look of its own."""
    source = frames(CLIP, every=44)
    made = {}
    for name, prompt in {
        "night": "make it night",
        "purple": "make the grass purple",
        "one": "the hum of things",
        "two": "quietly otherwise",
    }.items():
        render(edit(tmp_path / f"{name}.mp4", prompt))
        made[name] = frames(tmp_path / f"{name}.mp4", every=44)
    assert made["night"].mean() < 0.6 * source.mean()
    grass, before = made["purple"][:, 28:].mean((0, 1, 2)), source[:, 28:].mean((0, 1, 2))
    assert before[1] > before[2] + 20
    assert grass[2] > grass[1] + 20
    assert distance(made["one"], source) > 10
    assert distance(made["two"], source) > 10
    assert distance(made["one"], made["two"]) > 10


@pytest.mark.slow
def test_edit_variants_differ_and_repeat(tmp_path):
    """The second identical edit is another take; the same take is the same to the bit."""
    for name, variant in (("a", 0), ("again", 0), ("b", 1)):
        render(edit(tmp_path / f"{name}.mp4", "golden hour", variant=variant))
    assert digest(tmp_path / "a.mp4") == digest(tmp_path / "again.mp4")
    assert distance(frames(tmp_path / "a.mp4", every=44), frames(tmp_path / "b.mp4", every=44)) > 3


@pytest.mark.parametrize("mode", sampled(["replace_video_only", "replace_audio_and_video"], 1))
def test_retake_changes_only_its_segment(tmp_path, mode):
    """Frames outside the segment stay; inside they change; the sound changes only when asked to."""
    path = tmp_path / "clip.mp4"
    render(edit(path, "a watercolour sunset", start_time=2, duration=2, retake_mode=mode))
    before, after = frames(CLIP), frames(path)
    assert len(before) == len(after)
    outside = [*range(50), *range(100, 132)]
    assert max(distance(before[i], after[i]) for i in outside) < 4
    assert min(distance(before[i], after[i]) for i in range(50, 100)) > 12
    if mode == "replace_video_only":
        assert sound_packets(path) == sound_packets(CLIP)
    else:
        old, new = samples(CLIP), samples(path)
        assert _alike(old[4000:15000], new[4000:15000]) > 0.95
        assert _alike(old[17000:31000], new[17000:31000]) < 0.5
        assert np.abs(new[17000:31000]).max() > 0.02


def _alike(first, second):
    # Encoders shift by a few samples: the best match within 2,100 either way counts.
    size = 1 << (len(first) + len(second)).bit_length()
    matched = np.fft.irfft(np.fft.rfft(first, size) * np.conj(np.fft.rfft(second, size)), size)
    near = np.concatenate([matched[:2100], matched[-2100:]])
    return float(near.max() / np.sqrt((first**2).sum() * (second**2).sum()))


def test_retake_outside_the_clip(tmp_path):
    """A segment beyond the end is refused with the clip's length."""
    with pytest.raises(RenderError, match=r"beyond the video's end: it lasts 5\.28 s"):
        render(edit(tmp_path / "no.mp4", start_time=4, duration=5, retake_mode="replace_video_only"))


def test_image_starts_from_the_picture(tmp_path, pictures):
    """The first frame is the picture, the frames are as many, as large and as fast as asked, and takes differ."""
    warm, _ = pictures
    render(image(tmp_path / "a.mp4", warm, "snow falls", fps=20, generate_audio=True))
    render(image(tmp_path / "b.mp4", warm, "snow falls", fps=20, variant=1))
    found = facts(tmp_path / "a.mp4")
    assert (found["size"], found["fps"], found["frames"], found["sound"]) == ((160, 96), 20, 20, "aac")
    assert facts(tmp_path / "b.mp4")["sound"] is None
    shown = frames(tmp_path / "a.mp4")
    still = np.asarray(Image.open(warm).resize((64, 36)), np.float32)[6:, 4:40]
    assert distance(shown[0][6:, 4:40], still) < 12
    assert distance(shown[0], shown[-1]) > 8
    assert distance(shown[10:], frames(tmp_path / "b.mp4")[10:]) > 3


def test_transition_ends_on_the_end_image(tmp_path, pictures):
    """With an end image the clip goes from the one picture to the other, which stands whole in its middle."""
    warm, cold = pictures
    render(image(tmp_path / "clip.mp4", warm, "dissolve", end=cold))
    shown = frames(tmp_path / "clip.mp4")[:, 8:]
    assert shown[0][..., 0].mean() > 150
    assert shown[-1][:, 26:38, 2].mean() > 150
    assert shown[-1][..., 0].mean() < 40
    assert 40 < shown[10][..., 0].mean() < 180


@pytest.mark.parametrize(
    ("wanted", "codec", "media_type", "sound"),
    [("H265 (.mp4)", "hevc", "video/mp4", "aac"), ("WebM", "vp9", "video/webm", "opus")],
)
def test_output_types(tmp_path, pictures, wanted, codec, media_type, sound):
    """The 19B model's file types are what they say, whatever the file is called."""
    path = tmp_path / "clip.bin"
    result = render(image(path, pictures[0], video_output_type=wanted, generate_audio=True))
    found = facts(path)
    assert (result.media_type, found["codec"], found["sound"]) == (media_type, codec, sound)
    assert found["frames"] == 20


def test_auto_size_follows_the_picture(tmp_path, pictures):
    """`auto` gives an upright picture an upright clip, with the resolution as its shorter side."""
    _, cold = pictures
    path = tmp_path / "clip.mp4"
    inputs = {"image": str(cold)}
    params = {"resolution": "720p", "generate_audio": False}
    render(RenderRequest("image-to-video", "ltx-2", "slowly", params, inputs, draft=True, out=str(path)))
    assert facts(path)["size"] == (360, 600)


def test_sound_default_of_each_model(tmp_path, pictures):
    """LTX v2 documents no sound by default."""
    path = tmp_path / "clip.mp4"
    inputs = {"image": str(pictures[0])}
    render(
        RenderRequest("image-to-video", "ltx-2", "slowly", {"resolution": "720p"}, inputs, draft=True, out=str(path))
    )
    assert facts(path)["sound"] is None


@pytest.mark.slow
def test_audio_drives_the_picture(tmp_path):
    """The clip lasts as long as the sound, plays it, and is livelier where it is loud."""
    loud = [0.0] * 10 + [1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0]
    path = tmp_path / "clip.mp4"
    result = render(audio(path, write_sound(tmp_path / "beat.wav", loud)))
    found = facts(path)
    assert result.seconds == pytest.approx(2, abs=0.05)
    assert found["sound"] == "aac"
    heard = samples(path)
    assert np.abs(heard[8200:16000]).max() > 10 * np.abs(heard[500:7500]).max()
    shown = frames(path)
    steps = np.abs(np.diff(shown, axis=0)).mean((1, 2, 3))
    assert steps[26:].mean() > 1.8 * steps[2:24].mean()


@pytest.mark.parametrize("what", ["text", "empty", "sound", "picture", "cut"])
def test_unusable_video(tmp_path, what):
    """What is not a whole video is refused by name, and leaves no file."""
    path = tmp_path / f"{what}.mp4"
    if what == "sound":
        write_sound(path, [1.0] * 5)
    elif what == "picture":
        Image.new("RGB", (64, 64)).save(path, format="JPEG")
    else:
        data = Path(CLIP).read_bytes()
        path.write_bytes({"text": b"hello " * 200, "empty": b"", "cut": data[: len(data) * 6 // 10]}[what])
    with pytest.raises(RenderError, match=path.name):
        render(edit(tmp_path / "out.mp4", source=str(path)))
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_unusable_picture_and_sound(tmp_path, pictures):
    """A video is no picture, a picture no sound, and a missing input is named."""
    with pytest.raises(RenderError, match="not an image"):
        render(image(tmp_path / "out.mp4", CLIP))
    with pytest.raises(RenderError, match=r"warm\.png"):
        render(audio(tmp_path / "out.mp4", pictures[0]))
    with pytest.raises(RenderError, match="needs a video"):
        render(RenderRequest("video-to-video", "lucy-edit-fast", "x", out=str(tmp_path / "out.mp4")))
    with pytest.raises(RenderError, match="num_frames is 99999"):
        render(image(tmp_path / "out.mp4", pictures[0], num_frames=99999))
    assert not list(tmp_path.iterdir())


def peak(request):
    """Render in a process of its own; return the most memory that it took, in MB."""
    code = (
        "import json, re, sys; from pathlib import Path; from pixnb.sandbox.render import RenderRequest, render;"
        "render(RenderRequest(**json.loads(sys.argv[1])));"
        # not getrusage: on Linux that begins with what the process had that started this one
        "print(int(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1]) // 1024)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, json.dumps(vars(request))], check=True, capture_output=True, text=True
    )
    return int(done.stdout)


@pytest.mark.slow
def test_memory_at_1080p(tmp_path, pictures):
    """Frames are streamed: forty of them at 1080p would be 250 MB."""
    request = image(tmp_path / "clip.mp4", pictures[0], "snow", num_frames=40, video_size="1920x1080")
    assert peak(request) < 400


@pytest.mark.slow
def test_memory_and_size_at_2160p(tmp_path):
    """The largest picture that can be asked for stays below 900 MB: its sixty frames alone would be 750 MB."""
    path = tmp_path / "clip.mp4"
    params = {"num_frames": 60, "video_size": "3840x2160", "fps": 50}
    request = RenderRequest("text-to-video", "ltx-2-19b", "neon city in the rain", params, {}, out=str(path))
    assert peak(request) < 900
    found = facts(path)
    assert (found["size"], found["fps"], found["frames"]) == ((3840, 2160), 50, 60)


@pytest.mark.slow
def test_edit_at_full_size(tmp_path):
    """Without a draft an edit has the source's own size."""
    render(edit(tmp_path / "clip.mp4", "a pencil sketch", draft=False))
    assert facts(tmp_path / "clip.mp4")["size"] == (640, 360)
