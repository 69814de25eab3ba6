import os
import signal
import subprocess
import sys
from functools import partial
from io import StringIO
from pathlib import Path

import pytest

from launcher import commands
from launcher.errors import LauncherError, Stopped
from launcher.supervisor import Supervisor
from tests.unit.launcher.conftest import MakeStep, eventually, is_gone

ROOT = Path(__file__).resolve().parents[3]
STAY = "well(); time.sleep(60)"


def test_a_step_starts_only_after_what_it_waits_for_is_well(
    supervisor: Supervisor, step: MakeStep, tmp_path: Path
) -> None:
    trace = tmp_path / "trace"
    say = f"pathlib.Path({str(trace)!r}).open('a').write"
    supervisor.start(
        [
            step("web", f"{say}('web '); {STAY}", after=["tables"]),
            step("tables", f"{say}('tables '); time.sleep(0.1)", stays=False, after=["database"]),
            step("database", f"time.sleep(0.1); {say}('database '); {STAY}"),
        ]
    )
    assert trace.read_text().split() == ["database", "tables", "web"]


def test_steps_that_wait_for_nothing_start_side_by_side(supervisor: Supervisor, step: MakeStep, tmp_path: Path) -> None:
    meet = "\nwhile not pathlib.Path({!r}).exists(): time.sleep(0.01)\n" + STAY
    one, other = str(tmp_path / "one"), str(tmp_path / "other")
    supervisor.start(
        [
            step("one", f"pathlib.Path({one!r}).touch()" + meet.format(other)),
            step("other", f"pathlib.Path({other!r}).touch()" + meet.format(one)),
        ]
    )


def test_the_person_reads_what_stands(supervisor: Supervisor, step: MakeStep, shown: StringIO) -> None:
    supervisor.start([step("shop", STAY, detail="http://127.0.0.1:1")])
    assert "✓ shop" in shown.getvalue()
    assert "http://127.0.0.1:1" in shown.getvalue()
    assert "\x1b" not in shown.getvalue()  # no terminal, no colours


def test_a_program_that_dies_while_starting_is_told_with_its_log(supervisor: Supervisor, step: MakeStep) -> None:
    with pytest.raises(LauncherError) as caught:
        supervisor.start([step("shop", "print('no such setting', file=sys.stderr); sys.exit(3)")])
    assert caught.value.sentence == "shop ended with exit code 3."
    assert str(supervisor.log_of("shop")) in caught.value.told()
    assert "no such setting" in caught.value.told()


def test_work_that_fails_is_told(supervisor: Supervisor, step: MakeStep) -> None:
    with pytest.raises(LauncherError, match="tables ended with exit code 1"):
        supervisor.start([step("tables", "sys.exit('no database')", stays=False)])


def test_a_program_that_dies_later_is_told(supervisor: Supervisor, step: MakeStep) -> None:
    supervisor.start(
        [step("worker", "well(); time.sleep(0.3); os.kill(os.getpid(), signal.SIGKILL)"), step("web", STAY)]
    )
    with pytest.raises(LauncherError, match=r"worker was ended by SIGKILL\."):
        supervisor.watch()


def test_when_a_program_of_the_demo_dies_the_person_reads_that_all_is_kept_and_how_to_go_on(
    supervisor: Supervisor, step: MakeStep
) -> None:
    dies = "well(); print('the last words', flush=True); time.sleep(0.3); os.kill(os.getpid(), signal.SIGKILL)"
    supervisor.start([step("worker", dies)])

    with pytest.raises(LauncherError) as caught:
        commands._watch(supervisor, "python3 run.py demo")

    told = caught.value.told()
    assert told.startswith("worker was ended by SIGKILL.\nIts log: ")
    assert f"Its log: {supervisor.log_of('worker')}\n    the last words" in told
    assert told.endswith("The whole demo was stopped, and everything is kept. Start again with: python3 run.py demo")


def test_the_way_to_go_on_names_the_folder_where_that_is_another(tmp_path: Path) -> None:
    assert commands._again(tmp_path, tmp_path / ".run") == "python3 run.py demo"
    assert commands._again(tmp_path, tmp_path / "two words").endswith(f"demo --state '{tmp_path}/two words'")


def test_a_program_that_never_gets_well_is_told(supervisor: Supervisor, step: MakeStep) -> None:
    with pytest.raises(LauncherError, match="shop is not well after 0 seconds"):
        supervisor.start([step("shop", "time.sleep(60)", patience=0.2)])


