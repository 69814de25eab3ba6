import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from io import StringIO
from pathlib import Path

import psycopg
import pytest

from launcher import postgres
from launcher.errors import LauncherError
from launcher.postgres import Postgres
from launcher.programs import TELLING_STATEMENTS
from launcher.supervisor import Supervisor
from tests.unit.launcher.conftest import eventually, is_gone

PASSWORDS = ("owner-password", "app-password")


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """In a folder that an unprivileged user can reach, as the demo's is in an ordinary checkout; pytest's is closed.

    One database for all the tests that leave it whole."""
    with tempfile.TemporaryDirectory(prefix="launcher-test-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder) / "postgres"


def prepare(supervisor: Supervisor, wheel: Path, place: Path, *settings: str) -> Postgres:
    return postgres.prepare(supervisor, wheel=wheel, place=place, passwords=PASSWORDS, durable=False, settings=settings)


def start(supervisor: Supervisor, wheel: Path, place: Path) -> Postgres:
    made = prepare(supervisor, wheel, place)
    supervisor.start([made.step])
    return made


def test_data_survive_a_restart(supervisor: Supervisor, postgres_wheel: Path, place: Path) -> None:
    first = start(supervisor, postgres_wheel, place)
    with psycopg.connect(first.owner_url) as connection:
        connection.execute("CREATE TABLE posting (amount integer)")
        connection.execute("INSERT INTO posting VALUES (4200)")
    supervisor.stop()
    second = start(supervisor, postgres_wheel, place)
    with psycopg.connect(second.owner_url) as connection:
        assert connection.execute("SELECT amount FROM posting").fetchone() == (4200,)


def test_a_measurement_sees_each_statement_and_who_asked_it(
    supervisor: Supervisor, postgres_wheel: Path, place: Path
) -> None:
    made = prepare(supervisor, postgres_wheel, place, *TELLING_STATEMENTS)
    supervisor.start([made.step])
    with psycopg.connect(made.owner_url, application_name="worker") as connection:
        connection.execute("SELECT 42")
    log = supervisor.log_of("postgres")
    assert eventually(lambda: "worker|LOG:  statement: SELECT 42" in log.read_text())


def test_the_application_may_only_what_the_owner_grants(
    supervisor: Supervisor, postgres_wheel: Path, place: Path
) -> None:
    made = start(supervisor, postgres_wheel, place)
    with psycopg.connect(made.owner_url) as connection:
        connection.execute("CREATE TABLE entry (amount integer)")
        connection.execute("GRANT SELECT, INSERT ON entry TO fulfilment_app")
    with psycopg.connect(made.app_url, autocommit=True) as connection:
        connection.execute("INSERT INTO entry VALUES (1)")
        for forbidden in ("UPDATE entry SET amount = 2", "DELETE FROM entry", "CREATE TABLE other ()"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(forbidden)
    with psycopg.connect(made.owner_url) as connection:
        found = connection.execute("SELECT rolname FROM pg_roles WHERE rolsuper").fetchall()
        assert found == [("postgres",)]


def test_nobody_gets_in_without_a_password(supervisor: Supervisor, postgres_wheel: Path, place: Path) -> None:
    made = start(supervisor, postgres_wheel, place)
    for user in ("fulfilment_owner", "postgres"):
        url = made.owner_url.replace("fulfilment_owner:owner-password", f"{user}:wrong")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(url)
    assert stat.S_IMODE(made.data.stat().st_mode) == 0o700


def test_a_pid_file_whose_number_now_means_another_process_does_no_harm(
    supervisor: Supervisor, postgres_wheel: Path, place: Path
) -> None:
    made = prepare(supervisor, postgres_wheel, place)
    lines = (os.getppid(), made.data, 1, 5432, "", "127.0.0.1", " 1 2147483647", "ready   ", "")
    (made.data / "postmaster.pid").write_text("\n".join(map(str, lines)))
    start(supervisor, postgres_wheel, place)


def test_a_server_that_lost_its_supervisor_is_ended_first(
    supervisor: Supervisor, postgres_wheel: Path, place: Path
) -> None:
    made = prepare(supervisor, postgres_wheel, place)
    account = made.step.account
    left = subprocess.Popen(
        list(made.step.argv),
        env=dict(made.step.env),
        cwd=made.data,
        stderr=subprocess.DEVNULL,
        user=account.uid if account else None,
        group=account.gid if account else None,
    )
    try:
        while not made.step.ready or not made.step.ready():
            assert left.poll() is None
        start(supervisor, postgres_wheel, place)
        assert left.wait(10) == 0
    finally:
        left.kill()
        left.wait()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes the user")
def test_as_root_it_runs_as_nobody_from_a_place_that_nobody_can_reach(
    supervisor: Supervisor, postgres_wheel: Path, tmp_path: Path, shown: StringIO
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    before = Path("/etc/passwd").read_text()
    try:
        made = start(supervisor, postgres_wheel, closed / "postgres")
        assert made.step.account is not None
        assert made.step.account.name == "nobody"
        assert not made.data.is_relative_to(tmp_path)
        assert str(made.data.parent) in shown.getvalue()
        with psycopg.connect(made.owner_url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert Path("/etc/passwd").read_text() == before
    finally:
        supervisor.stop()
        postgres.remove(closed / "postgres")
    assert not made.data.parent.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes the user")
def test_as_root_the_programs_are_copied_when_nobody_cannot_reach_them(
    supervisor: Supervisor, postgres_wheel: Path, tmp_path: Path, place: Path
) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir(mode=0o700)
    (hidden / postgres_wheel.name).symlink_to(postgres_wheel)
    libraries = postgres_wheel.with_name(f"{postgres_wheel.name}.libs")
    (hidden / libraries.name).symlink_to(libraries)
    made = start(supervisor, hidden / postgres_wheel.name, place)
    assert Path(made.step.argv[0]).is_relative_to(place)
    assert not (Path(made.step.argv[0]).stat().st_mode & 0o022)  # nobody but us changes what nobody runs
    with psycopg.connect(made.app_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_data_of_another_version_are_left_alone(supervisor: Supervisor, postgres_wheel: Path, place: Path) -> None:
    made = prepare(supervisor, postgres_wheel, place)
    version = (made.data / "PG_VERSION").read_text()
    (made.data / "PG_VERSION").write_text("9\n")
    with pytest.raises(LauncherError, match=r"made by PostgreSQL 9, and this is \d+\.\d+: begin anew with --fresh"):
        prepare(supervisor, postgres_wheel, place)
    (made.data / "PG_VERSION").write_text(version)


def test_a_wheel_without_the_programs_is_told(supervisor: Supervisor, tmp_path: Path) -> None:
    with pytest.raises(LauncherError, match="holds no PostgreSQL for this system: give a DATABASE_URL"):
        prepare(supervisor, tmp_path, tmp_path / "postgres")


KILLED_PARENT = """
import pathlib, sys, time
sys.path.insert(0, {root!r})
from launcher import postgres
from launcher.console import Console
from launcher.supervisor import Supervisor
from tests.unit.launcher.conftest import eventually, is_gone
here = pathlib.Path({here!r})
with Supervisor(here, here / "logs", Console(sys.stderr)) as supervisor:
    made = postgres.prepare(supervisor, wheel=pathlib.Path({wheel!r}), place=here / "postgres", passwords={passwords!r})
    supervisor.start([made.step])
    print((made.data / "postmaster.pid").read_text().splitlines()[0], flush=True)
    time.sleep(60)
"""


def test_it_does_not_outlive_a_supervisor_that_is_killed(
    supervisor: Supervisor, postgres_wheel: Path, place: Path
) -> None:
    root = Path(__file__).resolve().parents[3]
    code = KILLED_PARENT.format(root=str(root), here=str(place.parent), wheel=str(postgres_wheel), passwords=PASSWORDS)
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        server = int(parent.stdout.readline())
        parent.kill()
    assert eventually(partial(is_gone, server))
    start(supervisor, postgres_wheel, place)
