"""What an experiment does with other people's votes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from pixnb.log.log import Log
    from pixnb.votes.taking import Paths


class Judging:
    """The votes on an experiment's clips.

    Attributes:
        name: The experiment's name.
        log: Its log.
    """

    name: str
    log: Log

    def import_votes(self, paths: Paths | None = None, *, text: str | None = None) -> pd.DataFrame:
        """Take the votes and marks that people made on a page: of many files the good ones, the others are named.

        Each voter counts once a pair: a later file of hers takes the place of an earlier one, and the same file again
        changes nothing. `exp.frame()` then has `votes.won` and `votes.of`; stars and picks of others stand where
        nobody here has marked a run.

        Args:
            paths: A file, several, or a folder of .json files.
            text: In place of files, the text of a mail that a page wrote; such a text may be a file too.

        Returns:
            A row a file: `file voter made votes marks changed refused`; `refused` says why.

        Raises:
            InvalidInput: No file could be taken: the message names each and says why. Where some could, it is a
                warning.

        Example:
            >>> exp.import_votes("votes/")[["voter", "votes"]]  # doctest: +SKIP
        """
        from pixnb.votes.taking import import_votes

        return import_votes(self.log, self.name, paths, text)


__all__ = ["Judging"]
