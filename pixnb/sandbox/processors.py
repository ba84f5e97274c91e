"""How many processors this process may really use: its affinity and its cgroup's quota, never the host's count."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path


def processors(root: Path = Path("/")) -> int:
    """Count the processors that are ours to use.

    Args:
        root: Where `proc` and `sys` are looked for.

    Returns:
        At least 1. A quota of one and a half processors counts as 2.

    Example:
        >>> 1 <= processors() <= (os.cpu_count() or 1)
        True
    """
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min([allowed, *(math.ceil(quota) for quota in _quotas(root))]))


def _quotas(root: Path) -> Iterator[float]:
    """Yield the quota, in processors, of our control group and of each one above it."""
    mounts = root / "sys/fs/cgroup"
    for controllers, path in _groups(root):
        if not controllers:
            yield from _unified(mounts, path)
        elif "cpu" in controllers.split(","):
            for mount in (mounts / controllers, mounts / "cpu"):
                yield from _legacy(mount, path)


def _groups(root: Path) -> Iterator[tuple[str, str]]:
    try:
        lines = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        return  # not Linux: nothing limits us but the affinity
    for line in lines:
        _, controllers, path = line.split(":", 2)
        yield controllers, path


def _unified(mount: Path, path: str) -> Iterator[float]:
    """Read version 2: `cpu.max` holds "<quota or max> <period>" in microseconds."""
    for folder in _upward(mount, path):
        words = _words(folder / "cpu.max")
        if len(words) == 2 and words[0] != "max":
            yield int(words[0]) / int(words[1])


def _legacy(mount: Path, path: str) -> Iterator[float]:
    """Read version 1: quota and period lie in two files, and a quota of -1 is none."""
    for folder in _upward(mount, path):
        quota, period = _words(folder / "cpu.cfs_quota_us"), _words(folder / "cpu.cfs_period_us")
        if quota and period and int(quota[0]) > 0:
            yield int(quota[0]) / int(period[0])


def _upward(mount: Path, path: str) -> Iterator[Path]:
    # In a container the path may be the host's and not be there: then only the mount's own root counts.
    folder = mount / path.strip("/")
    while folder != mount and mount in folder.parents:
        yield folder
        folder = folder.parent
    yield mount


def _words(path: Path) -> list[str]:
    try:
        return path.read_text().split()
    except OSError:
        return []


__all__ = ["processors"]
