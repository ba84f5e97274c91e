"""Prompts against a baseline, word by word: what was put in and what was left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from pixnb import html, show
from pixnb.compare.prompts import match
from pixnb.compare.segments import find_words
from pixnb.compare.table import pad, width_of
from pixnb.display import wording
from pixnb.display.sheet import Block, Span, Words, draw
from pixnb.errors import InvalidInput

if TYPE_CHECKING:
    import pandas as pd

_STYLE = (
    ".pixnb-diff table.rows td.prompt { max-width: 90ch; font-size: 14px; line-height: 1.6 }"
    ".pixnb-diff :is(ins, del) { border-radius: 3px; padding: 0 2px; -webkit-box-decoration-break: clone;"
    " box-decoration-break: clone }"
    ".pixnb-diff ins { color: var(--pixnb-good); background: var(--pixnb-good-page); text-decoration: none;"
    " font-weight: 600 }"
    ".pixnb-diff del { color: var(--pixnb-bad); background: var(--pixnb-bad-page) }"
)


@dataclass(frozen=True)
class Edit:
    """A stretch of a prompt, or of the baseline.

    Attributes:
        text: Its words, with the blanks around them.
        kind: "same", "added" or "removed".
    """

    text: str
    kind: str = "same"


@dataclass(frozen=True)
class Changed:
    """A prompt held against the baseline.

    Attributes:
        label: What it is called: its label where it has one, else its number.
        prompt: The whole of it.
        edits: What became of the baseline's words; the prompt alone where the two have next to nothing in common.
        count: How many runs have it.
    """

    label: str
    prompt: str
    edits: tuple[Edit, ...]
    count: int

    @property
    def is_other(self) -> bool:
        """Whether it is another text altogether."""
        return [edit.kind for edit in self.edits] == ["added"]


@dataclass(frozen=True, repr=False)
class Diff:
    """Prompts against a baseline; it shows itself.

    Attributes:
        baseline: What they are held against, whose edits are all the same.
        prompts: The others, in the frame's order.
    """

    baseline: Changed
    prompts: tuple[Changed, ...]

    def html(self) -> str:
        """Return it as a notebook shows it."""
        rows = [html.tag("tr", _row(one)) for one in (self.baseline, *self.prompts)]
        heads = "".join(html.tag("th", text, scope="col") for text in ("prompt", "against the first", "runs"))
        table = html.tag(
            "table", html.tag("thead", html.tag("tr", heads)) + html.tag("tbody", "".join(rows)), class_="rows"
        )
        return html.root(html.tag("style", _STYLE) + html.tag("div", table, class_="scroll"), class_="pixnb-diff")

    def text(self) -> str:
        """Return it for a terminal: [-what went-] and {+what came+}."""
        shown = (self.baseline, *self.prompts)
        wide = max(width_of(one.label) for one in shown)
        return "\n".join(f"{pad(one.label, wide, 'left')}  {_marked(one)}" for one in shown)

    def png(self) -> bytes:
        """Return it as a picture, for where no HTML is shown."""
        blocks = [Block([Words(list(_spans(one)), 12)]) for one in (self.baseline, *self.prompts)]
        return draw(blocks)

    def __repr__(self) -> str:
        return self.text()

    _repr_mimebundle_ = show.shown
    _display_ = show.hand_over


def diff(frame: pd.DataFrame, baseline: str | None = None) -> Diff:
    """Hold the prompts of a frame against one of them.

    Args:
        frame: A log's, or any with a column `prompt`.
        baseline: A prompt, or its label; the first when left out.

    Raises:
        InvalidInput: There are no prompts, or none that is called so.
    """
    prompts = [str(value) for value in frame["prompt"] if wording.is_given(value)] if "prompt" in frame else []
    if not prompts:
        raise InvalidInput("There are no prompts to compare: the frame's column prompt is missing or empty.")
    labels = _label(frame, list(dict.fromkeys(prompts)))
    first = prompts[0] if baseline is None else _find(baseline, labels)
    changed = {
        prompt: Changed(wording.legible(label), wording.legible(prompt), edits_of(wording.legible(prompt),
                        wording.legible(first)), prompts.count(prompt))
        for prompt, label in labels.items()
    }  # fmt: skip
    return Diff(changed[first], tuple(one for prompt, one in changed.items() if prompt != first))


def edits_of(prompt: str, baseline: str) -> tuple[Edit, ...]:
    """Return what became of a baseline's words: what stayed and what was added, joined, is the prompt.

    Example:
        >>> [(edit.kind, edit.text) for edit in edits_of("A blue coat", "A red coat")]
        [('same', 'A '), ('removed', 'red'), ('added', 'blue'), ('same', ' coat')]
    """
    if prompt == baseline:
        return (Edit(prompt),)
    steps = match(baseline, prompt).steps
    if not steps:
        return (Edit(prompt, "added"),)
    mine, theirs = find_words(prompt), find_words(baseline)
    edits: list[Edit] = []
    at = 0
    for what, gone, gone_end, come, come_end in steps:
        if what == "equal" or come_end > come:
            start, end = mine[come][0], mine[come_end - 1][1]
            edits += [Edit(prompt[at:start])] if start > at else []
            at = end
        if what != "equal" and gone_end > gone:
            edits.append(Edit(baseline[theirs[gone][0] : theirs[gone_end - 1][1]], "removed"))
        if come_end > come:
            edits.append(Edit(prompt[start:end], "same" if what == "equal" else "added"))
    edits += [Edit(prompt[at:])] if at < len(prompt) else []
    return tuple(_joined(edits))


def _joined(edits: Sequence[Edit]) -> Iterator[Edit]:
    """Put stretches together that are of one kind."""
    last: Edit | None = None
    for edit in edits:
        if last is not None and last.kind == edit.kind:
            last = Edit(last.text + edit.text, edit.kind)
        else:
            if last is not None:
                yield last
            last = edit
    if last is not None:
        yield last


def _label(frame: pd.DataFrame, prompts: Sequence[str]) -> dict[str, str]:
    """Call each prompt by the factors that are its own, such as `vars.colour`; else by its number."""
    factors = [name for name in map(str, frame.columns) if name.startswith("vars.")]
    own = frame[frame["prompt"].isin(prompts)].groupby("prompt", sort=False)[factors].agg(_only)
    telling = [name for name in factors if own[name].notna().all()]
    said = own[telling].astype(str).agg(", ".join, axis=1) if telling else None
    if said is None or not said.is_unique:
        return {prompt: str(number) for number, prompt in enumerate(prompts, 1)}
    return {prompt: str(said[prompt]) for prompt in prompts}


def _only(values: Any) -> Any:
    found = {str(value) for value in values if wording.is_given(value)}
    return found.pop() if len(found) == 1 else None


def _find(baseline: str, labels: dict[str, str]) -> str:
    for prompt, label in labels.items():
        if baseline in (prompt, label):
            return prompt
    near = get_close_matches(baseline, [*labels, *labels.values()], 1, 0.4)
    meant = f" Did you mean {near[0]!r:.120}?" if near else ""
    raise InvalidInput(
        f"No prompt is {baseline!r:.120}.{meant} Give one of the frame's prompts, or its label: "
        f"{', '.join(list(labels.values())[:12])}."
    )


def _row(one: Changed) -> str:
    said = "".join(
        html.tag({"added": "ins", "removed": "del"}[edit.kind], html.escape(edit.text))
        if edit.kind != "same" and not one.is_other
        else html.escape(edit.text)
        for edit in one.edits
    )
    note = html.tag("small", "another text altogether", class_="soft") if one.is_other else ""
    return (
        html.tag("th", html.escape(one.label), scope="row", dir="auto")
        + html.tag("td", html.tag("div", said, class_="prompt", dir="auto") + note, class_="prompt")
        + html.tag("td", str(one.count), class_="num")
    )


def _marked(one: Changed) -> str:
    if one.is_other:
        return f"{' '.join(one.prompt.split())}  (another text altogether)"
    signs = {"same": "{}", "added": "{{+{}+}}", "removed": "[-{}-]"}
    return " ".join("".join(signs[edit.kind].format(edit.text) for edit in one.edits).split())


def _spans(one: Changed) -> Iterator[Span]:
    yield Span(f"{one.label}  ", "soft", 13, is_bold=True)
    for edit in one.edits:
        if edit.kind == "removed":
            yield Span(f"[-{edit.text}-]", "bad", 13)
        else:
            is_new = edit.kind == "added" and not one.is_other
            yield Span(edit.text, "good" if is_new else "", 13, is_new)


def bundle(found: Diff) -> dict[str, Any]:
    """Return its bundle: HTML, a picture, plain text."""
    return {"text/html": found.html(), "image/png": found.png(), "text/plain": found.text()}


__all__ = ["Changed", "Diff", "Edit", "bundle", "diff", "edits_of"]
