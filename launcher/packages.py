"""The packages of uv.lock in a virtual environment, with compiled bytecode; uv itself where it is missing."""

import hashlib
import json
import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from launcher.errors import DISK_FULL, LauncherError, last_lines, says_disk_full
from launcher.supervisor import Supervisor

_STAMP = ".synced-by-run.json"
_DISTRUST = re.compile(r"invalid peer certificate|UnknownIssuer|CERTIFICATE_VERIFY_FAILED")
_SYSTEM_CERTIFICATES = {"UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1"}  # its newer and its older name
_NO_NETWORK = re.compile(
    r"dns error|name resolution|failed to lookup|error sending request|connection (refused|reset|error)|"
    r"NewConnectionError|network is unreachable|timed out|tcp connect error|ProxyError",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Packages:
    """Where they are."""

    environment: Path

    @property
    def python(self) -> str:
        return str(self.environment / "bin" / "python")

    def program(self, name: str) -> str:
        """A command that a package installs."""
        return str(self.environment / "bin" / name)

    def folder(self, name: str) -> Path:
        """A package's own folder. Raises LauncherError: it has no files for this system."""
        found = sorted(self.environment.glob(f"lib/python3.*/site-packages/{name}"))
        if not found:
            raise LauncherError(f"The package {name} is not installed in {self.environment}.")
        return found[0]


def ensure(root: Path, supervisor: Supervisor, *, development: bool) -> Packages:
    """Install what uv.lock says, unless that was done already. `development` adds what the tests need."""
    packages = Packages(root / os.environ.get("UV_PROJECT_ENVIRONMENT", ".venv"))
    python = os.path.realpath(sys.executable)  # out of any virtual environment that we were started from
    stamp = packages.environment / _STAMP
    digest = _digest(root)
    if _is_synced(packages, stamp, digest, development=development):
        supervisor.console.done("packages", "unchanged")
        return packages
    uv = _uv(root, python, supervisor)
    # A demo does without the test tools, and leaves them alone where they are.
    extent = [] if development else ["--no-group", "dev", "--inexact"]
    argv = [uv, "sync", "--frozen", "--compile-bytecode", "--no-progress", *extent]
    if not Path(packages.python).exists():
        argv += ["--python", python]
    env = _environment() | {
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_PROJECT_ENVIRONMENT": str(packages.environment),
    }
    supervisor.console.say("  Installing the packages of uv.lock (the first time this downloads them) …")
    log = supervisor.log_of("sync")
    code = supervisor.run("sync", argv, env, label="packages")
    if code != 0 and _says(_DISTRUST, log):  # a network that signs for others, whose certificate only the system knows
        code = supervisor.run("sync", argv, env | _SYSTEM_CERTIFICATES, label="packages")
    if code != 0:
        raise _explained("The packages of uv.lock could not be installed.", log)
    stamp.write_text(json.dumps({"digest": digest, "development": development}))
    supervisor.console.done("packages", f"in {packages.environment}")
    return packages


def _is_synced(packages: Packages, stamp: Path, digest: str, *, development: bool) -> bool:
    try:
        found = json.loads(stamp.read_text())
    except (OSError, json.JSONDecodeError):
        return False
    enough = found.get("development") or not development
    return bool(enough and found.get("digest") == digest and Path(packages.python).exists())


def _digest(root: Path) -> str:
    digest = hashlib.sha256()
    for name in ("uv.lock", "pyproject.toml"):
        digest.update((root / name).read_bytes())
    return digest.hexdigest()


def _uv(root: Path, python: str, supervisor: Supervisor) -> str:
    """The uv on the PATH, or our own in `.tools`: `pip --target` works where a venv cannot be made, and where pip may
    not touch the system."""
    found = shutil.which("uv")
    if found:
        return found
    tools = root / ".tools"
    ours = tools / "bin" / "uv"
    if ours.exists():
        return str(ours)
    if supervisor.run("pip", [python, "-m", "pip", "--version"], _environment(), label="uv") != 0:
        raise LauncherError(
            f"{python} has no pip, and there is no uv on the PATH: install one of the two and start again."
        )
    supervisor.console.say("  Getting uv into .tools …")
    argv = [python, "-m", "pip", "install", "--disable-pip-version-check", "--retries", "2"]
    argv += ["--target", str(tools), "uv"]
    # Wishes of the person's pip configuration that do not go together with --target.
    env = _environment() | {"PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"}
    if supervisor.run("pip", argv, env, label="uv") != 0 or not ours.exists():
        raise _explained("uv could not be installed.", supervisor.log_of("pip"))
    return str(ours)


def _environment() -> dict[str, str]:
    """Ours, without what would steer uv or pip to another environment or leave out the bytecode."""
    unwanted = {"PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH"}
    return {name: value for name, value in os.environ.items() if name not in unwanted}


def _explained(sentence: str, log: Path) -> LauncherError:
    if says_disk_full(log):
        return LauncherError(f"{sentence} {DISK_FULL}", log)
    if _says(_DISTRUST, log):
        return LauncherError(f"{sentence} The certificate of the package registry is not trusted here.", log)
    if _says(_NO_NETWORK, log):
        return LauncherError(f"{sentence} The package registry cannot be reached: is there a network?", log)
    return LauncherError(sentence, log)


def _says(pattern: re.Pattern[str], log: Path) -> bool:
    return any(pattern.search(line) for line in last_lines(log, 60))
