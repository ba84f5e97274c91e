"""A proxy on bare sockets: notes what it is asked, and goes wrong as told."""

from __future__ import annotations

from fake_server import BareServer


class FakeProxy(BareServer):
    """Hears each request and hands it to a behaviour.

    Args:
        behave: Called with the connection, which is closed after that.
    """

    def __init__(self, behave=None):
        super().__init__(lambda connection, _: (behave or answer)(connection))

    @property
    def place(self):
        return f"127.0.0.1:{self.port}"


def answer(connection):
    """Answer as a service does that takes a job."""
    body = b'{"request_id": "job-1", "status": "QUEUED"}'
    connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


def says(data, *, then_hangs=False):
    """Give a behaviour that writes these bytes, and closes, or does no more."""

    def behave(connection):
        connection.sendall(data)
        if then_hangs:
            connection.recv(1)

    return behave
