"""How many processors this process may really use: its affinity and its cgroup's quota, never the host's count."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path


def processors(root: Path = Path("/")) -> int:
    """Count the processors that are ours to use, at least 1; a quota of one and a half counts as 2.

    `root` is where `proc` and `sys` are looked for.

    Example:
        >>> 1 <= processors() <= (os.cpu_count() or 1)
        True
    """
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min([allowed, *(math.ceil(quota) for quota in _quotas(root))]))


def _quotas(root: Path) -> Iterator[float]:
    """Yield the quota, in processors, of our control group and of each one above it."""
    mounts = root / "sys/fs/cgroup"
    for line in _read(root / "proc/self/cgroup").splitlines():  # not Linux: nothing limits us but the affinity
        _, controllers, path = line.split(":", 2)
        if not controllers:
            yield from _quotas_of_mount(mounts, path, "cpu.max")
        elif "cpu" in controllers.split(","):
            for mount in (mounts / controllers, mounts / "cpu"):
                yield from _quotas_of_mount(mount, path, "cpu.cfs_quota_us", "cpu.cfs_period_us")


def _quotas_of_mount(mount: Path, path: str, *names: str) -> Iterator[float]:
    """Read quota and period, in microseconds: version 2 has both in one file, version 1 one in each; -1, max: none."""
    folder = mount / path.strip("/")
    # In a container the path may be the host's and not be there: then only the mount's own root counts.
    above = [parent for parent in (folder, *folder.parents) if mount in parent.parents]
    for one in (*above, mount):
        words = " ".join(_read(one / name) for name in names).split()
        if len(words) == 2 and words[0] not in ("max", "-1"):
            yield int(words[0]) / int(words[1])


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


__all__ = ["processors"]
