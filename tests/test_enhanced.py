"""Pages that a script makes alive: their scripts as one module, their films, the marks that people make."""

from __future__ import annotations

import shutil
import subprocess
import time

import pytest
from frames import picture
from make_media import make_video
from patience import until
from served import tiny_clip

from pixnb import settings
from pixnb.display import scripts
from pixnb.display.enhanced import Enhanced, Mark, read_mark
from pixnb.display.films import Films, find_film, find_url
from pixnb.display.host import QUIRKS, Host
from pixnb.media.media import Media
from pixnb.media.probe import probe


@pytest.fixture
def clip(tmp_path):
    path = tmp_path / "clip.mp4"
    path.write_bytes(tiny_clip())
    return path


class Heard(Enhanced):
    """A page whose messages are kept, where a browser would have them."""

    def __init__(self, *given, **options):
        self.heard = []
        super().__init__(*given, **options)

    def send(self, content, buffers=None):
        self.heard.append((content, buffers))


def enhanced(films=None, **options):
    return Heard("<div class='pixnb'></div>", [], "Boolean", Films(films or {}), **options)


def at(name, root, base_url="/"):
    """A host by its name, at a folder."""
    quirks = QUIRKS[name]
    return Host(name, **quirks, folder=root, root=root if quirks["serves_files"] else None, base_url=base_url)


def test_a_widgets_module_has_its_scripts_and_one_export():
    """What the page talks through comes first; the whole is a module that a browser takes."""
    text = scripts.join_widget(["enhanced"], "mountNothing")
    assert text.count("export ") == 1
    assert text.endswith("export default { render: (given) => enhance(given, mountNothing) };")
    assert text.count("function enhance(") == 1


@pytest.mark.parametrize("path", sorted(scripts._ROOMS.glob("*/static/*.js")), ids=lambda path: path.name)
def test_each_script_can_be_parsed(path, tmp_path):
    """As a module, as browsers read it; and it can be found by its name."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not here")
    whole = tmp_path / "whole.mjs"
    whole.write_text(scripts.join(path.stem), encoding="utf-8")
    done = subprocess.run([node, "--check", whole], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_scripts_do_not_overwrite_each_other():
    """Two files that name something alike, and a file that no room has, are told before a browser sees them."""
    with pytest.raises(ValueError, match="both have"):
        scripts.join("clip", "sweep")
    with pytest.raises(FileNotFoundError, match="no room"):
        scripts.join("nonsense")


def test_a_pages_script_is_one_tag():
    """With its call at the end."""
    text = scripts.write_script(["enhanced"], "enhance(1, 2)")
    assert text.startswith('<script type="module">')
    assert text.endswith("enhance(1, 2)\n</script>")
    with pytest.raises(ValueError, match="end tag"):
        scripts.write_script(["enhanced"], "'</SCRIPT>'")


@pytest.mark.parametrize(
    ("name", "base", "url"),
    [
        ("jupyter", "/", "/files/clip.mp4"),
        ("hub", "/user/jo/", "/user/jo/files/clip.mp4"),
        ("headless", "/", None),
        ("voila", "/", None),
        ("vscode", "/", None),
        ("colab", "/", None),
        ("plain", "/", None),
    ],
)
def test_a_film_comes_by_url_where_the_host_serves_it_else_as_bytes(clip, name, base, url):
    """Under a hub's prefix too; a page whose server refuses it after all gets the bytes."""
    place = at(name, clip.parent, base)
    film = find_film(clip, at=place)
    assert (film.url, film.data) == ((url, None) if url else (None, clip.read_bytes()))
    assert find_url(clip, at=place) == url
    words, buffers = find_film(clip, by_url=False, at=place).parts
    assert words == {"kind": "video", "media_type": "video/mp4"}
    assert buffers == [clip.read_bytes()]


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (1280, 720)])
def test_a_heavy_clip_beside_others_is_a_preview_that_is_kept(tmp_path, size):
    """Even where the host serves it; made once, and of no use where the data folder takes nothing."""
    path = tmp_path / "large.mp4"
    make_video(path, size=size, frames=12)
    place, is_heavy = at("jupyter", tmp_path), min(size) > 720
    assert find_film(path, at=place).url == "/files/large.mp4"
    film = find_film(path, beside=2, at=place)
    assert (film.url is None) == is_heavy
    if is_heavy:
        assert probe(film.data).height == 360
        (kept,) = (settings.load().data_dir / "cache" / "previews").glob(f"{Media(path).sha256}*")
        kept.write_bytes(b"from the folder")
        assert find_film(path, beside=2, at=place).data == b"from the folder"
        kept.unlink()
        kept.mkdir()
        assert probe(find_film(path, beside=2, at=place).data).height == 360


