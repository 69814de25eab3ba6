"""What stands around a burst: a mail server that answers or swallows, old orders in Saleor, and who asked what."""

import os
import re
import socket
import socketserver
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx2 as httpx

from sandbox.common.store import Store
from sandbox.saleor.moments import moment

PROGRAMS = {"web": "pages and webhooks", "worker": "orders and money", "rounds": "the rounds"}
_STATEMENT = re.compile(r"^(?P<program>\w+)\|LOG:  (?:execute [^:]*|statement): (?P<verb>\w+)")
_NO_QUESTIONS = {"BEGIN", "COMMIT", "ROLLBACK", "SET", "SAVEPOINT", "RELEASE"}


class _Postman(socketserver.StreamRequestHandler):
    """Takes every mail, and keeps none."""

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        in_letter = False
        for line in self.rfile:
            if in_letter:
                in_letter = line != b".\r\n"
                if not in_letter:
                    self.wfile.write(b"250 taken\r\n")
                continue
            word = line[:4].upper()
            in_letter = word == b"DATA"
            self.wfile.write(b"354 go on\r\n" if in_letter else b"250 yes\r\n")
            if word == b"QUIT":
                return


class _Post(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class MailServer:
    """At one port: at first it takes every mail, later it swallows the packets of whoever comes."""

    def __init__(self, host: str, port: int) -> None:
        self._at = (host, port)
        self._post: _Post | None = None
        self._held: list[socket.socket] = []

    def take(self) -> None:
        """Answer from now on."""
        self._post = _Post(self._at, _Postman)
        threading.Thread(target=self._post.serve_forever, daemon=True).start()

    def swallow(self) -> None:
        """From now on nobody is answered: the row of those who may wait is full, so the system drops what comes."""
        if self._post is not None:
            self._post.shutdown()
            self._post.server_close()
        door = socket.socket()
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(self._at)
        door.listen(0)
        self._held = [door]
        while self._comes_in():
            pass

    def _comes_in(self) -> bool:
        one = socket.socket()
        one.settimeout(0.5)
        self._held.append(one)
        try:
            one.connect(self._at)
        except TimeoutError:
            return False
        return True


@dataclass(frozen=True)
class Costs:
    """What was asked in a while, by name; statements by program, without those that only begin or end something."""

    saleor: Counter[str]
    stripe: Counter[str]
    statements: Counter[str]
    processors: dict[str, float]
    """Seconds of a processor, by program."""


class Meter:
    """Reads how often the sandboxes were called, and PostgreSQL asked, so far."""

    def __init__(self, saleor: str, stripe: str, postgres_log: Path) -> None:
        self._saleor, self._stripe, self._log = saleor, stripe, postgres_log

    def read(self) -> Costs:
        """Of Saleor only what fulfilment asks: the shop's operations begin with a small letter."""
        saleor = {name: count for name, count in _calls(self._saleor).items() if not name[:1].islower()}
        return Costs(Counter(saleor), Counter(_calls(self._stripe)), self._statements(), _processors())

    def _statements(self) -> Counter[str]:
        found: Counter[str] = Counter()
        with self._log.open(errors="replace") as lines:
            for line in lines:
                told = _STATEMENT.match(line)
                if told and told["verb"] not in _NO_QUESTIONS:
                    found[told["program"]] += 1
        return found


def between(before: Costs, after: Costs) -> Costs:
    """What was asked from one reading to the next."""
    used = {name: seconds - before.processors.get(name, 0.0) for name, seconds in after.processors.items()}
    return Costs(after.saleor - before.saleor, after.stripe - before.stripe, after.statements - before.statements, used)


def _processors() -> dict[str, float]:
    """What the programs of the demo used so far: the descendants of whoever started us (Linux; nothing elsewhere)."""
    found: dict[str, float] = {}
    parents: dict[int, int] = {}
    used: dict[int, float] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        parents[int(folder.name)] = int(fields[1])
        used[int(folder.name)] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    for pid, seconds in used.items():
        if pid != os.getpid() and os.getppid() in _ancestors(pid, parents):
            name = _name_of(pid)
            found[name] = found.get(name, 0.0) + seconds
    return found


def _ancestors(pid: int, parents: dict[int, int]) -> set[int]:
    seen: set[int] = set()
    while (pid := parents.get(pid, 0)) and pid not in seen:
        seen.add(pid)
    return seen


def _name_of(pid: int) -> str:
    try:
        told = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:  # it ended, or is another user's: PostgreSQL
        return ""
    named = next((one.removeprefix(b"PGAPPNAME=") for one in told if one.startswith(b"PGAPPNAME=")), b"")
    return named.decode()


def _calls(url: str) -> dict[str, int]:
    told = httpx.get(f"{url}/control/state.json", params={"limit": 0}, timeout=30.0).raise_for_status().json()
    return dict(told["calls"])


class OldOrders:
    """Orders that Saleor has from long ago, copies of one that it has: nothing was paid for them, nothing happens."""

    def __init__(self, folder: Path) -> None:
        self._store = Store(folder / "saleor.sqlite3")
        self._keys: list[str] = []

    def make(self, count: int) -> None:
        """Put them there."""
        with self._store.write() as tx:
            [sample] = tx.find("order", newest_first=True, limit=1)
            for at in range(count):
                key, now = str(uuid4()), moment(time.time())
                lines = [{**line, "id": str(uuid4())} for line in sample["lines"]]
                own = {"id": key, "number": 1_000_000 + at, "checkout": str(uuid4()), "lines": lines}
                tx.insert("order", key, {**sample, **own, "created": now, "updatedAt": now})
                self._keys.append(key)

    def change(self) -> None:
        """Somebody changes them all in Saleor, and no event tells of it."""
        with self._store.write() as tx:
            for key in self._keys:
                tx.put("order", key, {**tx.require("order", key), "updatedAt": moment(time.time())})
