"""What the tests of sweeps share: an experiment on a fake service, and what it is asked."""

from __future__ import annotations

from sqlalchemy import update

import pixnb
from pixnb.client.polling import Patience
from pixnb.log.schema import sweeps as table

LUCY = "lucy-edit-fast"
CLIP = "https://example.org/clip.mp4"
URL = "https://pixazo.example"


def client_of(service, **options):
    """A client on a fake Pixazo that looks like the service itself or like a sandbox."""
    named = {"keys": {"pixazo": "key"}, "base_urls": {"pixazo": URL}, "patience": Patience(pause=0.02)}
    return pixnb.Client(**{"transport": service.transport, **named, **options})


def experiment(service, log, name="coats", **options):
    """An experiment on it."""
    return pixnb.Experiment(name, log=log, client=client_of(service), **options)


def prompts(service):
    """What was sent, in order."""
    return [body["prompt"] for body in service.posts]


def statuses(sweep):
    """How the cells stand."""
    return [str(cell.status) for cell in sweep.cells]


def leave_behind(exp, wanted, video=CLIP):
    """Plan a sweep and have it look as if its process had died before it sent anything."""
    gate = exp.sweep(LUCY, prompt=wanted, video=video, dry_run=True)
    gate._conductor.write()
    nobody = {"owner_pid": 2**22 + 1, "owner_start": 1}
    exp.log.write(lambda conn: conn.execute(update(table).values(**nobody))).result()
    return [cell.run_id for cell in gate.cells]
