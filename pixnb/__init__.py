"""Try prompts on hosted video models from a notebook: launch, watch, remember, compare.

>>> import pixnb
>>> exp = pixnb.Experiment("coats")  # doctest: +SKIP
>>> exp.submit("lucy-edit-fast", prompt="Make it snow", video=pixnb.sample("video")).result()  # doctest: +SKIP
>>> exp.frame()  # doctest: +SKIP

Importing this costs next to nothing: each name is loaded when it is first used (PEP 562).
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from pixnb import webhooks as webhooks
    from pixnb.bridge import run as run
    from pixnb.catalogue.model import Model as Model
    from pixnb.catalogue.prices import Balance as Balance
    from pixnb.catalogue.prices import Cost as Cost
    from pixnb.catalogue.registry import models as models
    from pixnb.client.faces import AsyncClient as AsyncClient
    from pixnb.client.faces import Client as Client
    from pixnb.client.job import Job as Job
    from pixnb.client.job import Result as Result
    from pixnb.client.uploader import Uploader as Uploader
    from pixnb.errors import BudgetExceeded as BudgetExceeded
    from pixnb.errors import Forbidden as Forbidden
    from pixnb.errors import InsufficientBalance as InsufficientBalance
    from pixnb.errors import InvalidAPIKey as InvalidAPIKey
    from pixnb.errors import InvalidInput as InvalidInput
    from pixnb.errors import JobErrored as JobErrored
    from pixnb.errors import JobFailed as JobFailed
    from pixnb.errors import JobNotFound as JobNotFound
    from pixnb.errors import JobTimeout as JobTimeout
    from pixnb.errors import LogError as LogError
    from pixnb.errors import ModelNotFound as ModelNotFound
    from pixnb.errors import OutputUnavailable as OutputUnavailable
    from pixnb.errors import PixnbError as PixnbError
    from pixnb.errors import RateLimited as RateLimited
    from pixnb.errors import ServiceUnavailable as ServiceUnavailable
    from pixnb.errors import SubmitUnconfirmed as SubmitUnconfirmed
    from pixnb.experiment import Experiment as Experiment
    from pixnb.log.log import Log as Log
    from pixnb.media.media import Media as Media
    from pixnb.media.sample import sample as sample
    from pixnb.runs.run import Run as Run
    from pixnb.sandbox.start import Sandbox as Sandbox
    from pixnb.settings import login as login
    from pixnb.status import JobStatus as JobStatus
    from pixnb.wire.callback import Callback as Callback

_HOME = {
    "AsyncClient": "client.faces",
    "Balance": "catalogue.prices",
    "Callback": "wire.callback",
    "Client": "client.faces",
    "Cost": "catalogue.prices",
    "Experiment": "experiment",
    "Job": "client.job",
    "JobStatus": "status",
    "Log": "log.log",
    "Media": "media.media",
    "Model": "catalogue.model",
    "Result": "client.job",
    "Run": "runs.run",
    "Sandbox": "sandbox.start",
    "Uploader": "client.uploader",
    "login": "settings",
    "models": "catalogue.registry",
    "run": "bridge",
    "sample": "media.sample",
}
_ERRORS = {
    "BudgetExceeded",
    "Forbidden",
    "InsufficientBalance",
    "InvalidAPIKey",
    "InvalidInput",
    "JobErrored",
    "JobFailed",
    "JobNotFound",
    "JobTimeout",
    "LogError",
    "ModelNotFound",
    "OutputUnavailable",
    "PixnbError",
    "RateLimited",
    "ServiceUnavailable",
    "SubmitUnconfirmed",
}
_ROOMS = {"webhooks"}
"""Rooms that are used by their own name, as in `pixnb.webhooks.app(log)`."""


def __getattr__(name: str) -> Any:
    home = name if name in _ROOMS else "errors" if name in _ERRORS else _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'pixnb' has no attribute {name!r}")
    from importlib import import_module

    module = import_module(f"pixnb.{home}")
    found = module if name in _ROOMS else getattr(module, name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


if "pandas" in sys.modules:  # else it is registered by the first frame, or by `import pixnb.pandas`
    from pixnb.accessor import register as _register

    _register()


__all__ = [
    "AsyncClient",
    "Balance",
    "BudgetExceeded",
    "Callback",
    "Client",
    "Cost",
    "Experiment",
    "Forbidden",
    "InsufficientBalance",
    "InvalidAPIKey",
    "InvalidInput",
    "Job",
    "JobErrored",
    "JobFailed",
    "JobNotFound",
    "JobStatus",
    "JobTimeout",
    "Log",
    "LogError",
    "Media",
    "Model",
    "ModelNotFound",
    "OutputUnavailable",
    "PixnbError",
    "RateLimited",
    "Result",
    "Run",
    "Sandbox",
    "ServiceUnavailable",
    "SubmitUnconfirmed",
    "Uploader",
    "__version__",
    "login",
    "models",
    "run",
    "sample",
    "webhooks",
]
