"""A supervisor that starts again what died, and who ends what when in a storm."""

import json
import os
import signal
from pathlib import Path

import pytest

from launcher import cli, storm
from launcher.errors import LauncherError
from launcher.storm import Storm
from launcher.supervisor import Supervisor
from tests.unit.launcher.conftest import MakeStep, eventually, is_gone

ROOT = Path(__file__).resolve().parents[3]


def counted(name: str, folder: Path) -> str:
    """A program that notes each of its starts and stays."""
    note = folder / f"{name}.starts"
    write = f"pathlib.Path({str(note)!r}).open('a').write(f'{{os.getpid()}} ')"
    return f"{write}; print('begun', flush=True); well(); time.sleep(60)"


def starts(name: str, folder: Path) -> list[int]:
    note = folder / f"{name}.starts"
    return [int(pid) for pid in note.read_text().split()] if note.exists() else []


def look_on(supervisor: Supervisor) -> bool:
    supervisor.tick()
    return True


def test_a_program_that_died_is_started_again_and_its_former_words_are_kept(
    supervisor: Supervisor, step: MakeStep, tmp_path: Path
) -> None:
    supervisor.start([step("worker", counted("worker", tmp_path))])
    supervisor.revive()
    os.kill(starts("worker", tmp_path)[0], signal.SIGKILL)

    assert eventually(lambda: look_on(supervisor) and len(starts("worker", tmp_path)) == 2)

    assert eventually(lambda: look_on(supervisor) and supervisor.is_well("worker"))
    assert supervisor.log_of("worker.1").read_text() == "begun\n"
    assert eventually(lambda: supervisor.log_of("worker").read_text() == "begun\n")


def test_a_program_that_keeps_dying_before_it_is_well_is_told(
    supervisor: Supervisor, step: MakeStep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("launcher.supervisor._PAUSE", 0.0)
    supervisor.start([step("web", "well(); time.sleep(60)")])
    supervisor.revive()
    supervisor._launch(step("worker", "sys.exit('no broker')"), log=supervisor.log_of("worker"))

    with pytest.raises(LauncherError, match="worker ended with exit code 1"):
        eventually(lambda: not look_on(supervisor))

    assert len(list(supervisor.logs.glob("worker.*.log"))) == 5


def test_who_is_ended_ends_with_all_that_it_started(supervisor: Supervisor, step: MakeStep, tmp_path: Path) -> None:
    own = "import subprocess; own = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
    note = tmp_path / "own"
    supervisor.start(
        [step("worker", f"{own}pathlib.Path({str(note)!r}).write_text(str(own.pid)); well(); time.sleep(60)")]
    )

    supervisor.end("worker", kill=True)

    assert eventually(lambda: is_gone(int(note.read_text())))


@pytest.fixture
def raging(supervisor: Supervisor, step: MakeStep, tmp_path: Path) -> Storm:
    """A storm over three programs, of which nothing was ended yet; the worker was started at 100.0."""
    supervisor.start([step(name, counted(name, tmp_path)) for name in ("worker", "rounds", "postgres", "valkey")])
    supervisor.revive()
    meeting = tmp_path / "storm"
    meeting.mkdir()
    return Storm(supervisor, meeting, last=100.0)


def test_the_worker_is_killed_every_so_many_seconds_but_not_before_it_was_at_work(raging: Storm) -> None:
    raging.blow(100.0)
    raging.blow(100.0 + storm.EVERY - 1)
    assert not raging.ended
    raging.blow(100.0 + storm.EVERY)
    assert raging.ended == {"worker": 1, "rounds": 1}
    assert eventually(lambda: look_on(raging.supervisor) and raging.supervisor.is_well("worker"))

    late = 100.0 + 2 * storm.EVERY  # it took nearly all of the time to start
    raging.blow(late)
    assert raging.ended == {"worker": 1, "rounds": 1}
    raging.blow(late + storm.AT_WORK)
    assert raging.ended == {"worker": 2, "rounds": 2}


def test_the_storage_is_restarted_once_each_in_the_middle(raging: Storm) -> None:
    raging.last = 1_000.0  # no worker's turn
    raging.blow(200.0)
    assert not raging.ended
    (raging.meeting / "middle").touch()
    raging.blow(201.0)
    assert raging.ended == {"postgres": 1}
    raging.blow(201.0 + storm.BETWEEN)
    raging.blow(202.0 + storm.BETWEEN)
    assert raging.ended == {"postgres": 1, "valkey": 1}


def test_in_the_calm_nothing_is_ended_any_more(
    raging: Storm, step: MakeStep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (raging.meeting / "calm").touch()
    (raging.meeting / "middle").touch()
    driver = raging.supervisor.begin(step("driver", "time.sleep(0.5); sys.exit(3)", stays=False))
    assert raging.over(driver) == 3
    assert not raging.ended


def test_who_drives_it_is_told_what_was_killed_and_what_died_by_itself(
    raging: Storm, step: MakeStep, tmp_path: Path
) -> None:
    raging.last = -1_000.0
    raging.blow(0.0)
    raging.blow(storm.AT_WORK)
    os.kill(starts("valkey", tmp_path)[0], signal.SIGKILL)
    raging.last = float("inf")

    raging.over(raging.supervisor.begin(step("driver", "time.sleep(3)", stays=False)))

    told = json.loads((raging.meeting / "ended.json").read_text())
    assert told == {"killed": {"worker": 1, "rounds": 1}, "died": {"valkey": 1}}


def test_a_driver_that_is_killed_is_told(raging: Storm, step: MakeStep) -> None:
    driver = raging.supervisor.begin(step("driver", "os.kill(os.getpid(), signal.SIGKILL)", stays=False))
    with pytest.raises(LauncherError, match="Who drove the storm was ended by SIGKILL"):
        raging.over(driver)


@pytest.mark.parametrize("name", storm.OURS)
def test_nothing_of_somebody_elses_comes_into_a_storm(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for other in storm.OURS:
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv(name, "postgres://of.somebody.else")
    assert cli.main(["storm", "--orders", "1"]) == 1
    assert f"unset {name}" in capsys.readouterr().err


@pytest.mark.parametrize("number", ["0", "-3"])
def test_no_orders_are_no_storm(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["storm", f"--orders={number}"])
    assert "is no number of orders" in capsys.readouterr().err
