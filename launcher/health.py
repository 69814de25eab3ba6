"""How to see that a program is well."""

import http.client
import socket
from collections.abc import Callable
from pathlib import Path

from launcher.ports import HOST

_SECONDS = 5.0


def http_ok(port: int, path: str = "/healthz") -> Callable[[], bool]:
    """Its page answers 200. Spoken without a proxy, whatever the environment says."""

    def check() -> bool:
        connection = http.client.HTTPConnection(HOST, port, timeout=_SECONDS)
        try:
            connection.request("GET", path)
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return check


def says(log: Path, text: str) -> Callable[[], bool]:
    """Its log holds the text."""

    def check() -> bool:
        try:
            return text in log.read_text(errors="replace")
        except OSError:
            return False

    return check


def pongs(port: int, password: str) -> Callable[[], bool]:
    """A Valkey that lets us in and answers a ping."""

    def check() -> bool:
        try:
            with socket.create_connection((HOST, port), timeout=_SECONDS) as connection:
                connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
                answer = b""
                while b"PONG" not in answer and (more := connection.recv(256)):
                    answer += more
        except OSError:
            return False
        return answer.startswith(b"+OK") and b"+PONG" in answer

    return check
