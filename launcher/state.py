"""What a run leaves on disk and finds again: one folder, held by one run at a time."""

import fcntl
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from launcher.errors import LauncherError

DEFAULT_FOLDER = ".run"
"""Of the project: where a demo is kept unless the person says otherwise."""

_KEPT_WHEN_FRESH = {"lock"}

# Every secret of the demo, and how it begins where the name matters to its reader.
_SECRETS = {
    "postgres_owner": "",
    "postgres_app": "",
    "valkey": "",
    "SHOP_SECRET_KEY": "",
    "FULFILMENT_SECRET_KEY": "",
    "STOREFRONT_API_TOKEN": "",
    "PLUGIN_NOTICE_SECRETS": "",
    "STRIPE_SECRET_KEY": "sk_test_",
    "STRIPE_WEBHOOK_SECRET": "whsec_",
}


class State:
    """The folder of a demo: secrets, logs, what was done already, and the data of the embedded programs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.logs = self.folder / "logs"
        self.sandbox = self.folder / "sandbox"
        self._demo = self.folder / "demo.json"
        self._notes = self.folder / "state.json"

    def make(self) -> None:
        """Create it. Others may pass through, as an unprivileged PostgreSQL must; what is secret has its own mode."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.logs.mkdir(exist_ok=True)
        self.sandbox.mkdir(mode=0o700, exist_ok=True)

    @contextmanager
    def held(self) -> Iterator[None]:
        """For us alone; LauncherError when another run holds it. The system lets go when we die, however we die."""
        self.make()
        with (self.folder / "lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                raise LauncherError(
                    f"A demo is running on {self.folder} already (process {lock.read().strip() or 'unknown'}). Stop it"
                    " with Ctrl-C first, or start a second one beside it with --state FOLDER --port-base N."
                ) from None
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield

    def is_held(self) -> bool:
        """Whether a run holds it now."""
        try:
            with (self.folder / "lock").open("r") as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False

    def clear(self) -> None:
        """Begin anew; only while held."""
        for entry in self.folder.iterdir():
            if entry.name in _KEPT_WHEN_FRESH:
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
        self.make()

    def discard(self) -> None:
        """Delete all of it: nobody comes back to it."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def secrets(self) -> dict[str, str]:
        """Made once, then the same at every start."""
        path = self.folder / "secrets.json"
        known = _read(path)
        missing = _SECRETS.keys() - known.keys()
        if missing:
            known |= {name: _SECRETS[name] + secrets.token_urlsafe(32) for name in missing}
            _write_secret(path, known)
        return {name: str(value) for name, value in known.items()}

    def note(self, **facts: object) -> None:
        """Remember facts for the next start; None forgets one."""
        known = _read(self._notes) | facts
        _write_secret(self._notes, {name: value for name, value in known.items() if value is not None})

    def noted(self, name: str) -> Any:
        return _read(self._notes).get(name)

    def publish(self, demo: dict[str, Any]) -> None:
        """The running demo, for `manage` and for the tests: its addresses and its environments. It holds secrets."""
        _write_secret(self._demo, demo)

    def unpublish(self) -> None:
        self._demo.unlink(missing_ok=True)

    def published(self) -> dict[str, Any] | None:
        return _read(self._demo) or None


def temporary_state() -> State:
    """A state for one run, in the system's folder for such; `discard` it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="sociaal-gemaakt-"))
    folder.chmod(0o711)  # ours, and an unprivileged PostgreSQL has to pass through
    return State(folder)


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except json.JSONDecodeError as error:
        raise LauncherError(f"{path} is damaged ({error}): begin anew with --fresh.") from error
    assert isinstance(content, dict)
    return content


def _write_secret(path: Path, content: dict[str, Any]) -> None:
    """Whole or not at all, and readable by us only."""
    new = path.with_suffix(".new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w") as file:
        json.dump(content, file, indent=1)
    new.replace(path)
