"""A proxy on bare sockets: notes what it is asked, and goes wrong as told."""

from __future__ import annotations

import contextlib
import socket
import threading


class FakeProxy:
    """Hears each request's head and hands it to a behaviour.

    Args:
        behave: Called with the connection; what it returns is not looked at.
    """

    def __init__(self, behave=None):
        self.behave = behave or answer
        self.heads = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def port(self):
        return self._listening.getsockname()[1]

    @property
    def place(self):
        return f"127.0.0.1:{self.port}"

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                self._open.append(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with contextlib.suppress(OSError), connection:
            head = b""
            while b"\r\n\r\n" not in head:
                more = connection.recv(65536)
                if not more:
                    return
                head += more
            self.heads.append(head)
            self.behave(connection)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for sock in (self._listening, *self._open):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()


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
