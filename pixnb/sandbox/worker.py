"""A rendering process: one request a line on its standard input, one answer a line on its standard output."""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
import traceback
from typing import Any

_NICENESS = 5  # a notebook on the same computer comes first


def main() -> None:
    """Render until the server is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the server decides
    os.nice(_NICENESS)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints goes to the server's log, not between the answers
    requests: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(requests,), daemon=True).start()
    _warm()
    while True:
        answer = _answer(json.loads(requests.get()))
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _warm() -> None:
    """Load the heavy libraries while the first job is still QUEUED."""
    import pixnb.sandbox.render.dispatch
    import pixnb.sandbox.render.edits.edit  # noqa: F401  # with the codecs, as long as that; most jobs are edits


def _listen(requests: queue.SimpleQueue[str]) -> None:
    for line in sys.stdin:
        requests.put(line)
    # The server has closed the pipe or was killed: nobody waits for what is being rendered.
    os._exit(0)


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    from pixnb.sandbox.render import RenderError, RenderRequest, render

    try:
        result = render(RenderRequest(**request))
    except RenderError as error:
        return {"failed": str(error)}
    except Exception as error:  # whatever a codec raises, the process and its server go on
        traceback.print_exc()
        return {"broken": f"{type(error).__name__}: {error}"}
    return {"path": str(result.path), "media_type": result.media_type, "seconds": result.seconds}


if __name__ == "__main__":
    main()

__all__ = ["main"]
