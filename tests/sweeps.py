"""What the tests of sweeps share: an experiment on a fake service, and what it is asked."""

from __future__ import annotations

import pixnb
from pixnb.client.polling import Patience

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
