"""One fresh demo for all the tests of this folder, started as a person would start it, and a Chromium to visit it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import pytest
from werkzeug.wrappers import Response

from launcher import environment
from launcher.state import State, temporary_state
from tests.support.otlp import Receiver, receiving
from tests.support.stripe_sandbox import served

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 240.0
"""Time enough for a machine that is doing other things too."""
STOP_SECONDS = 60.0
PATIENCE_SECONDS = 60.0
_LONGEST_PAUSE = 1.0
PASSWORD = "demo"
OPERATOR = "operator@sociaalgemaakt.example"

_COMPILED_ONCE = "--js-flags=--no-opt --no-maglev --always-sparkplug"
"""No page stays long enough for what a compiler that optimizes takes."""

PICTURE = Response(
    '<svg xmlns="http://www.w3.org/2000/svg" width="800" height="1000"/>',
    mimetype="image/svg+xml",
    headers={"Cache-Control": "max-age=3600"},
)
"""Whatever picture the shop's tests ask for."""

Found = TypeVar("Found")


@dataclass(frozen=True)
class Demo:
    """A demo that runs. Addresses have no slash at the end."""

    shop: str
    fulfilment: str
    saleor: str
    stripe: str
    folder: Path
    dashboard: str = ""
    """Where Saleor's Dashboard would be."""

    def manage(self, *words: str) -> Any:
        """What a command of the operator answers with --json."""
        argv = [sys.executable, "run.py", "manage", "--state", str(self.folder), *words, "--json"]
        done = subprocess.run(argv, cwd=ROOT, env=environment.base(), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.strip().splitlines()[-1])


@pytest.fixture(scope="package")
def chromium() -> str:
    """Where Chromium is, first the one without windows, which takes a third less. CHROMIUM in the environment names
    another."""
    names = (os.environ.get("CHROMIUM", ""), "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("there is no Chromium on this machine")
    return found


@pytest.fixture(scope="package")
def receiver() -> Iterator[Receiver]:
    """Who is told by OpenTelemetry what the programs of the demo do."""
    with receiving() as started:
        yield started


@pytest.fixture(scope="package")
def demo(chromium: str, receiver: Receiver) -> Iterator[Demo]:
    """A fresh demo on free ports, for every test of this folder; afterwards nothing of it is left."""
    from tests.e2e.dashboard import host_page

    state = temporary_state()
    with (
        served(host_page) as dashboard,
        running(state, receiver.address, SALEOR_DASHBOARD_URL=f"{dashboard}/dashboard/") as started,
    ):
        yield replace(started, dashboard=dashboard)
    state.discard()


@contextmanager
def running(state: State, otlp: str = "", **settings: str) -> Iterator[Demo]:
    """`run.py demo` until it is no longer needed, then Ctrl-C. It has to end well, and with all its programs. `otlp` is
    the address of whoever is told by OpenTelemetry what it does."""
    argv = [sys.executable, "run.py", "demo", "--state", str(state.folder), "--port-base", "0"]
    # What the tests themselves stand on (a database, a broker) is not for the demo: it brings its own.
    env = environment.base() | environment.taken_over(("UV_PROJECT_ENVIRONMENT",)) | settings
    env |= {"OTEL_EXPORTER_OTLP_ENDPOINT": otlp}
    told = state.folder / "told.log"
    with (
        told.open("w") as output,
        subprocess.Popen(
            argv, cwd=ROOT, env=env, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
        ) as process,
    ):
        try:
            yield _ready(process, state, told)
        finally:
            family = list(descendants(process.pid))
            process.send_signal(signal.SIGINT)
            try:
                code = process.wait(STOP_SECONDS)
            finally:
                process.kill()
    assert code == 0, told.read_text()
    left = eventually("the demo's programs to end", lambda: (set(filter(_lives, family)) or None) is None)
    assert left, told.read_text()


def _ready(process: "subprocess.Popen[bytes]", state: State, told: Path) -> Demo:
    until = time.monotonic() + START_SECONDS
    while (published := state.published()) is None:
        assert process.poll() is None, f"the demo ended by itself:\n{told.read_text()}"
        assert time.monotonic() < until, f"the demo is not ready after {START_SECONDS:.0f} s:\n{told.read_text()}"
        time.sleep(0.1)
    addresses = published["addresses"]
    return Demo(
        shop=addresses["SHOP_URL"],
        fulfilment=addresses["FULFILMENT_URL"],
        saleor=addresses["SANDBOX_SALEOR_URL"],
        stripe=addresses["SANDBOX_STRIPE_URL"],
        folder=state.folder,
    )


def descendants(pid: int) -> Iterator[int]:
    """The programs that the demo started, and theirs. Linux only: elsewhere none, and Ctrl-C's exit code must do."""
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, children.read_text().split()):
            yield child
            yield from descendants(child)


def _lives(pid: int) -> bool:
    """Whether it runs; where nobody collects the dead they keep a number."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2]
    except OSError:
        return False
    return not state.strip().startswith("Z")


def eventually(what: str, look: Callable[[], Found | None], seconds: float = PATIENCE_SECONDS) -> Found:
    """Look again until there is something: soon at first, then ever less often, since a look may be a whole page."""
    until, pause = time.monotonic() + seconds, 0.1
    while not (found := look()):
        assert time.monotonic() < until, f"waited {seconds:.0f} s in vain for {what}"
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)
    return found


@contextmanager
def launched(chromium: str, *arguments: str) -> Iterator[Any]:
    """A Chromium that talks to nobody but us."""
    from playwright.sync_api import sync_playwright

    quiet = ("background-networking", "component-update", "sync", "gpu")
    arguments = ("--no-sandbox", *(f"--disable-{what}" for what in quiet), _COMPILED_ONCE, *arguments)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield started
        started.close()


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Any]:
    """One for this folder, since starting it takes as long as many a page: its event loop may not linger beside other
    tests. Pictures of `http://media` it finds here; by a route it would keep nothing that it fetched, of no address."""
    with (
        served(PICTURE) as pictures,
        launched(chromium, f"--host-resolver-rules=MAP media {urlsplit(pictures).netloc}") as started,
    ):
        yield started


@pytest.fixture
def visit(browser: Any) -> Iterator[Callable[..., Any]]:
    """Makes a page in a browser of its own: `visit(width=390, scripts=False)`. It waits as a busy machine needs."""
    contexts = []

    def open_page(*, width: int = 1280, height: int = 900, scripts: bool = True) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            has_touch=width < 700,
            java_script_enabled=scripts,
            reduced_motion="reduce",
            locale="nl-BE",
            accept_downloads=True,
        )
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


def log_in(page: Any, demo: Demo, email: str, *, to: str) -> None:
    """Log in as one of the demo's people, on the way to a page of fulfilment."""
    page.goto(f"{demo.fulfilment}/accounts/login/?next={to}")
    page.get_by_label("E-mailadres").fill(email)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen").click()
    page.wait_for_url(f"**{to}")
