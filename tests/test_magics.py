"""`%%video`: the cell is the prompt, words become what the model takes, and what is wrong is said in one line."""

from __future__ import annotations

import subprocess
import sys

import pytest
from fake_pixazo import FakePixazo
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from sweeps import CLIP, LUCY, experiment, prompts

import pixnb
from pixnb.magics import read_options, read_value

DECART = "lucy-2.5"


@pytest.fixture
def service():
    return FakePixazo(polls=0)


@pytest.fixture
def exp(service, tmp_path):
    with pixnb.Log(tmp_path / "log.db") as log:
        yield experiment(service, log)


@pytest.fixture
def shell(exp):
    """A notebook's shell with the magic loaded; its variables."""
    shell = InteractiveShell()
    pixnb.load_ipython_extension(shell)
    shell.user_ns.update(exp=exp, clip=CLIP, daytime="night", price=5)
    return shell


def video(shell, line, cell="Make it snow"):
    """Run a cell with the magic, as typed."""
    shell.run_cell_magic("video", line, cell)
    return shell.user_ns.get("snow")


def test_the_cell_is_the_prompt(shell, exp, service):
    """Without its line ends at both sides; the run is shown and bound, and is a new one each time."""
    first = video(shell, f"{LUCY} --video $clip --as snow", "\nMake it snow,\nslowly\n")
    assert first.params == {"prompt": "Make it snow,\nslowly", "video_url": CLIP}
    second = video(shell, f"{LUCY} --video=$clip --as snow", "Make it snow,\nslowly")
    assert [run.take for run in (first, second)] == [1, 2]
    assert prompts(service) == ["Make it snow,\nslowly"] * 2


def test_the_cell_ends_while_the_job_goes_on(shell, exp, service):
    """Nothing is waited for but the service's answer to the submit: so Cancel is live in every kernel."""
    run = video(shell, f"{LUCY} --video $clip --as snow", "Make it snow [held]")
    assert (run.status.is_running, len(service.posts)) == (True, 1)
    assert run.cancel().status == "CANCELLED"
    service.released.set()


def test_a_take_is_found_again(shell, service):
    """As by exp.submit(take=1)."""
    line = f"{LUCY} --video $clip --take 1 --as snow"
    first = video(shell, line).wait(20)
    assert video(shell, line) is first
    assert len(service.posts) == 1


@pytest.mark.filterwarnings("ignore:prompt goes to .* with {daytime} in it")
@pytest.mark.parametrize(
    ("cell", "prompt"),
    [
        ("Make it $daytime", "Make it night"),
        ("A ${daytime}mare", "A nightmare"),
        ("It costs $5, $$5 or $price", "It costs $5, $5 or 5"),
        ("{daytime} [1, 2]", "{daytime} [1, 2]"),
    ],
)
def test_names_take_variables(shell, service, cell, prompt):
    """In the cell; what is no name stays as it is."""
    video(shell, f"{LUCY} --video $clip", cell)
    assert prompts(service) == [prompt]


def test_a_variable_is_taken_as_it_is(shell, exp, tmp_path):
    """A Media is not turned into words; a model, an experiment and a number can be variables too."""
    media = pixnb.Media(CLIP)
    shell.user_ns.update(
        media=media,
        model=LUCY,
        spec=pixnb.models.get(LUCY),
        other=experiment(FakePixazo(polls=0), exp.log, "other"),
        n=2,
    )
    run = video(shell, "$model --video $media --experiment $other --take $n --as snow")
    assert run.take == 2
    video(shell, "$spec --video $media --experiment $other")
    assert (len(exp.frame()), len(shell.user_ns["other"].frame())) == (0, 2)


@pytest.mark.parametrize("name", ["exp", "coats"])
def test_an_experiment_of_the_notebook_is_found(shell, exp, name):
    """By its variable or by its name, with its own client."""
    video(shell, f"{LUCY} --video $clip --experiment {name}")
    assert len(exp.frame()) == 1


@pytest.mark.parametrize(
    ("words", "read"),
    [
        (["--seed", "7"], {"seed": 7}),
        (["--seed=x"], {"seed": "x"}),
        (["--enhance-prompt"], {"enhance_prompt": True}),
        (["--enhance_prompt", "no", "--seed", "-1"], {"enhance_prompt": False, "seed": -1}),
        (["--resolution", "720p", "--video", "a b.mp4"], {"resolution": "720p", "video": "a b.mp4"}),
    ],
)
def test_words_become_what_the_model_takes(words, read):
    """By the parameter's own type; what does not fit is left for the model to name."""
    model = pixnb.models.get(DECART)
    assert {name: read_value(model, name, text) for name, text in read_options(model, words)} == read


def test_every_parameter_of_every_model_can_be_given():
    """Each example or bound of its schema, written as a word, comes back as the value that the model takes."""
    for model in pixnb.models:
        for name, schema in model.params.model_json_schema()["properties"].items():
            for value in schema.get("enum", ()):
                assert read_value(model, name, str(value)) == value, (model.id, name)
            if schema.get("type") in ("integer", "number"):
                assert read_value(model, name, "3") == 3
            if schema.get("type") == "array":
                wanted = schema["items"]["enum"][:2]
                assert read_value(model, name, str(wanted)) == read_value(model, name, ",".join(wanted)) == wanted


@pytest.mark.parametrize(
    ("line", "cell", "said"),
    [
        ("", "a", "It needs a model: %%video MODEL"),
        ("--video x", "a", "It needs a model"),
        ("lucy-edit-fst", "a", "lucy-edit-fast"),
        (f"{LUCY} --vido $clip", "a", "did you mean --video?"),
        (f"{LUCY} --nonsense 3", "a", "it takes --prompt"),
        (f"{LUCY} --video", "a", "--video needs a value"),
        (f"{LUCY} --video $clip --video $clip", "a", "given twice"),
        (f"{LUCY} --video $clp", "a", "Did you mean $clip?"),
        (f"{LUCY} --video $clip", "a $nowhere", "no variable 'nowhere'"),
        (f"{LUCY} Make it snow", "a", "belongs to no option"),
        (f"{LUCY} --video 'x", "a", "No closing quotation"),
        (f"{LUCY} --video $clip --take no", "a", "--take is a number from 1 on"),
        (f"{LUCY} --video $clip --as 1x", "a", "name of a variable"),
        (f"{LUCY} --video $clip --as class", "a", "name of a variable"),
        (f"{LUCY} --video $clip --prompt b", "a", "The prompt is the cell's text"),
        (f"{LUCY} --video $clip", "  \n", "prompt is required"),
        (f"{LUCY} --video /nowhere.mp4", "a", "/nowhere.mp4"),
    ],
)
def test_what_is_wrong_is_one_line(shell, service, line, cell, said):
    """A usage error, which IPython shows without a traceback; nothing was sent, nothing is bound."""
    with pytest.raises(UsageError) as told:
        video(shell, line, cell)
    assert said in str(told.value)
    assert "\n" not in str(told.value)
    assert told.value.__suppress_context__
    assert (service.posts, "snow" in shell.user_ns) == ([], False)


def test_it_is_loaded_by_load_ext():
    """Nothing of it is loaded before; a wrong line is told without a traceback."""
    code = (
        "import sys, pixnb\nassert 'pixnb.magics' not in sys.modules\n"
        "from IPython.core.interactiveshell import InteractiveShell\nshell = InteractiveShell()\n"
        "shell.run_line_magic('load_ext', 'pixnb')\n"
        "shell.run_cell('%%video lucy-edit-fst\\nMake it snow')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.startswith("UsageError: ")
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stdout + done.stderr
