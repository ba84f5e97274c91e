"""What outputs hold: how a clip gets in, contact sheets, jobs in every state, the hosts."""

from __future__ import annotations

import base64
import io
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from fake_pixazo import FakePixazo
from frames import picture
from PIL import Image
from served import tiny_clip

import pixnb
from pixnb.catalogue.prices import Cost
from pixnb.client.job import Job
from pixnb.client.standing import Standing
from pixnb.client.work import Work
from pixnb.display import job as looks
from pixnb.display.host import QUIRKS, Host, host
from pixnb.display.sheet import Block, Tile, draw, words
from pixnb.display.video import EMBED_LIMIT, Budget, figure_html, source
from pixnb.display.wording import cost, duration, money
from pixnb.html import uri_size
from pixnb.pacing.durations import Took
from pixnb.status import JobStatus

KERNEL = SimpleNamespace(kernel=object(), user_ns={})
PLAIN = Host("plain")
CLIP = "https://example.org/clip.mp4"


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A clip that plays and is larger than an output may embed: what follows the last box is ignored."""
    path = tmp_path_factory.mktemp("root") / "large clip.mp4"
    path.write_bytes(tiny_clip() + (2_000_008).to_bytes(4, "big") + b"free" + bytes(2_000_000))
    return path


@pytest.fixture
def exp(tmp_path):
    service = FakePixazo()
    with pixnb.Log(tmp_path / "log.db") as log:
        urls = {"pixazo": "https://pixazo.example"}
        client = pixnb.Client(keys={"pixazo": "key"}, base_urls=urls, transport=service.transport)
        yield pixnb.Experiment("coats", log=log, client=client)
        service.released.set()


def serving(root):
    """A host that serves a folder."""
    return Host("jupyter", True, True, Path(root).resolve(), Path(root).resolve(), "/user/jo/")


def size_of(png):
    return Image.open(io.BytesIO(png)).size


def test_a_small_clip_is_embedded_with_its_poster():
    """The whole file and a poster are in the output, and the budget knows."""
    budget, clip = Budget(), pixnb.sample("video")
    figure = figure_html(clip, budget=budget, label="a <clip>", caption="<b>yes</b>", at=PLAIN)
    assert 'src="data:video/mp4;base64,' in figure
    assert 'poster="data:image/webp;base64,' in figure
    assert 'aria-label="a &lt;clip&gt;"' in figure
    assert "<figcaption><b>yes</b></figcaption>" in figure
    assert budget.left == EMBED_LIMIT - uri_size(clip.size)


def test_a_large_clip_is_named_by_the_url_of_its_file(large):
    """Where the host serves the file, nothing but the poster is in the output."""
    figure = figure_html(pixnb.Media(large), budget=Budget(), at=serving(large.parent))
    assert 'src="large%20clip.mp4"' in figure
    assert len(figure) < 20_000


def test_a_large_clip_out_of_the_hosts_reach_becomes_a_preview(large, tmp_path):
    """Outside of the root, or where no files are served: a preview, and a word that it is one."""
    for place in (PLAIN, serving(tmp_path)):
        budget = Budget()
        figure = figure_html(pixnb.Media(large), budget=budget, at=place)
        assert 'src="data:video/mp4;base64,' in figure
        assert "A small preview; the whole clip has 2.0 MB." in figure
        assert 0 <= budget.left < EMBED_LIMIT


def test_one_output_never_embeds_more_than_its_budget(large):
    """Clips that share a budget: what no longer fits is a poster that says so."""
    budget = Budget(uri_size(pixnb.sample("video").size))
    first = figure_html(pixnb.sample("video"), budget=budget, at=PLAIN)
    second = figure_html(pixnb.Media(large), budget=budget, at=PLAIN)
    assert "<video" in first
    assert "<video" not in second
    assert "<img" in second
    assert "The poster only" in second


@pytest.fixture(scope="module")
def poster_size(tmp_path_factory):
    """A picture of more than one output may embed."""
    return pixnb.Media(picture(tmp_path_factory.mktemp("pictures") / "large.png", (1280, 704), is_noisy=True))


def test_a_picture_is_embedded_whole_and_opens(tmp_path):
    """It has no controls, keeps its shape, and a press opens what is in the page."""
    budget, shot = Budget(), pixnb.Media(picture(tmp_path / "tall.png", (300, 600)))
    figure = figure_html(shot, budget=budget, label="a <shot>", at=PLAIN)
    assert f'src="data:image/png;base64,{base64.b64encode(shot.bytes()).decode()}"' in figure
    assert 'alt="a &lt;shot&gt;"' in figure
    assert 'width="300" height="600" style="width:min(100%,210px)"' in figure
    assert '<button type="button" title="Open in full size"' in figure
    assert "<video" not in figure
    assert "controls" not in figure
    assert budget.left == EMBED_LIMIT - uri_size(shot.size)


def test_a_large_picture_is_a_smaller_copy_that_opens_its_file(poster_size):
    """Where the host serves the file it is linked; elsewhere the copy is all there is."""
    assert uri_size(poster_size.size) > EMBED_LIMIT
    for place, opens in ((serving(poster_size.path.parent), '<a href="large.png"'), (PLAIN, "<button")):
        budget = Budget()
        figure = figure_html(poster_size, budget=budget, at=place)
        assert opens in figure
        assert 'src="data:image/webp;base64,' in figure
        assert 5_000 < len(figure) < uri_size(100_000)
        assert budget.left < EMBED_LIMIT


def test_pictures_share_what_one_output_may_embed(poster_size):
    """When nothing is left, a poster still is there."""
    figure = figure_html(poster_size, budget=Budget(1000), at=PLAIN)
    assert 'src="data:image/webp;base64,' in figure
    assert len(figure) < 20_000


def test_hidden_files_and_links_out_of_the_root_are_not_named(large, tmp_path):
    """Jupyter Server answers 404 and 403 for these."""
    place = serving(tmp_path)
    hidden = tmp_path / ".cache" / "a.mp4"
    hidden.parent.mkdir()
    hidden.write_bytes(tiny_clip())
    link = tmp_path / "link.mp4"
    link.symlink_to(large)
    seen = tmp_path / "sub" / "ä b.mp4"
    seen.parent.mkdir()
    seen.write_bytes(tiny_clip())
    assert place.relative_url(hidden) is place.relative_url(link) is None
    assert place.relative_url(seen) == "sub/%C3%A4%20b.mp4"
    assert place.absolute_url(seen) == "/user/jo/files/sub/%C3%A4%20b.mp4"


def test_an_address_is_shown_and_never_fetched():
    """A URL is the page's to load; nothing of it is asked here."""
    found = source(pixnb.Media(CLIP), budget=Budget(), at=PLAIN)
    assert (found.url, found.how) == (CLIP, "remote")


