"""Errors in callbacks of widgets: shown in the widget, where a front end would swallow them."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Any

import ipywidgets

from pixnb import html
from pixnb.errors import PixnbError
from pixnb.terminal import get_logger

logger = get_logger(__name__)


class ErrorLine(ipywidgets.HTML):  # type: ignore[misc]  # ipywidgets ships no types
    """A line of a widget that says what went wrong; empty, it takes no room.

    Example:
        >>> line = ErrorLine()
        >>> line.say("No file is chosen."); line.text
        'No file is chosen.'
    """

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.say("")

    def say(self, text: str) -> None:
        """Show a message; an empty one clears the line.

        Args:
            text: Plain text; escaped here.
        """
        self.text = text
        self.value = html.tag("div", html.escape(text), class_="pixnb-error", role="alert") if text else ""
        self.layout.display = None if text else "none"


def guarded(
    callback: Callable[..., Any], report: Callable[[str], object], *, clears: bool = True
) -> Callable[..., None]:
    """Wrap a callback of a widget so that its error is told to a person.

    Args:
        callback: What the button, trait or timer calls.
        report: Gets the error's text; mostly `ErrorLine.say`.
        clears: Whether it gets "" before each call; False where what went wrong elsewhere stays to be read.

    Returns:
        The callback to hand to the widget; never raises an ordinary exception.

    Example:
        >>> said = []
        >>> guarded(lambda: 1 / 0, said.append)()
        >>> said
        ['', 'ZeroDivisionError: division by zero']
    """

    @functools.wraps(callback)
    def call(*args: Any, **kwargs: Any) -> None:
        if clears:
            report("")
        try:
            callback(*args, **kwargs)
        except PixnbError as error:
            report(error.message)
        except Exception as error:
            logger.exception("a callback failed")
            report(f"{type(error).__name__}: {error}")

    return call


def start_behind(work: Callable[..., object], report: Callable[[str], object], *args: Any, clears: bool = True) -> None:
    """Do what takes its time on a thread of its own: this one may be the one that polls, or that hears the page.

    Args:
        work: What is done.
        report: As for `guarded`.
        *args: What it is called with.
        clears: As for `guarded`.
    """
    run = guarded(work, report, clears=clears)
    threading.Thread(target=run, args=args, daemon=True, name="pixnb-behind").start()


__all__ = ["ErrorLine", "guarded", "start_behind"]
