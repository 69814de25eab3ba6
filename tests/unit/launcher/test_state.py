import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from launcher.errors import LauncherError
from launcher.state import State

ROOT = Path(__file__).resolve().parents[3]

HOLDER = """
import pathlib, sys, time
sys.path.insert(0, {root!r})
from launcher.state import State
with State(pathlib.Path({folder!r})).held():
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_demo_on_the_same_state_is_refused_until_the_first_is_gone(tmp_path: Path) -> None:
    code = HOLDER.format(root=str(ROOT), folder=str(tmp_path))
    state = State(tmp_path)
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        assert state.is_held()
        told = re.escape(f"A demo is running on {tmp_path} already (process {first.pid}).")
        with pytest.raises(LauncherError, match=told), state.held():
            pass
        first.kill()
    with state.held():
        pass
    assert not state.is_held()


def test_secrets_are_made_once_and_are_ours_alone(tmp_path: Path) -> None:
    state = State(tmp_path)
    state.make()
    made = state.secrets()
    assert State(tmp_path).secrets() == made
    assert len(set(made.values())) == len(made)
    assert made["STRIPE_SECRET_KEY"].startswith("sk_test_")
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_beginning_anew_forgets_everything(tmp_path: Path) -> None:
    state = State(tmp_path)
    with state.held():
        former = state.secrets()
        state.note(port_base=8080)
        (state.sandbox / "state.sqlite3").touch()
        state.clear()
        assert state.noted("port_base") is None
        assert state.secrets() != former
        assert list(state.sandbox.iterdir()) == []
        assert state.is_held()


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text("{")
    with pytest.raises(LauncherError, match="is damaged"):
        State(tmp_path).noted("port_base")
