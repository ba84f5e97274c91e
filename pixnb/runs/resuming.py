"""What an experiment has under way, or had when a process ended: its runs taken up again, its sweeps listed."""

from __future__ import annotations

from pixnb.runs.runner import Runner
from pixnb.runs.sweeping import list_sweeps, resume_sweeps
from pixnb.runs.sweeps import Resumed, Sweeps


class Resuming:
    """An experiment's work across processes."""

    _runner: Runner
    _user: str

    def resume(self, user: str | None = None, cancelled: bool = False, confirm: bool | None = None) -> Resumed:
        """Take up every open run, after a crash or in another process; what was sent is never sent again.

        A run whose process is gone is taken over; of a run that another living process works on one gets a
        follower. A run that was on its way when its process ended becomes UNCONFIRMED. Runs that are done but whose
        file could not be fetched or kept are collected. What sweeps had planned that were running when their process
        ended is sent now, after a line that says how much that is.

        Args:
            user: Only runs of this user; None for everybody's.
            cancelled: Also take up runs that were cancelled here, which the service may have finished.
            confirm: True to send what sweeps had planned whatever it is estimated to cost.

        Returns:
            The runs, as a list; `wait()` or `result()` on each. Where sweeps go on, a notebook shows their live grids
            in its place, and `exp.sweeps` has them.
        """
        found = self._runner.resume(user=user, cancelled=cancelled)
        sweeps, runs = resume_sweeps(self._runner, user=user, me=self._user, confirm=confirm)
        return Resumed([*found, *runs], sweeps)

    @property
    def sweeps(self) -> Sweeps:
        """Its sweeps, the oldest first: those of this process, and what the log has of others, also after a crash.

        Of one that another process runs the grid follows what that does; `cancel()` drops what it has not sent.

        Example:
            >>> exp.sweeps[-1].cancel()  # doctest: +SKIP
        """
        return list_sweeps(self._runner, user=self._user)


__all__ = ["Resuming"]
