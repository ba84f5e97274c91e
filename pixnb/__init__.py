"""Try prompts on hosted video models from a notebook: launch, watch, remember, compare.

>>> import pixnb
>>> exp = pixnb.Experiment("coats")  # doctest: +SKIP
>>> exp.submit("lucy-edit-fast", prompt="Make it snow", video=pixnb.sample("video")).result()  # doctest: +SKIP
>>> exp.frame()  # doctest: +SKIP

Importing this costs next to nothing: each name of `__init__.pyi` is loaded when it is first used (PEP 562).
"""

import sys as _sys

from pixnb._version import __version__ as __version__
from pixnb.lazy import hand_on as _hand_on

__getattr__, __dir__, __all__ = _hand_on(__name__)

if "pandas" in _sys.modules:  # else it is registered by the first frame, or by `import pixnb.pandas`
    from pixnb.accessor import register as _register

    _register()
