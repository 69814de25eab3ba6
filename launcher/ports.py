"""Which ports are free on this machine's loopback address."""

import random
import socket
import time
from collections.abc import Mapping

from launcher.errors import LauncherError

HOST = "127.0.0.1"
_LOWEST, _HIGHEST = 20_000, 32_000  # below the ports that systems give to outgoing connections


def is_free(port: int) -> bool:
    """Whether a program could listen on the port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a closed connection that lingers does not count
        try:
            probe.bind((HOST, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port that the system gives."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def free_base(count: int) -> int:
    """The first of `count` free ports in a row."""
    for _attempt in range(200):
        base = random.randrange(_LOWEST, _HIGHEST - count)  # noqa: S311 - not a secret
        if all(is_free(base + offset) for offset in range(count)):
            return base
    raise LauncherError(f"There are no {count} free ports in a row between {_LOWEST} and {_HIGHEST}.")


def check(wanted: Mapping[str, int], advice: str, *, patience: float = 5.0) -> None:
    """Raises LauncherError, naming the port, who needs it and what to do, when one is taken and stays so.

    `patience` in seconds: programs of a run that was killed may be leaving just now.
    """
    until = time.monotonic() + patience
    for program, port in wanted.items():
        if not 1 <= port <= 65_535:
            raise LauncherError(f"{port} is not a port ({program} would listen there): choose another --port-base.")
        while not (free := is_free(port)) and time.monotonic() < until:
            time.sleep(0.1)
        if not free:
            raise LauncherError(f"Port {port} is taken, and {program} needs it. {advice}")