@pytest.mark.parametrize("what", ["/nowhere/x.mp4", b"no media at all"])
def test_what_cannot_be_shown_is_said_in_its_place(what):
    """A missing file and bytes that are no media give a figure with words, and plain text."""
    bundle = pixnb.Media(what)._repr_mimebundle_()
    assert 'class="gap"' in bundle["text/html"]
    assert "Media(" in bundle["text/plain"]


@pytest.mark.parametrize("kind", ["video", "image", "audio"])
def test_samples_show_themselves(kind):
    """The file itself, its words, and a small picture where it has one."""
    bundle = pixnb.sample(kind)._repr_mimebundle_()
    element = {"video": "<video", "image": "<img", "audio": "<audio"}[kind]
    assert element in bundle["text/html"]
    assert "kB" in bundle["text/plain"]
    assert ("image/png" in bundle) == (kind != "audio")


def test_a_sheet_is_small_whatever_is_on_it(tmp_path):
    """Posters, prompts of any length and script, errors, a portrait, and files that are gone."""
    tall = picture(tmp_path / "tall.png", (300, 600))
    tiles = [Tile(pixnb.sample("video"), [words("source")]), Tile(None, [], words("No file")), Tile(pixnb.Media(tall))]
    said = [words("A lake"), words("雪が降る é " * 200, most=4), words("Nobody knows. " * 40, "bad")]
    png = draw([Block(said, tiles), Block(tiles=[Tile(pixnb.Media("/nowhere.mp4"))])])
    assert png.startswith(b"\x89PNG")
    assert len(png) < 60_000
    assert size_of(png)[0] == 3 * 280 + 16
    assert size_of(png)[1] > 330 + 150  # the portrait is seen whole
    assert size_of(draw([]))[1] > 0


@pytest.mark.parametrize(
    ("prompt", "status", "said"),
    [
        ("A red coat", "COMPLETED", "source video"),
        ("A red coat [FAILED]", "FAILED", "as asked"),
        ("A red coat [ERROR]", "ERROR", "not charged"),
        ("A red coat [lost]", "UNCONFIRMED", "not sent again"),
    ],
)
def test_a_run_shows_how_it_ended(exp, tmp_path, prompt, status, said):
    """Status, prompt, cost and what went wrong, in HTML, picture and plain text; a clip stands by its source."""
    clip = tmp_path / "source.mp4"
    clip.write_bytes(tiny_clip())
    run = exp.submit("lucy-edit-fast", prompt=f"<i>{prompt}</i>", video=clip).wait(20)
    bundle = run._repr_mimebundle_()
    assert set(bundle) == {"text/html", "image/png", "text/plain"}
    page = bundle["text/html"]
    for piece in (f">{status}<", "&lt;i&gt;A red coat", "SANDBOX", "lucy-edit-fast", said):
        assert piece in page
    assert "<i>A red" not in page
    assert page.count("<video") == (2 if status == "COMPLETED" else 0)
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
    assert status in bundle["text/plain"]


