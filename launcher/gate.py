"""The quality gate: static checks beside the tests, on real storage that is thrown away afterwards."""

import os
import re
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from launcher import environment, packages, storage
from launcher.children import Child
from launcher.console import Console
from launcher.errors import last_lines
from launcher.packages import Packages
from launcher.state import temporary_state
from launcher.supervisor import Step, Supervisor

_PARTS = {
    "tests in a browser": ["tests/e2e"],
    "tests that race, die and knock": ["tests/race", "tests/killing", "tests/hunt", "tests/fuzz", "tests/contract"],
    "tests of the pages": [f"tests/flows/{room}" for room in ("accounts", "backoffice", "dashboard", "portal")],
    "tests of the flows": ["tests/flows"],
}
"""The tests of fulfilment in parts of like length, which run side by side; what stands in none of them is the rest. A
part leaves out what another one has of its folder."""

_PARTS_OF_SHOP = {"tests of the shop in a browser": ["tests/e2e"], "tests of the shop": ["tests/shop"]}
"""The long one and the short one: what begins last is to be short, or one processor waits for the other."""

_TEMPLATE = "test_template"
"""The database that all runs copy theirs from, where the server is thrown away afterwards."""

_GRACE = 30.0  # seconds for the browser's tests to stop their demo; a second Ctrl-C is quicker
_NO_TESTS = 5  # pytest's exit code
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Check:
    """A command that says whether all is well."""

    name: str
    argv: Sequence[str]
    is_tests: bool = False
    database: str = ""
    """What its test database has at the end of its name, where it runs beside others."""


@dataclass
class _Result:
    check: Check
    code: int
    seconds: float
    log: Path
    was_shown: bool

    @property
    def passed(self) -> bool:
        return self.code == 0


@dataclass
class _Lane:
    """Runs one check after another. One lane is `live`: it writes to the terminal while it runs."""

    live: bool = False
    check: Check | None = None
    child: Child | None = None
    begun: float = 0.0
    read: int = 0


def run(root: Path, arguments: Sequence[str]) -> int:
    """The whole gate, or with arguments only the tests that they mean. The exit code; raises LauncherError, Stopped."""
    environment.names_a_saleor()
    console = Console()
    state = temporary_state()
    try:
        with Supervisor(root, state.logs, console, grace=_GRACE) as supervisor:
            state.make()
            found = packages.ensure(root, supervisor, development=True)
            stored = storage.prepare(supervisor, found, state, durable=False)
            supervisor.start(stored.steps)
            env = environment.testing(root, stored.owner_url, stored.redis_url)
            if arguments:
                return _run(supervisor, env, _tests(found, root, arguments), lanes=1)
            if stored.is_embedded:
                env["TEST_DATABASE_TEMPLATE"] = _TEMPLATE
            # Two more than there are cores: who drives a browser, races or kills waits for much of the time.
            return _run(supervisor, env, _everything(found, root), lanes=(os.cpu_count() or 1) + 2)
    finally:
        storage.discard(state)


def _everything(found: Packages, root: Path) -> list[Check]:
    """The longest first: whichever lane is free takes the next."""
    shop, rest = _tests(found, root, [])
    parts = [replace(part, database=f"_{number}") for number, part in enumerate(_parted(found, root, rest, _PARTS))]
    in_browser, plain = _parted(found, root, shop, _PARTS_OF_SHOP)
    elsewhere = [f"--ignore={folder}" for folders in _PARTS.values() for folder in folders]
    return [*parts, in_browser, replace(rest, argv=[*rest.argv, *elsewhere]), plain, *reversed(_static(found))]


def _parted(found: Packages, root: Path, whole: Check, parts: Mapping[str, Sequence[str]]) -> list[Check]:
    """What of `whole` is in the folders of each part, under the part's name."""
    return [
        replace(check, name=name, argv=[*check.argv, *_of_others(parts, name)])
        for name, folders in parts.items()
        for check in _tests(found, root, folders)
        if check.name == whole.name
    ]


def _of_others(parts: Mapping[str, Sequence[str]], name: str) -> Iterator[str]:
    """What another part has within a folder of this one, as pytest is told to leave it out."""
    for other in (folder for part, folders in parts.items() if part != name for folder in folders):
        if any(Path(other).is_relative_to(folder) for folder in parts[name]):
            yield f"--ignore={other}"


