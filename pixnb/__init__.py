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

_guesses = {
    "submit launch sweep launcher Launcher frame wall report app process init start_run set_experiment log log_metric "
    "log_param autolog grid play tag star note runs sweeps resume Runner Report Wall compare_videos plot budget "
    "set_budget data": ('pixnb.Experiment("coats") has it, and remembers what was run'),
    "generate edit create predict predictions subscribe stream queue": (
        "pixnb.Client().run(model, prompt=…) runs a model"
    ),
    "get_model list_models model catalogue price prices cost estimate": (
        "pixnb.models lists them, pixnb.models.get(name) gives one"
    ),
    "upload balance": "pixnb.Client() has it",
    "key keys api_key set_key set_api_key": "pixnb.login(provider) keeps a key",
    "demo load_example get_example": 'pixnb.example("coats") is a finished experiment to look at',
    "open load image video audio read Image Video Audio samples": (
        "pixnb.Media(path) is a file, pixnb.sample(kind) the one that comes along"
    ),
    "price_of set_price": "pixnb.models.set_price(model, 0.2) sets a price of your own",
    "finish end_run": "nothing has to be ended: each run is on the disk before it is sent",
    "show_video show_videos show_image show_images read_video write_video": (
        "a pixnb.Media(path) as the last line of a cell shows itself; exp.wall() shows many"
    ),
    "config configure setup settings env data_dir set_log connect": (
        "settings are PIXNB_… variables or arguments of Client, Experiment and Log"
    ),
    "open_log logs list_experiments search_runs get_experiment": (
        "pixnb.Log(path) opens a log: .experiments(), .frame()"
    ),
    "quickstart tutorial help docs lab notebook": (
        "`pixnb lab` opens the notebooks, pixnb.example() a finished experiment"
    ),
    "start stop serve": "pixnb.Sandbox(folder).start() starts a sandbox; without a key one starts by itself",
    "use_sandbox set_sandbox": "without a key all work goes to the sandbox; pixnb.Client(sandbox=True) asks for it",
}
__getattr__, __dir__, __all__ = _hand_on(__name__, _guesses)

if "pandas" in _sys.modules:  # else it is registered by the first frame, or by `import pixnb.pandas`
    from pixnb.accessor import register as _register

    _register()