def job(exp, status, *, provider="apiframe", model="wan-2.7-videoedit", **known):
    """A job at a service that stands so, as far as this process knows."""
    return Job(exp.client.engine, Work(provider, model, standing=Standing(status, **known)))


def test_progress_is_a_bar_and_a_percentage(exp):
    """Where the service tells; an output that is kept shows how far it was, an ended job shows none."""
    assert 'role="progressbar"' not in looks.write_html(job(exp, JobStatus.PROCESSING, id="j1"))
    known = {"id": "j1", "progress": 0.426, "submitted_at": datetime.now(UTC)}
    under_way = job(exp, JobStatus.PROCESSING, **known)
    page = looks.write_html(under_way)
    assert 'aria-valuetext="42 %"><div style="width: 42%"' in page
    assert " · 42 % · " in page
    assert "42 % done" in looks.write_text(under_way)
    assert "42 %" not in looks.write_html(job(exp, JobStatus.FAILED, **known))


def test_progress_shortens_the_time_left(exp):
    """A job that its service calls nearly done is not said to take as long again as earlier ones did."""
    exp.client.engine.durations.add("wan-2.7-videoedit", {}, Took(60.0), sandbox=False)
    known = {"id": "j1", "submitted_at": datetime.now(UTC) - timedelta(seconds=3)}
    assert " left" in looks.times(job(exp, JobStatus.PROCESSING, **known))[-1]
    assert looks.times(job(exp, JobStatus.PROCESSING, progress=0.95, **known))[-1] == "nearly done"


def test_bytes_are_called_by_what_they_are(tmp_path):
    """They have no file's name, and a repr is no caption."""
    made = pixnb.Media(picture(tmp_path / "made.png").read_bytes())
    assert "<b>picture</b> 64×36" in made._repr_mimebundle_()["text/html"]


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (JobStatus.PROCESSING, "no job id: the answer will be the file"),
        (JobStatus.COMPLETED, "no job id: the answer was the file"),
        (JobStatus.UNCONFIRMED, "Nobody knows"),
    ],
)
def test_a_job_that_never_has_an_id_says_so(exp, tmp_path, status, said):
    """The media is the answer to its submit; nothing says None."""
    known = {}
    if status is JobStatus.COMPLETED:
        known["media"] = (pixnb.Media(picture(tmp_path / "made.png")),)
    elif status is JobStatus.UNCONFIRMED:
        known["error"] = pixnb.SubmitUnconfirmed("Nobody knows whether Decart made it.")
    direct = job(exp, status, provider="decart", model="lucy-pro-i2i", **known)
    page = looks.write_html(direct)
    assert said in page
    assert "None" not in page
    assert ("<img" in page) == (status is JobStatus.COMPLETED)
    assert "made.png  64×36" in looks.write_text(direct) or not direct.media


def test_an_experiment_shows_pictures_beside_clips(exp, tmp_path):
    """A run that made a picture has it in the wall, on the sheet and in its own output."""
    run = exp.submit("lucy-edit-fast", prompt="A lake", video=CLIP).wait(20)
    path = Path(exp.frame()["output_path"][0])
    path.unlink()
    picture(path, (320, 180))
    page = exp._repr_mimebundle_()["text/html"]
    assert "<img" in page
    assert "<video" not in page
    again = pixnb.Experiment("coats", log=exp.log, client=exp.client).run(run.run_id)
    assert "320×180" in again._repr_mimebundle_()["text/html"]


def test_a_run_that_goes_on_says_when_that_was_and_how_to_see_more(exp):
    """Without a kernel there is no live card; what is shown has its time."""
    run = exp.submit("lucy-edit-fast", prompt="A red coat [held]", video=CLIP)
    bundle = run._repr_mimebundle_()
    assert "as of" in bundle["text/html"]
    assert run.run_id in bundle["text/html"]
    assert "widget" not in json.dumps(list(bundle))
    run.cancel()
    assert "may finish and bill" in run._repr_mimebundle_()["text/html"]


def test_a_run_found_again_in_the_log_is_shown_with_its_source(exp, tmp_path):
    """Also in a later session, from what the log says."""
    clip = tmp_path / "source.mp4"
    clip.write_bytes(tiny_clip())
    run_id = exp.submit("lucy-edit-fast", prompt="A red coat", video=clip).wait(20).run_id
    again = pixnb.Experiment("coats", log=exp.log, client=exp.client).run(run_id)
    assert again._repr_mimebundle_()["text/html"].count("<video") == 2