def test_a_full_disk_is_called_a_full_disk(supervisor: Supervisor, step: MakeStep) -> None:
    with pytest.raises(LauncherError, match="The disk is full"):
        supervisor.start([step("database", "sys.exit('could not write: No space left on device')")])


def test_a_program_that_cannot_be_started_is_told(supervisor: Supervisor) -> None:
    with pytest.raises(LauncherError, match="uv could not be started"):
        supervisor.run("uv", ["/nowhere/uv"], {})


def test_stopping_ends_what_others_stand_on_last(supervisor: Supervisor, step: MakeStep, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    last_words = (
        "def end(*_):\n    time.sleep(0.1)\n    pathlib.Path({!r}).open('a').write('{} ')\n    sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\n" + STAY
    )
    database = step("database", last_words.format(str(trace), "database"), stops_last=True)
    supervisor.start([database, step("web", last_words.format(str(trace), "web"))])
    supervisor.stop()
    assert trace.read_text().split() == ["web", "database"]


def test_what_will_not_stop_is_killed_with_all_that_it_started(
    supervisor: Supervisor, step: MakeStep, tmp_path: Path
) -> None:
    pids = tmp_path / "pids"
    stubborn = (
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "import subprocess\n"
        "other = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"pathlib.Path({str(pids)!r}).write_text(f'{{os.getpid()}} {{other.pid}}')\n"
    )
    supervisor._grace = 0.2
    supervisor.start([step("stubborn", stubborn + STAY)])
    supervisor.stop()
    assert all(eventually(partial(is_gone, int(pid))) for pid in pids.read_text().split())


def test_a_signal_ends_the_wait(supervisor: Supervisor, step: MakeStep, tmp_path: Path) -> None:
    go = tmp_path / "go"
    waiting = f"while not pathlib.Path({str(go)!r}).exists(): time.sleep(0.01)"
    supervisor.start([step("web", f"well()\n{waiting}\nos.kill({os.getpid()}, signal.SIGTERM); time.sleep(60)")])
    go.touch()
    with pytest.raises(Stopped) as caught:
        supervisor.watch()
    assert caught.value.signum == signal.SIGTERM


PARENT = """
import os, pathlib, sys
sys.path.insert(0, {root!r})
from launcher import children
if not {told!r}:
    children._LIBC = None  # as on a system whose kernel does not tell
from launcher.console import Console
from launcher.errors import Stopped
from launcher.supervisor import Step, Supervisor
here = pathlib.Path({here!r})
code = (
    "import os, pathlib, signal, subprocess, sys, time\\n"
    "if {stubborn!r}: signal.signal(signal.SIGTERM, signal.SIG_IGN)\\n"
    "own = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\\n"
    "new = pathlib.Path(sys.argv[1] + '.new')\\n"
    "new.write_text(str(os.getpid()) + ' ' + str(own.pid))\\n"
    "new.rename(sys.argv[1])\\n"
    "time.sleep(60)"
)
steps = [
    Step(name, name, [sys.executable, "-c", code, str(here / name)], dict(os.environ), ready=(here / name).exists)
    for name in ("web", "worker")
]
with Supervisor(here, here / "logs", Console()) as supervisor:
    supervisor.start(steps)
    print("ready", flush=True)
    try:
        supervisor.watch()
    except Stopped:
        sys.exit(0)
"""


def start_parent(here: Path, *, told: bool = True, stubborn: bool = False) -> tuple[subprocess.Popen[str], list[int]]:
    code = PARENT.format(root=str(ROOT), here=str(here), told=told, stubborn=stubborn)
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout as lines:
        assert any(line == "ready\n" for line in lines)
    return parent, [int(pid) for name in ("web", "worker") for pid in (here / name).read_text().split()]


@pytest.mark.parametrize("told", [True, False])
def test_ctrl_c_stops_every_child_and_what_it_started(tmp_path: Path, told: bool) -> None:
    parent, processes = start_parent(tmp_path, told=told)
    parent.send_signal(signal.SIGINT)
    assert parent.wait(20) == 0
    assert all(eventually(partial(is_gone, pid)) for pid in processes)


@pytest.mark.parametrize(("told", "stubborn"), [(True, False), (True, True), (False, False), (False, True)])
def test_no_process_outlives_a_parent_that_is_killed(tmp_path: Path, told: bool, stubborn: bool) -> None:
    parent, processes = start_parent(tmp_path, told=told, stubborn=stubborn)
    parent.kill()
    parent.wait(20)
    assert all(eventually(partial(is_gone, pid)) for pid in processes)
