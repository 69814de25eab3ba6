"""The style of the house, held as tests: short files and functions, whole cents, nothing left for later."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FILE = 400
LONGEST_FUNCTION = 70
LATER = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
PACKAGES = (
    "catalogue",
    "neighbours",
    "telemetry",
    "fulfilment",
    "shop",
    "sandbox",
    "saleor_plugins",
    "launcher",
    "demo",
    "benchmarks",
    "tests",
)


@cache
def tracked() -> tuple[Path, ...]:
    """The files of the project, as git has them."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(path for line in listed.splitlines() if (path := ROOT / line).is_file())


def sources() -> Iterator[Path]:
    for path in tracked():
        if path.suffix == ".py" and "migrations" not in path.relative_to(ROOT).parts:
            yield path


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    long = {name(path): lines for path in sources() if (lines := len(path.read_text().splitlines())) > LONGEST_FILE}
    assert not long


def test_every_function_fits_a_screen() -> None:
    long = [
        f"{name(path)}:{function.lineno} {function.name}"
        for path in sources()
        for function in functions(path)
        if (function.end_lineno or 0) - function.lineno + 1 > LONGEST_FUNCTION
    ]
    assert not long


def test_nothing_is_left_for_later() -> None:
    left = [
        name(path)
        for path in tracked()
        if path.suffix in {".py", ".html", ".css", ".md", ".toml"}
        and path != Path(__file__)
        and LATER.search(path.read_text())
    ]
    assert not left


def test_no_module_is_called_utils() -> None:
    assert not [name(path) for path in sources() if path.stem in {"utils", "helpers", "misc", "common_utils"}]


def test_nothing_hangs_on_django_signals() -> None:
    assert not [name(path) for path in sources() if "django.dispatch" in path.read_text() and path != Path(__file__)]


def test_money_is_never_a_float() -> None:
    """No float() and no float literal in the rooms of fulfilment where money is reckoned."""
    rooms = ("money.py", "revenue", "ledger", "payouts", "agreements", "orders", "flows")
    for path in sources():
        parts = path.relative_to(ROOT).parts
        if parts[0] != "fulfilment" or not any(room in parts for room in rooms):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), name(path)
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"
            assert not called, name(path)


def test_the_clock_is_read_at_the_edges_only() -> None:
    """Flows and modules are given the time; only entrypoints ask for it."""
    clock = re.compile(r"timezone\.now\(\)|datetime\.now\(|date\.today\(\)|time\.time\(\)")
    asked = [
        name(path)
        for path in sources()
        if path.is_relative_to(ROOT / "fulfilment")
        and not path.is_relative_to(ROOT / "fulfilment" / "entrypoints")
        and clock.search(path.read_text())
    ]
    assert not asked


@pytest.mark.parametrize("package", [name for name in PACKAGES if name not in {"tests", "benchmarks"}])
def test_every_public_module_says_what_it_is(package: str) -> None:
    silent = [
        name(path)
        for path in sources()
        if path.is_relative_to(ROOT / package)
        and path.name not in {"__init__.py", "apps.py", "wsgi.py"}
        and ast.get_docstring(ast.parse(path.read_text())) is None
    ]
    assert not silent


def test_the_project_speaks_of_itself_alone() -> None:
    """No path of the machine it was written on, no registry's host outside the lock file."""
    foreign = re.compile(re.escape(f"{ROOT}/") + r"|/root/|pypi\.org|pythonhosted|registry\.npmjs|deb\.debian")
    found = [
        name(path)
        for path in tracked()
        if path.suffix in {".py", ".md", ".toml", ".html", ".yml", ".css", ".sh", ""}
        and path != Path(__file__)
        and foreign.search(path.read_text(errors="ignore"))
    ]
    assert not found
