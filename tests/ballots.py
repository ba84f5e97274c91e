"""Votes as a page would make them, for the tests: a log of clips, the pairs of a page, a voter's file."""

from __future__ import annotations

import json

from log_programs import VALUES

from pixnb.log.rows import insert_run
from pixnb.votes.file import report_id, write_votes
from pixnb.votes.pairs import choose_pairs, clips_of, is_turned, pair_id

MADE = "2026-11-27T16:00:00.000Z"


def clips(log, prompts=("a red coat", "a blue coat", "a green coat"), seeds=(1, 2), experiment="coats"):
    """Write done runs of every prompt with every seed; give their ids."""

    def write(conn):
        found = []
        for seed in seeds:
            for prompt in prompts:
                done = {"status": "COMPLETED", "output_path": f"{prompt}{seed}.mp4", "media_type": "video/mp4"}
                values = {**VALUES, **done, "experiment": experiment, "prompt": prompt, "seed": seed}
                values |= {"submitted_at": len(found) + 1, "output_sha256": f"{prompt} {seed} {experiment}"}
                found.append(insert_run(conn, values, params={"prompt": prompt, "seed": seed})["run_id"])
        return found

    return log.write(write).result()


def pairs_of(log, *, seed=7, most=40):
    """The pairs of a page that shows all runs of a log."""
    return choose_pairs(clips_of(log.frame().to_dict("records")), seed=seed, most=most)


def page_of(log, **how):
    """The id and the pairs of a page that shows all runs of a log."""
    return report_id(log.id, log.frame()["run_id"]), pairs_of(log, **how)


def content(
    log, voter="ann-1a2b3c", *, choose=lambda left, right: "left", seed=7, made=MADE, most=40, marks=(), page=None
):
    """What a voter's file says; `choose` is given the two run_ids as she sees them, None skips."""
    report, pairs = page or page_of(log, seed=seed, most=most)
    votes = []
    for first, second in pairs:
        left, right = (second, first) if is_turned(seed, voter) else (first, second)
        if choice := choose(left, right):
            name = pair_id(report, seed, first, second)
            votes.append({"pair": name, "left": left, "right": right, "choice": choice, "seconds": 2.5})
    head = {"format": "pixnb-votes/1", "report": report, "log": log.id, "experiment": "coats"}
    return {**head, "voter": voter, "seed": seed, "made": made, "marks": list(marks), "votes": votes}


def put(path, said):
    """Write a file with its checksum, as a page does."""
    path.write_text(write_votes(json.loads(json.dumps(said))), encoding="utf-8")
    return path