def _static(found: Packages) -> list[Check]:
    return [
        Check("ruff check", [found.program("ruff"), "check", "."]),
        Check("ruff format", [found.program("ruff"), "format", "--check", "."]),
        Check("import contracts", [found.program("lint-imports")]),
        Check("mypy --strict", [found.python, "-m", "mypy"]),
    ]


def _tests(found: Packages, root: Path, arguments: Sequence[str]) -> list[Check]:
    """Two runs: the shop has settings of its own. An argument that is a path belongs to one of them, or to both."""
    paths = [one for one in arguments if not one.startswith("-") and (root / one.split("::")[0]).exists()]
    options = [one for one in arguments if one not in paths]
    ours = [Path("tests/shop"), *(path.relative_to(root) for path in sorted(root.glob("tests/e2e/test_shop*.py")))]
    of_shop: list[str] = []
    others: list[str] = []
    for path in paths or ["tests"]:
        where = Path(os.path.normpath(path.split("::")[0]))
        if any(where.is_relative_to(one) for one in ours):
            of_shop.append(path)
            continue
        within = [str(one) for one in ours if one.is_relative_to(where)]
        of_shop += within
        others += [path, *(f"--ignore={one}" for one in within)]
    pytest = [found.python, "-m", "pytest", *(["--color=yes"] if sys.stdout.isatty() else [])]
    checks: list[Check] = []
    if of_shop:
        argv = [*pytest, "--ds=shop.settings", *of_shop, *options]
        checks.append(Check("tests of the shop", argv, is_tests=True))
    if others:
        checks.append(Check("all other tests", [*pytest, *others, *options], is_tests=True))
    return checks


def _run(supervisor: Supervisor, env: Mapping[str, str], checks: Sequence[Check], *, lanes: int) -> int:
    waiting, results = list(checks), list[_Result]()
    running = [_Lane(live=number == 0) for number in range(lanes)]
    while waiting or any(lane.check for lane in running):
        for lane in running:
            if lane.check is None and waiting:
                _begin(supervisor, env, lane, waiting.pop(0))
            result = _follow(supervisor, lane)
            if result is not None:
                results.append(result)
        supervisor.tick(0.05)
    return _report(supervisor.console, results)


def _begin(supervisor: Supervisor, env: Mapping[str, str], lane: _Lane, check: Check) -> None:
    lane.check, lane.begun, lane.read = check, time.monotonic(), 0
    if lane.live and check.is_tests:
        supervisor.console.say(f"\n{check.name}: {' '.join(['pytest', *check.argv[3:]])}")
    env = {**env, "DATABASE_URL": env["DATABASE_URL"] + check.database}
    # Told by SIGINT, pytest puts away what its fixtures started.
    step = Step(check.name.replace(" ", "-"), check.name, check.argv, env, stop_signal=signal.SIGINT)
    lane.child = supervisor.begin(step)


def _follow(supervisor: Supervisor, lane: _Lane) -> _Result | None:
    """Show what the check wrote since the last time; its result once it ended."""
    check, child = lane.check, lane.child
    if check is None or child is None or child.log is None:
        return None
    code = child.ended()
    if lane.live:
        with child.log.open("rb") as log:
            log.seek(lane.read)
            news = log.read()
        lane.read += len(news)
        sys.stdout.write(news.decode(errors="replace"))
        sys.stdout.flush()
    if code is None:
        return None
    supervisor.forget(child)
    lane.check, lane.child = None, None
    return _Result(check, code, time.monotonic() - lane.begun, child.log, lane.live)


def _report(console: Console, results: Sequence[_Result]) -> int:
    """What failed at length, all in short, and last the closing lines of pytest."""
    tests = [result for result in results if result.check.is_tests]
    some = any(result.code != _NO_TESTS for result in tests)
    # A narrowed run may mean nothing in one of the two parts.
    results = [result for result in results if not (some and result.code == _NO_TESTS and result.check.is_tests)]
    for result in results:
        if not result.was_shown and (result.check.is_tests or not result.passed):
            console.say(f"\n{result.check.name}:\n{result.log.read_text(errors='replace').rstrip()}")
    console.say()
    for result in results:
        console.verdict(result.passed, result.check.name, result.seconds)
    if not some:
        console.say("\nNo test was found for these arguments.")
    passed = some and all(result.passed for result in results)
    console.say(f"\n{'All is well' if passed else 'Not all is well'} ({console.elapsed():.0f} s).")
    for result in tests:
        console.say(_closing_line(result.log))
    return 0 if passed else 1


def _closing_line(log: Path) -> str:
    return next((_COLOUR.sub("", line) for line in reversed(last_lines(log)) if line.strip()), "")