def test_a_result_and_an_experiment_show_clips(exp):
    """The result as its run; the experiment with its counts, its money and the newest runs."""
    result = exp.submit("lucy-edit-fast", prompt="A red coat", video=CLIP).result(20)
    exp.submit("lucy-edit-fast", prompt="A blue coat [FAILED]", video=CLIP).wait(20)
    assert ">COMPLETED<" in result._repr_mimebundle_()["text/html"]
    bundle = exp._repr_mimebundle_()
    for piece in ("1 COMPLETED", "1 FAILED", "$0.40 spent", "<video", "A red coat", "as asked"):
        assert piece in bundle["text/html"]
    assert set(bundle) == {"text/html", "image/png", "text/plain"}
    empty = pixnb.Experiment("empty", log=exp.log, client=exp.client)
    assert "No runs yet" in empty._repr_mimebundle_()["text/html"]


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({"JPY_SESSION_NAME": "/home/jo/a.ipynb"}, "jupyter"),
        ({"JPY_SESSION_NAME": "/home/jo/a.ipynb", "JUPYTERHUB_SERVICE_PREFIX": "/user/jo/"}, "hub"),
        ({"JPY_SESSION_NAME": "/home/jo/a.ipynb", "SERVER_SOFTWARE": "voila/0.5.8"}, "voila"),
        ({"JUPYTERHUB_SERVICE_PREFIX": "/user/jo/", "VOILA_PREHEAT": "True"}, "voila"),
        ({"VSCODE_PID": "7"}, "vscode"),
        ({"COLAB_RELEASE_TAG": "release"}, "colab"),
        ({}, "headless"),
    ],
)
def test_hosts_are_known_by_their_environment(environ, name):
    """Each by what it sets; its quirks are one dict."""
    found = host(environ, shell=KERNEL)
    assert found.name == name
    assert found.serves_files == QUIRKS[name]["serves_files"]


def test_no_kernel_is_a_plain_host():
    """A terminal's IPython and plain Python have no comms."""
    assert host({}, shell=SimpleNamespace()).name == "plain"
    assert not host({}).has_widgets


def test_the_servers_root_and_prefix_are_what_it_wrote_down(tmp_path, monkeypatch):
    """Of several servers the one that started this kernel counts."""
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    (tmp_path / "runtime").mkdir()
    for pid, prefix in ((7, "/"), (8, "/user/jo/"), (9, "/other/")):
        said = {"pid": pid, "root_dir": str(tmp_path), "base_url": prefix}
        (tmp_path / "runtime" / f"jpserver-{pid}.json").write_text(json.dumps(said))
    (tmp_path / "runtime" / "jpserver-10.json").write_text("{half")
    environ = {"JPY_SESSION_NAME": str(tmp_path / "work" / "a.ipynb"), "JPY_PARENT_PID": "8"}
    found = host(environ, shell=KERNEL)
    assert (found.root, found.base_url, found.folder) == (tmp_path, "/user/jo/", tmp_path / "work")
    clip = tmp_path / "data" / "a.mp4"
    assert found.relative_url(clip) == "../data/a.mp4"


@pytest.mark.parametrize(
    ("price", "sandbox", "said"),
    [
        (None, True, "price unknown"),
        (Cost(Decimal(0), "USD", "not charged"), False, "not charged"),
        (Cost(Decimal(8), "credits", "charged"), False, "8 credits"),
        (Cost(Decimal(0), "credits", "refunded"), True, "refunded"),
    ],
)
def test_money_is_said_in_the_same_words(price, sandbox, said):
    """An unknown price is never a zero, and of a job as of its row."""
    assert money(price, sandbox=sandbox) == said
    row = {"cost": price.amount, "currency": price.currency, "cost_kind": price.kind} if price else {}
    assert cost(row) == said


def test_a_clock_leaves_out_parts_of_seconds():
    """For what ticks each second."""
    assert duration(61.9, whole=True) == "1 min 1 s"


def test_a_clip_alone_has_a_small_sheet(tmp_path):
    """Every clip that a notebook shows leaves one there, six of them in 200 kB with their posters."""
    noisy = pixnb.Media(picture(tmp_path / "noisy.png", (1280, 704), is_noisy=True))
    png = noisy._repr_mimebundle_()["image/png"]
    assert len(png) < 30_000
    assert size_of(base64.b64decode(png))[0] == 224 + 32


@pytest.mark.parametrize("letter", ["é", "×", "–", "•", "ß", "Ł"])
def test_letters_of_a_sheet_are_drawn_or_written_in_plainer_ones(letter):
    """Pillow's own font has the alphabet and little more: what it lacks comes from another, or is plainer."""
    empty = draw([Block([words(f"{chr(0x10FFFE)}{chr(0x10FFFE)}")])])
    assert draw([Block([words(letter * 2)])]) != empty
