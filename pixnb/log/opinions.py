"""The tables of what people say of runs: notes at a moment, marks and blind votes that came in files."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Double, Index, Integer, Table, Text

from pixnb.log.schema import SERIAL, metadata

notes = Table(
    "notes",
    metadata,
    Column("id", SERIAL, primary_key=True),
    Column("run_id", Text, nullable=False),
    Column("at", Double),  # seconds into the clip; empty for the whole of it
    Column("text", Text, nullable=False),
    Column("user", Text),
    Column("report", Text),  # of the file that it came in; empty for one that was written here
    Column("made_at", BigInteger, nullable=False),
    Index("notes_run", "run_id"),
    sqlite_autoincrement=True,  # a page may still show the number of one that is gone
)

# The marks that are made here are columns of `runs`: these are of people who were sent a page.
marks = Table(
    "marks",
    metadata,
    Column("run_id", Text, primary_key=True),
    Column("user", Text, primary_key=True),
    Column("report", Text, primary_key=True),
    Column("stars", Integer),
    Column("picked", Boolean),
    Column("made_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

votes = Table(
    "votes",
    metadata,
    Column("id", SERIAL, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("experiment", Text),
    Column("left_run_id", Text, nullable=False),  # which side was shown is kept: people favour a side
    Column("right_run_id", Text, nullable=False),
    Column("choice", Text, nullable=False),  # left, right, tie
    Column("user", Text),
    Column("report", Text),
    Column("pair", Text),  # the two run_ids, the smaller first: one vote of each voter on it
    Column("seconds", Double),  # that the voter looked
    Index("votes_voter", "user", "pair", unique=True),
)

__all__ = ["marks", "notes", "votes"]
