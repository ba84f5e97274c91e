"""The two faces behind one way to call them, so that each test body runs through both."""

from __future__ import annotations

import asyncio

import httpx
from fake_service import BASE, KEY

import pixnb
from pixnb.client.polling import Patience

QUICK = Patience(pause=0.02)


class Blocking:
    """The blocking face."""

    def __init__(self, **options):
        self.client = pixnb.Client(**options)

    def submit(self, *args, **params):
        return self.client.submit(*args, **params)

    def run(self, *args, **params):
        return self.client.run(*args, **params)

    def upload(self, *args):
        return self.client.upload(*args)

    def result(self, job, timeout=None):
        return job.result(timeout)

    def statuses(self, job):
        return list(job.updates())


class Awaiting:
    """The face of coroutines; each call has a loop of its own, as cells that call `asyncio.run` do."""

    def __init__(self, **options):
        self.client = pixnb.AsyncClient(**options)

    def submit(self, *args, **params):
        return asyncio.run(self.client.submit(*args, **params))

    def run(self, *args, **params):
        return asyncio.run(self.client.run(*args, **params))

    def upload(self, *args):
        return asyncio.run(self.client.upload(*args))

    def result(self, job, timeout=None):
        async def wait():
            return await (job if timeout is None else job._finish(timeout))

        return asyncio.run(wait())

    def statuses(self, job):
        async def collect():
            return [status async for status in job.updates()]

        return asyncio.run(collect())


FACES = [Blocking, Awaiting]


def options(service, **more):
    """Give what a client needs to talk to a fake service."""
    transport = httpx.MockTransport(service)
    common = {"keys": {"pixazo": KEY}, "base_urls": {"pixazo": BASE}, "transport": transport, "patience": QUICK}
    return {**common, **more}
