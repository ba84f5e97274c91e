"""`%%video`: a cell whose text is the prompt."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from keyword import iskeyword
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, cell_magic, magics_class, no_var_expand
from IPython.display import display

from pixnb.catalogue import models
from pixnb.catalogue.model import Model
from pixnb.catalogue.problems import joined, nearest
from pixnb.errors import InvalidInput, PixnbError
from pixnb.experiment import Experiment
from pixnb.terminal import legible

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from pixnb.runs.run import Run

USAGE = "%%video MODEL [--experiment NAME] [--as VAR] [--take N] [--param value …]"
_OWN = ("experiment", "as", "take")
_NAME = re.compile(r"\$\{(?P<braced>[^\W\d]\w*)\}|\$(?P<plain>[^\W\d]\w*)|(?P<dollar>\$\$)")


@magics_class
class VideoMagics(Magics):
    """The cell magic `%%video`; `%load_ext pixnb` loads it."""

    shell: InteractiveShell

    @no_var_expand  # IPython would put a variable's text where the variable itself is meant
    @cell_magic
    def video(self, line: str, cell: str) -> None:
        """Launch a run whose prompt is the cell's text, and show it as it goes on.

        %%video lucy-edit-fast --video $clip --as snow
        Make it a snowy $daytime

        `$name` and `${name}` take a variable of the notebook, `$$` is a dollar. Parameters are the model's own,
        `--seed 7`; so are its inputs, `--video coat.mp4`. Without `--take N` it is a new run each time.
        """
        try:
            run, name = self._launch(line, cell)
        except PixnbError as error:
            raise UsageError(legible(error.message)) from None  # IPython says it in one line, without a traceback
        if name:
            self.shell.user_ns[name] = run
        display(run)  # type: ignore[no-untyped-call]

    def _launch(self, line: str, cell: str) -> tuple[Run, str | None]:
        words = split(line)
        if not words or words[0].startswith("--"):
            raise InvalidInput(f"It needs a model: {USAGE}")
        named = self._value(words[0])
        model = named if isinstance(named, Model) else models.get(str(named))
        given = {name: None if text is None else self._value(text) for name, text in read_options(model, words[1:])}
        name, take = given.pop("as", None), given.pop("take", None)
        if name is not None and (not str(name).isidentifier() or iskeyword(str(name))):
            raise InvalidInput(f"--as takes the name of a variable, not {name!r}. Nothing was sent.")
        experiment = self._experiment(given.pop("experiment", None))
        params = {key: read_value(model, key, value) for key, value in given.items()}
        prompt = self._fill(cell.strip())
        if prompt and params.setdefault("prompt", prompt) != prompt:
            raise InvalidInput("The prompt is the cell's text: give it there, or as --prompt. Nothing was sent.")
        run = experiment.submit(model, take=None if take is None else _whole(take), **params)
        return run, name

    def _experiment(self, given: Any) -> Experiment:
        """Take an experiment by its name or variable; else the notebook's own `exp`, else one named "video"."""
        if isinstance(given, Experiment):
            return given
        name = "exp" if given is None else str(given)
        here = {key: value for key, value in self.shell.user_ns.items() if isinstance(value, Experiment)}
        named = {value.name: value for value in here.values()}
        found: Experiment | None = here.get(name) or named.get(name)
        return found or Experiment("video" if given is None else name)

    def _value(self, text: str) -> Any:
        """Give what a word stands for: a variable as it is where it is nothing else, else text with names filled in."""
        whole = _NAME.fullmatch(text)
        if whole and not whole["dollar"]:
            return self._look_up(whole["braced"] or whole["plain"])
        return self._fill(text)

    def _fill(self, text: str) -> str:
        return _NAME.sub(
            lambda found: "$" if found["dollar"] else str(self._look_up(found["braced"] or found["plain"])), text
        )

    def _look_up(self, name: str) -> Any:
        names = self.shell.user_ns
        if name not in names:
            own = [one for one in names if not one.startswith("_")]
            close = nearest(name, own, n=1)
            hint = f" Did you mean ${close[0]}?" if close else " $$ is a dollar."
            raise InvalidInput(f"This notebook has no variable {name!r}.{hint} Nothing was sent.")
        return names[name]


