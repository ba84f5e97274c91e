"""Tables that lie beside the module that reads them, as TOML."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any


def read_table(module: str, name: str) -> dict[str, Any]:
    """Read a table; `module` is the `__file__` of the module that it lies beside."""
    return tomllib.loads((Path(module).parent / name).read_text(encoding="utf-8"))


__all__ = ["read_table"]
