"""A server of bare sockets that misbehaves as told, and counts the requests that reached it."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class BareServer:
    """Reads whole requests and hands each to a behaviour: `behave(connection, method)`.

    Args:
        behave: Writes the answer, if any; returns whether the connection stays open.
    """

    def __init__(self, behave):
        self.behave = behave
        self.methods = []
        self.heads = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def port(self):
        return self._listening.getsockname()[1]

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                self._open.append(connection)
                self._threads.append(threading.Thread(target=self._serve, args=(connection,)))
                self._threads[-1].start()

    def _serve(self, connection):
        with contextlib.suppress(OSError), connection:
            stays = True
            while stays and (head := self._request(connection)):
                self.heads.append(head)
                self.methods.append(head.split(b" ", 1)[0].decode("latin-1"))
                stays = self.behave(connection, self.methods[-1])

    def _request(self, connection):
        data = b""
        while b"\r\n\r\n" not in data:
            more = connection.recv(65536)
            if not more:
                return b""
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
        while len(body) < int(fields.get(b"content-length", 0)) and (more := connection.recv(65536)):
            body += more
        return head

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # shutdown wakes the threads that wait in accept and recv
        for sock in (self._listening, *self._open):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        for thread in self._threads:
            thread.join(5)


def answers(data, *, stay=False):
    """Give a behaviour that writes these bytes."""

    def behave(connection, _):
        connection.sendall(data)
        return stay

    return behave


def hangs_up(connection, _):
    """Close the connection without a word."""
    return False


def hangs_up_on_the_second(connection, method):
    """Answer a GET, and close at the POST that comes on the same connection."""
    if method == "GET":
        connection.sendall(OK)
        return True
    return False


def resets(connection, _):
    """Reset the connection: RST in place of FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def stalls(connection, _):
    """Say nothing until the caller leaves."""
    connection.recv(1)
    return False


def closed_port():
    """Return a port of this machine where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


@contextlib.contextmanager
def full_port():
    """Yield a port whose queue is full, so that connecting to it takes for ever."""
    with socket.socket() as listening, contextlib.ExitStack() as stack:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listening.getsockname())
        yield listening.getsockname()[1]
