"""The log on PostgreSQL: the same tests, and what only a server does. PIXNB_TEST_POSTGRES is its SQLAlchemy URL."""

from __future__ import annotations

import os
import uuid

import pytest
import test_sweep
import test_sweep_faults
import test_sweeps_again
import test_votes
from ballots import clips
from log_programs import VALUES, finish, run, start
from sqlalchemy import create_engine, make_url, select, text
from test_disputes import test_what_a_service_says_it_used_is_a_column as test_what_a_service_says_it_used_is_a_column
from test_ledger import test_an_op_sees_what_it_has_written_itself as test_an_op_sees_what_it_has_written_itself
from test_log_frame import test_content as test_content
from test_log_frame import test_dtypes as test_dtypes
from test_log_frame import test_money as test_money
from test_log_rows import test_a_beginning_that_is_refused as test_a_beginning_that_is_refused
from test_log_rows import test_a_deleted_attempt as test_a_deleted_attempt
from test_log_rows import test_a_given_take as test_a_given_take
from test_log_rows import test_an_attempt_after_what_is_not_the_last as test_an_attempt_after_what_is_not_the_last
from test_log_rows import test_attempts as test_attempts
from test_log_rows import test_claim as test_claim
from test_log_rows import test_deleted_take as test_deleted_take
from test_log_rows import test_experiments as test_experiments
from test_log_rows import test_heartbeat_of_open_runs as test_heartbeat_of_open_runs
from test_log_rows import test_inputs_and_outputs as test_inputs_and_outputs
from test_log_rows import test_metrics_and_tags as test_metrics_and_tags
from test_log_rows import test_planned as test_planned
from test_log_rows import test_planned_no_more as test_planned_no_more
from test_log_rows import test_revisions as test_revisions
from test_log_rows import test_row as test_row
from test_log_rows import test_strange_names_and_values as test_strange_names_and_values
from test_log_rows import test_takes as test_takes
from test_log_rows import test_thousand_columns as test_thousand_columns
from test_log_rows import test_totals as test_totals
from test_log_rows import test_update_of_nothing as test_update_of_nothing
from test_log_writer import test_new_column_of_a_rolled_back_op as test_new_column_of_a_rolled_back_op
from test_log_writer import test_one_failing_op_harms_no_other as test_one_failing_op_harms_no_other
from test_marks import test_a_frame_marks_its_runs as test_a_frame_marks_its_runs
from test_marks import test_a_run_that_is_not_there as test_a_run_that_is_not_there
from test_marks import test_every_mark_is_an_event as test_every_mark_is_an_event
from test_marks import test_marks_are_columns as test_marks_are_columns
from test_marks import test_what_a_page_is_told as test_what_a_page_is_told
from test_marks import (
    test_who_follows_learns_of_it_once_it_is_written as test_who_follows_learns_of_it_once_it_is_written,
)
from test_user_limits import test_jobs_that_are_about_to_start as test_jobs_that_are_about_to_start
from test_user_limits import test_places_are_of_a_service_and_a_side as test_places_are_of_a_service_and_a_side
from test_user_limits import test_starts_are_found_behind_many_others as test_starts_are_found_behind_many_others
from test_user_limits import test_starts_within_a_minute as test_starts_within_a_minute
from test_user_limits import test_the_places_of_a_dead_kernel_are_free as test_the_places_of_a_dead_kernel_are_free
from test_user_limits import test_two_kernels_hold_a_limit_together as test_two_kernels_hold_a_limit_together
from test_user_limits import test_which_runs_take_a_place as test_which_runs_take_a_place

from pixnb.errors import LogError
from pixnb.experiment import Experiment
from pixnb.log.database import WRITER_LOCK
from pixnb.log.log import Log
from pixnb.log.rows import insert_run
from pixnb.log.schema import runs

real = test_sweep.real
test_run_again = test_sweep.test_running_the_line_again_pays_nothing_and_enlarging_pays_the_new_cells_only
test_budget = test_sweep.test_a_budget_lets_pass_what_fits_and_stops
test_cancel = test_sweep.test_a_cancel_drops_what_is_unsent_and_says_both_numbers
test_join = test_sweep.test_a_cell_in_flight_is_joined
test_reuse = test_sweep.test_another_experiments_clip_is_taken_where_that_is_asked
test_planned_cells = test_sweep.test_planned_cells_are_rows
test_retry = test_sweep.test_what_failed_waits_until_it_is_asked_for
test_refused = test_sweep_faults.test_a_prompt_that_was_refused_twice_is_not_sent_again
test_many_sweeps = test_sweep_faults.test_many_sweeps_at_once_never_pass_the_budget
test_done_again = test_sweeps_again.test_a_done_sweep_is_read_from_the_log
test_lost = test_sweeps_again.test_a_lost_sweep_goes_on
test_lost_cancelled = test_sweeps_again.test_what_is_lost_can_be_cancelled
test_cancel_before_start = test_sweeps_again.test_who_looked_before_a_cancel_cannot_start_it_after
test_two_that_start = test_sweeps_again.test_of_two_that_start_a_lost_one_one_sends