def test_pictures_are_films_too(tmp_path):
    """By URL or as bytes, like clips."""
    still = picture(tmp_path / "still.png")
    assert find_film(still, at=at("jupyter", tmp_path)).parts == ({"kind": "image", "url": "/files/still.png"}, [])
    assert find_film(still, at=at("plain", tmp_path)).media_type == "image/png"


def test_where_there_is_no_film_it_says_why(tmp_path):
    """Never an error; what to do is said with it."""
    text = tmp_path / "notes.mp4"
    text.write_text("no clip")
    empty = tmp_path / "empty.mp4"
    empty.touch()
    for place, words in [
        (None, "no file"),
        (tmp_path / "gone.mp4", "gone.mp4 is no longer where"),
        (tmp_path / ("x" * 400), "no longer where"),
        (tmp_path / "nul\0.mp4", "no longer where"),
        (text, "notes.mp4"),
        (empty, "empty.mp4"),
    ]:
        film = find_film(place, at=at("plain", tmp_path))
        assert words in film.why, place
        assert (film.url, film.data) == (None, None)
    assert "run this notebook cell again" in Films({}).find("7").why


def test_a_page_asks_for_films_one_by_one(clip):
    """None is in its state; two views that ask at once are answered once."""
    made = enhanced({"3": clip, "source": None})
    assert b"ftyp" not in repr(made.get_state()).encode()
    for asked in ({"film": 3}, {"film": "source"}, {"film": "9"}):
        made._handle_custom_msg(asked, [])
    until(lambda: len(made.heard) == 3)
    said = {content["film"]: (content, buffers) for content, buffers in made.heard}
    assert said["3"] == ({"film": "3", "kind": "video", "media_type": "video/mp4"}, [clip.read_bytes()])
    assert "no file" in said["source"][0]["why"]
    assert "no cell 9" in said["9"][0]["why"]


@pytest.mark.parametrize(
    ("change", "mark"),
    [
        ({"stars": 4}, Mark("r1", "stars", 4)),
        ({"stars": None}, Mark("r1", "stars", None)),
        ({"picked": True}, Mark("r1", "picked", True)),
        ({"picked": False}, Mark("r1", "picked", False)),
        ({"note": " the coat flickers ", "at": 1.25}, Mark("r1", "note", "the coat flickers", 1.25)),
        ({"note": "good", "at": None}, Mark("r1", "note", "good")),
        ({"note": "good", "at": "soon"}, Mark("r1", "note", "good")),
        ({"note": "good", "at": float("nan")}, Mark("r1", "note", "good")),
        ({"unnote": 7}, Mark("r1", "unnote", 7)),
        ({"stars": 0}, None),
        ({"stars": 6}, None),
        ({"stars": True}, None),
        ({"stars": "4"}, None),
        ({"picked": 1}, None),
        ({"note": "  "}, None),
        ({"unnote": True}, None),
        ({}, None),
    ],
)
def test_marks_are_read_as_they_are_meant(change, mark):
    """What a page sends is outside text: only what makes sense is a mark."""
    assert read_mark({"run": "r1", **change}) == mark
    assert read_mark(change) is None
    assert read_mark({"run": 3, **change}) is None


def test_marks_are_kept_in_their_order_and_errors_are_shown():
    """A log that cannot be written is told in the page, which hears of each mark; without one it keeps them itself."""
    kept = []

    def keep(mark):
        time.sleep(0.01 if mark.value == 1 else 0)
        if mark.value == 5:
            raise OSError("the disk is full")
        kept.append(mark.value)

    made = enhanced(on_mark=keep)
    assert (made.keeps, enhanced().keeps) == ("log", "page")
    for stars in (1, 2, 3, 6, 5):
        made._handle_custom_msg({"mark": {"run": "r1", "stars": stars}, "as": f"a-{stars}"}, [])
    until(lambda: "the disk is full" in made.error)
    assert kept == [1, 2, 3]
    assert [said for said, _ in made.heard] == [{"mark": f"a-{stars}", "kept": stars < 5} for stars in (1, 2, 3, 6, 5)]
    for nonsense in ("x", 3, {}, {"mark": []}, {"mark": None}, {"film": None}, {"page": "1"}, {"page": 2}):
        made._handle_custom_msg(nonsense, [])
    enhanced()._handle_custom_msg({"mark": {"run": "r1", "stars": 1}}, [])


def test_other_pages_are_made_when_somebody_turns_to_them():
    """By their numbers."""
    made = enhanced(turn=lambda number: f"<div class='pixnb'>page {number}</div>")
    made._handle_custom_msg({"page": 2}, [])
    until(lambda: "page 2" in made.page)
