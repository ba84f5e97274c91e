"""An experiment: a named set of runs, with one budget and one frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Never

from pixnb import guesses
from pixnb import settings as _settings
from pixnb.announcing import announce
from pixnb.catalogue import models
from pixnb.client import processing
from pixnb.client.faces import AsyncClient, Client
from pixnb.errors import InvalidInput
from pixnb.living import Living
from pixnb.log import rows
from pixnb.log.amounts import parse
from pixnb.log.log import Log, open_log
from pixnb.request import Request, Tags, refuse_unnamed
from pixnb.runs.resuming import Resuming
from pixnb.runs.run import Run
from pixnb.runs.runner import Runner
from pixnb.runs.spending import Spending
from pixnb.runs.sweeping import plan_sweep
from pixnb.show import hand_over, shown
from pixnb.terminal import legible
from pixnb.unsent import nothing_sent
from pixnb.views import Views
from pixnb.votes.judging import Judging

if TYPE_CHECKING:
    import pandas as pd

    from pixnb.app import App
    from pixnb.catalogue.model import Model
    from pixnb.runs.reuse import Reuse
    from pixnb.runs.sweep import Sweep
    from pixnb.widgets.launcher import Launcher
    from pixnb.wire.callback import Callback


class Experiment(Views, Spending, Resuming, Judging, Living):
    """A named set of runs in a log.

    Args:
        name: Its name; the same name in the same log is the same experiment, also in another process.
        log: A `Log`; the settings' one when left out.
        client: A `Client` or `AsyncClient`; one by the settings when left out.
        budget: What may be spent: 5 is 5 USD, or `{"USD": 5, "credits": 300}`. Kept with the experiment; None
            keeps what it has.

    Raises:
        InvalidInput: The name or the budget is none.
        LogError: The log cannot be opened.

    Example:
        >>> exp = Experiment("coats", budget=5)  # doctest: +SKIP
        >>> run = exp.submit("lucy-edit-fast", prompt="A red coat", video=pixnb.sample("video"))  # doctest: +SKIP
        >>> run.result().video.save("red.mp4")  # doctest: +SKIP
        >>> exp.frame()[["prompt", "take", "price", "run_seconds"]]  # doctest: +SKIP
    """

    _instead = "Keep its name and exp.log.url, and open Experiment(name, log=pixnb.Log(url)) there"
    _guesses = guesses.EXPERIMENT

    @nothing_sent()
    def __init__(
        self,
        name: str,
        *,
        log: Log | None = None,
        client: Client | AsyncClient | None = None,
        budget: Any = None,
    ) -> None:
        if not isinstance(name, str) or not name.strip():
            raise InvalidInput(f'An experiment needs a name, such as Experiment("coats"), not {name!r}.')
        settings = _settings.load()
        wanted = parse(budget)
        self.name = name.strip()
        self.log = log if log is not None else open_log(settings.log_url)
        self.client = client if client is not None else Client()
        self._user = settings.user
        self._runner = Runner(self.log, self.client.engine, experiment=self.name, user=self._user)
        if wanted is not None or not self.log.read_only:  # a log that may only be read is looked at as it is
            self.log.write(lambda connection: rows.open_experiment(connection, self.name)).result()
        if wanted is not None:
            self.budget = wanted
        if log is None:
            announce(f"the log is {self.log.where}", private=True)

    _repr_mimebundle_ = shown
    _display_ = hand_over

    def __repr__(self) -> str:
        return f"<Experiment {self.name!r} in {legible(self.log.where)}>"

    def submit(
        self,
        model: str | Model,
        /,
        *unnamed: Never,
        take: int | None = None,
        callback: Callback | None = None,
        idempotency_key: str | None = None,
        extra: Mapping[str, Any] | None = None,
        allow_unpriced: bool = False,
        tags: Tags = None,
        note: str | None = None,
        **params: Any,
    ) -> Run:
        """Submit a run: written down first, then sent; returns when the service has answered.

        Args:
            model: Friendly id, the service's own id, or a `Model`.
            *unnamed: None: parameters are named.
            take: None for a new run, always. A number n for the logged n-th take of the same model and params if
                there is one, which costs nothing, else make it. One that FAILED or ERRORed is tried again: a new run
                with the same take, its next attempt. One that was cancelled is collected where the service has
                finished it, else returned; `run.retry()` tries it again.
            callback: A webhook to be called by the service.
            idempotency_key: For services that know one; made when left out.
            extra: Fields that are sent unchecked; marked in the log.
            allow_unpriced: Let a run of unknown price go under a budget.
            tags: Words, or a mapping of names to values.
            note: A note.
            **params: The model's parameters; media by their own name or by role (`video=`).

        Returns:
            The run. What the service says later, a refusal too, is in `.status` and `.error`; `result()` raises it.

        Raises:
            InvalidInput, ModelNotFound, InvalidAPIKey, BudgetExceeded, LogError: Before anything was sent.
        """
        refuse_unnamed(unnamed)
        request = Request(
            model,
            params,
            take=take,
            callback=callback,
            idempotency_key=idempotency_key,
            extra=extra,
            allow_unpriced=allow_unpriced,
            tags=tags,
            note=note,
        )
        request.warn_of_doubts(self.client.engine.targets)
        return self._runner.submit(request)

    def sweep(
        self,
        models: str | Model | Iterable[str | Model] | Mapping[Any, Mapping[str, Any]],
        /,
        *unnamed: Never,
        over: pd.DataFrame | None = None,
        repeats: int = 1,
        fresh: bool = False,
        reuse: Reuse = "experiment",
        max_age: float | timedelta | None = None,
        baseline: Any = None,
        allow_unpriced: bool = False,
        confirm: bool | None = None,
        dry_run: bool = False,
        **grid: Any,
    ) -> Sweep:
        """Submit runs over a grid; what is in the log is not paid for again, and returns once they are planned there.

        Args:
            models: A model, several, or `{model: {param: value}}` for params of their own.
            *unnamed: None: parameters are named.
            over: A DataFrame, of which each row is a cell; columns that no model knows become `vars.*`.
            repeats: Takes of each cell.
            fresh: Make new takes, whatever the log has.
            reuse: "experiment" for its own clips only; "log" to take those of others too.
            max_age: How old a clip may be that is reused, in seconds or as a timedelta.
            baseline: The value or label of an axis that comes first.
            allow_unpriced: Let runs of unknown price go under a budget.
            confirm: True to send it whatever it is estimated to cost.
            dry_run: Only plan; `start()` sends it.
            **grid: The models' parameters. A list, tuple, range, Series or array is an axis, a dict one with labels,
                a `Template` one of prompts, also within a list; all else is fixed. `seed="random"` draws one a take.

        Returns:
            The sweep, under way: `.plan`, `.wait()`, `.frame()`, and `.stopped` where something holds it up.

        Raises:
            InvalidInput, ModelNotFound, InvalidAPIKey, LogError: Before anything was sent.
        """
        refuse_unnamed(unnamed)
        how: dict[str, Any] = {"over": over, "repeats": repeats, "fresh": fresh, "reuse": reuse, "max_age": max_age}
        how |= {"baseline": baseline, "allow_unpriced": allow_unpriced}
        sweep = plan_sweep(self._runner, models, grid, user=self._user, **how)
        return sweep if dry_run else sweep.start(confirm=confirm)

    def process(
        self,
        options: Mapping[str, Any] | None = None,
        *,
        allow_unpriced: bool = False,
        tags: Tags = None,
        note: str | None = None,
        **named: Never,
    ) -> bytes:
        """Generate or transform media in one call, and log it: the Process API, for every model.

        Args:
            options: As `Client.process` takes them.
            allow_unpriced: Let a run of unknown price go under a budget.
            tags: Words, or a mapping of names to values.
            note: A note.
            **named: None: all of it is in the dict.

        Returns:
            The bytes of the video or image, which are in the log's assets too.

        Raises:
            asyncio.CancelledError: The token was set; the run says what became of it.
            PixnbError: As `Client.process`, BudgetExceeded and LogError too.

        Example:
            >>> exp.process({"model": "lucy-pro-t2i", "prompt": "A lake at dawn"})  # doctest: +SKIP
        """
        request, token = processing.read_options(options, named, allow_unpriced=allow_unpriced, tags=tags, note=note)
        request.warn_of_doubts(self.client.engine.targets)
        return self._runner.process(request, token)

    def launcher(self, model: str | Model | None = None, **params: Never) -> Launcher:
        """Return a form for any model, made from its parameters; shown in a notebook, it launches runs.

        Args:
            model: The model to begin with: friendly id, the service's own id, or a `Model`; another can be picked.
            **params: None: `fill` takes them.

        Raises:
            ModelNotFound: There is no such model.
            InvalidInput: Parameters are given.

        Example:
            >>> launcher = exp.launcher("lucy-edit-fast")  # doctest: +SKIP
        """
        from pixnb.widgets.launcher import Launcher

        if params:
            raise InvalidInput(f"A launcher's fields are filled by exp.launcher(model).fill({next(iter(params))}=…).")
        return Launcher(self._runner, model)

    def app(self, model: str | Model | None = None) -> App:
        """Return launcher, wall and table on one page, which follow what is launched; Voila serves it as an app.

        Args:
            model: The model that the launcher begins with, as for `launcher`.

        Raises:
            ModelNotFound: There is no such model.

        Example:
            >>> app = exp.app("lucy-edit-fast")  # doctest: +SKIP
        """
        from pixnb.app import App

        return App(self.launcher(model), self)

    def run(self, run_id: str, /, *unnamed: Never, **params: Never) -> Run:
        """Return a run by its id.

        Args:
            run_id: Its id in the log.
            *unnamed: None.
            **params: None: `submit` takes a model and its parameters.

        Raises:
            InvalidInput: The log has no such run, or what is given would launch one.
        """
        if unnamed or params or not isinstance(run_id, str) or run_id in models:
            model = run_id if isinstance(run_id, str) else getattr(run_id, "id", "model")
            raise InvalidInput(
                f'exp.run(run_id) finds a run; exp.submit("{model}", prompt=…) launches one. Nothing was sent.'
            )
        return self._runner.get(run_id)

    @property
    def runs(self) -> list[Run]:
        """Its runs, the oldest first."""
        return self._runner.all()

    def frame(self) -> pd.DataFrame:
        """Return its runs as a DataFrame, one row each, the oldest first.

        Money is in `price`, whatever the mode: what a run has cost, the real `cost` or the sandbox's
        `cost_simulated`, or what was estimated (`cost_estimated`) where that is not known yet; in `currency`.
        """
        return self.log.frame(self.name)


__all__ = ["Experiment"]