def split(line: str) -> list[str]:
    """Split a magic's line into words, as a shell does.

    Raises:
        InvalidInput: A quote is not closed.

    Example:
        >>> split("lucy-edit-fast --video 'my clip.mp4'")
        ['lucy-edit-fast', '--video', 'my clip.mp4']
    """
    try:
        return shlex.split(line, posix=True)
    except ValueError as error:
        raise InvalidInput(f"{USAGE}: {error}.") from None


def read_options(model: Model, words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Read `--name value` and `--name=value`; a parameter that is yes or no needs no value.

    Raises:
        InvalidInput: The model has no such parameter; a word belongs to no option; one is given twice or lacks its
            value.

    Example:
        >>> list(read_options(models.get("lucy-2.5"), ["--seed", "7", "--enhance-prompt", "--resolution=720p"]))
        [('seed', '7'), ('enhance_prompt', 'true'), ('resolution', '720p')]
    """
    seen: set[str] = set()
    ahead = list(words)
    while ahead:
        word = ahead.pop(0)
        if not word.startswith("--") or len(word) == 2:
            raise InvalidInput(f"{word!r} belongs to no option: {USAGE}. The prompt is the cell's text.")
        name, sign, value = word[2:].partition("=")
        name = name.replace("-", "_")
        _check_name(model, name)
        if not sign and ahead and not ahead[0].startswith("--"):
            value = ahead.pop(0)
        elif not sign and _kind(model, name) == "boolean":
            value = "true"
        elif not sign:
            raise InvalidInput(f"--{name} needs a value: {USAGE}. Nothing was sent.")
        if name in seen:
            raise InvalidInput(f"--{name} is given twice. Nothing was sent.")
        seen.add(name)
        yield name, value


def read_value(model: Model, name: str, value: Any) -> Any:
    """Read a word as what a model's parameter takes; what it is not stays text, and the model says what it takes.

    Args:
        model: The model.
        name: The parameter, or the role of an input.
        value: A word of the line, or a variable's value, which is taken as it is.

    Example:
        >>> lucy = models.get("lucy-2.5")
        >>> read_value(lucy, "seed", "7"), read_value(lucy, "enhance_prompt", "no"), read_value(lucy, "seed", "x")
        (7, False, 'x')
    """
    return _READERS.get(_kind(model, name), _as_is)(value) if isinstance(value, str) else value


def _check_name(model: Model, name: str) -> None:
    fields = (*model.params.model_fields, *model.inputs)
    if name not in (*fields, *_OWN):
        close = nearest(name, (*fields, *_OWN), n=1)
        hint = f"did you mean --{close[0]}?" if close else f"it takes {joined((f'--{one}' for one in fields), 'and')}."
        raise InvalidInput(f"--{name} is not a parameter of {model.id}: {hint} Nothing was sent.")


def _kind(model: Model, name: str) -> str:
    schema = model.params.model_json_schema()["properties"].get(name, {})
    return str(schema.get("type", ""))


def _as_is(text: str) -> Any:
    return text


def _boolean(text: str) -> Any:
    return {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}.get(text.lower(), text)


def _list(text: str) -> Any:
    return [part.strip(" '\"") for part in text.strip("[] ").split(",")]


def _literal(text: str) -> Any:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def _whole(take: Any) -> int:
    found = _literal(take) if isinstance(take, str) else take
    if isinstance(found, bool) or not isinstance(found, int) or found < 1:
        raise InvalidInput(f"--take is a number from 1 on, not {take!r}.")
    return found


_READERS: dict[str, Callable[[str], Any]] = {
    "boolean": _boolean,
    "integer": _literal,
    "number": _literal,
    "array": _list,
}


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Give a notebook `%%video`; `%load_ext pixnb` calls it."""
    shell.register_magics(VideoMagics)


__all__ = ["USAGE", "VideoMagics", "load_ipython_extension", "read_options", "read_value", "split"]