BACK_TO_1 = (
    "ALTER TABLE runs DROP COLUMN picked",
    "DROP TABLE notes",
    "DROP TABLE marks",
    *(f"ALTER TABLE votes DROP COLUMN {name}" for name in ("report", "pair", "seconds")),
    *(
        f"ALTER TABLE runs DROP COLUMN {name}"
        for name in ("refused_stage", "refused_billed", "prompt_used", "seed_used")
    ),
    "DROP INDEX runs_sweep",
    "DROP TABLE sweeps",
    "ALTER TABLE runs DROP COLUMN sweep_id",
    "DROP INDEX runs_take",
    "DROP INDEX runs_experiment",
    "ALTER TABLE runs DROP COLUMN attempt",
    "ALTER TABLE runs ALTER COLUMN submitted_at SET NOT NULL",
    "CREATE INDEX runs_experiment ON runs (experiment, submitted_at)",
    "CREATE UNIQUE INDEX runs_take ON runs (experiment, model, params_sha256, take) WHERE deleted_at IS NULL",
    "UPDATE meta SET value = '1' WHERE key = 'schema'",
)
SERVER = os.environ.get("PIXNB_TEST_POSTGRES", "")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SERVER, reason="PIXNB_TEST_POSTGRES is not set: no PostgreSQL to try"),
]


@pytest.fixture
def server():
    """An engine for what the tests do beside the log."""
    engine = create_engine(make_url(SERVER).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    yield engine
    engine.dispose()


@pytest.fixture
def address(server):
    """The URL of an empty schema of its own."""
    name = f"test_{uuid.uuid4().hex}"
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {name}")
    url = make_url(SERVER).update_query_dict({"options": f"-csearch_path={name}"})
    yield url.render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.exec_driver_sql(f"DROP SCHEMA {name} CASCADE")


@pytest.fixture
def log(address, tmp_path):
    """A log in that schema."""
    with Log(address, assets=tmp_path / "assets", busy_timeout=10) as opened:
        yield opened


def test_search_on_a_server(log):
    """The same words find the same runs as on SQLite."""
    log.write(run).result()
    assert len(log.search("COA blu")) == 1
    assert log.search("blue red").empty
    assert log.search("'); DROP TABLE runs; -- coat").empty


def test_same_log_again(log, address):
    """Opened again it has the same id, and PostgreSQL needs no driver in its URL."""
    with Log(address.replace("+psycopg", "")) as again:
        assert again.id == log.id


def test_newer_schema_on_a_server(log, address):
    """A newer schema is refused there too."""
    log.write(lambda conn: conn.execute(text("UPDATE meta SET value = '99' WHERE key = 'schema'"))).result()
    with pytest.raises(LogError, match="newer pixnb"):
        Log(address)


def test_old_log_on_a_server(address, server, tmp_path):
    """A log of schema 1 is brought up to date there too, by whoever opens it first."""
    with Log(address) as log:
        made = log.write(run).result()
        log.write(lambda conn: [conn.exec_driver_sql(line) for line in BACK_TO_1]).result()
    programs = [start("opens", address, tmp_path / "go") for _ in range(2)]
    (tmp_path / "go").touch()
    assert len({line for program in programs for line in finish(program)}) == 1
    with Log(address) as log:
        assert log.row(made["run_id"])["attempt"] == 1
        planned = log.write(lambda conn: insert_run(conn, {**VALUES, "status": "PLANNED"}, params={})).result()
        assert log.row(planned["run_id"])["submitted_at"] is None


def test_made_by_many_on_a_server(address, tmp_path):
    """Processes that make the tables at once all get the one log."""
    programs = [start("opens", address, tmp_path / "go") for _ in range(3)]
    (tmp_path / "go").touch()
    assert len({line for program in programs for line in finish(program)}) == 1


def test_four_processes_on_a_server(log, address, tmp_path):
    """Four processes at once: nothing lost, nothing failed, takes and columns right."""
    programs = [start("writes", address, 50, label, tmp_path / "go") for label in range(4)]
    (tmp_path / "go").touch()
    told = [line for program in programs for line in finish(program)]
    assert len(set(told)) == 200
    assert {row["run_id"] for row in log.read(select(runs.c.run_id))} == set(told)


def test_fork_on_a_server(address):
    """A child gets connections of its own."""
    assert finish(start("forks", address)) == ["62 0"]


VOTED = (
    test_votes.test_votes_are_counted,
    test_votes.test_the_same_file_again_changes_nothing,
    test_votes.test_marks_of_others_stand_where_nobody_here_has_marked,
    test_votes.test_the_good_are_taken_and_the_bad_are_named,
    test_votes.test_sixty_voters,
)


@pytest.mark.parametrize("tried", VOTED, ids=lambda tried: tried.__name__)
def test_votes_on_a_server(log, tmp_path, tried):
    """What came in files is merged there too."""
    clips(log)
    tried(Experiment("coats", log=log), tmp_path)


def test_lost_connection(log, server):
    """A connection that the server ended is made anew, and the write goes through."""
    log.write(run).result()
    pid = log.write(lambda conn: conn.scalar(text("SELECT pg_backend_pid()"))).result()
    with server.connect() as connection:
        connection.exec_driver_sql(f"SELECT pg_terminate_backend({pid})")
    assert log.write(run).result(30)["take"] == 2
    assert len(log.rows()) == 2


def test_locked_on_a_server(address, server):
    """While another holds the writer's lock a write gives LogError after the waiting time, and later succeeds."""
    with Log(address, busy_timeout=0.2) as log:
        with server.connect() as connection:
            connection.exec_driver_sql(f"SELECT pg_advisory_lock({WRITER_LOCK})")
            with pytest.raises(LogError, match="held by another program"):
                log.write(run).result(30)
            connection.exec_driver_sql(f"SELECT pg_advisory_unlock({WRITER_LOCK})")
        assert log.write(run).result(30)["take"] == 1
