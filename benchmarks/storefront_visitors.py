"""Visitors who ask one page over and over, a few at once, over connections that stay open; from one thread, so that
what they take of the machine is little and always the same."""

import selectors
import socket
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

AT_ONCE = 4
_MOST = 1 << 16


@dataclass(frozen=True)
class Asked:
    """How it went: how many answers, how many a second, and milliseconds within which half and 99 of 100 came."""

    answers: int
    per_second: float
    p50: float
    p99: float


class _Visitor:
    """One connection. What is answered must be 200 and say its length."""

    def __init__(self, host: str, port: int, request: bytes) -> None:
        self.socket = socket.create_connection((host, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._request = request
        self._came = b""
        self._left = -1

    def ask(self) -> None:
        self._came, self._left, self._began = b"", -1, time.perf_counter()
        self.socket.sendall(self._request)

    def read(self) -> float | None:
        """Seconds that the answer took, once it is all there."""
        part = self.socket.recv(_MOST)
        if not part:
            raise ConnectionError("the server closed")
        if self._left < 0:
            self._came += part
            head, ended, body = self._came.partition(b"\r\n\r\n")
            if not ended:
                return None
            self._left = _length(head) - len(body)
        else:
            self._left -= len(part)
        return time.perf_counter() - self._began if self._left == 0 else None


def _length(head: bytes) -> int:
    lines = head.lower().split(b"\r\n")
    if b" 200" not in lines[0]:
        raise ConnectionError(lines[0].decode())
    return next(int(line.partition(b":")[2]) for line in lines if line.startswith(b"content-length:"))


def ask(url: str, seconds: float, headers: dict[str, str] | None = None) -> Asked:
    """Ask an address so long, by ``AT_ONCE`` connections."""
    parts = urlsplit(url)
    lines = [f"GET {parts.path} HTTP/1.1", f"Host: {parts.netloc}", *(f"{k}: {v}" for k, v in (headers or {}).items())]
    request = "\r\n".join([*lines, "", ""]).encode()
    visitors = [_Visitor(str(parts.hostname), parts.port or 80, request) for _one in range(AT_ONCE)]
    took: list[float] = []
    with selectors.DefaultSelector() as waiting:
        for visitor in visitors:
            waiting.register(visitor.socket, selectors.EVENT_READ, visitor)
            visitor.ask()
        began = time.perf_counter()
        while not took or time.perf_counter() - began < seconds:
            for key, _events in waiting.select(timeout=5):
                found = key.data.read()
                if found is not None:
                    took.append(found)
                    key.data.ask()
        lasted = time.perf_counter() - began
    for visitor in visitors:
        visitor.socket.close()
    took.sort()
    at = [took[min(int(len(took) * part), len(took) - 1)] * 1000 for part in (0.5, 0.99)]
    return Asked(len(took), len(took) / lasted, *at)
