"""The machines that a bench of the shop's pages needs: servers of one worker, the sandbox's Saleor, what tells days."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from benchmarks.storefront_visitors import Asked, ask
from launcher.ports import HOST, free_port

ROOT = Path(__file__).resolve().parents[1]
STARTS_WITHIN = 300
_AT_ONCE = 4
"""Mutations that Saleor takes in one document."""


@contextmanager
def sandbox(folder: Path, catalogue: Path) -> Iterator[str]:
    """Saleor's API as the sandbox answers it, with what that file describes for sale."""
    port = free_port()
    url = f"http://{HOST}:{port}"
    env = {
        **os.environ,
        "SANDBOX_STATE": str(folder),
        "SANDBOX_SALEOR_URL": url,
        "SANDBOX_STRIPE_URL": url,
        "SANDBOX_CATALOGUE": str(catalogue),
    }
    with server("sandbox.saleor.wsgi:app", 8, env, "healthz", port):
        api = f"{url}/graphql/"
        _publish(api)
        yield api


def _publish(api: str) -> None:
    """Every product has who makes it, as fulfilment would say: else nothing is for sale, and pages are shorter."""
    with httpx2.Client(timeout=60) as http:

        def sent(query: str, token: str = "") -> dict[str, Any]:
            answer = http.post(
                api, json={"query": query}, headers={"Authorization": f"Bearer {token}"} if token else {}
            )
            data: dict[str, Any] = answer.json()["data"]
            return data

        login = 'mutation { tokenCreate(email: "admin@example.com", password: "admin") { token } }'
        token = sent(login)["tokenCreate"]["token"]
        given, after = 'input: [{key: "producer", value: "labeur"}]', "null"
        while after:
            told = sent(
                f'{{ products(first: 100, after: {after}, channel: "consumer")'
                " { edges { node { id } } pageInfo { endCursor hasNextPage } } }"
            )["products"]
            ids = [edge["node"]["id"] for edge in told["edges"]]
            answers = f"{given}) {{ errors {{ code }} }}"
            each = [f'p{at}: updateMetadata(id: "{id_}", {answers}' for at, id_ in enumerate(ids)]
            for at in range(0, len(each), _AT_ONCE):
                sent(f"mutation {{ {' '.join(each[at : at + _AT_ONCE])} }}", token)
            after = json.dumps(told["pageInfo"]["endCursor"]) if told["pageInfo"]["hasNextPage"] else ""


@contextmanager
def fulfilment(codes: Sequence[str] = ()) -> Iterator[str]:
    """Promises, at once: they are no matter of Saleor's. On which day each of these codes would be ready, too."""
    ready = {code: f"2026-12-{1 + at % 28:02}" for at, code in enumerate(codes)}

    @Request.application
    def answer(request: Request) -> Response:
        if request.path.endswith("/ready-days"):
            return Response(json.dumps({"ready_on": ready}), mimetype="application/json")
        asked = request.args["codes"].split(",")
        told = [{"product_code": code, "sellable": True, "ready_on": "2026-12-04"} for code in asked]
        return Response(json.dumps({"promises": told}), mimetype="application/json")

    server = make_server(HOST, 0, answer, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{HOST}:{server.server_port}"
    finally:
        server.shutdown()


@contextmanager
def server(application: str, threads: int, env: Any, ready: str, port: int = 0) -> Iterator[tuple[str, int]]:
    """One worker of granian; its address and process id."""
    port = port or free_port()
    argv = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1", "--no-ws", "--log-level", "error"]
    argv += ["--blocking-threads", str(threads), "--host", HOST, "--port", str(port), application]
    running = subprocess.Popen(argv, env=dict(env), cwd=ROOT)
    url = f"http://{HOST}:{port}"
    try:
        _until_ready(f"{url}/{ready}")
        [worker] = _children(running.pid)
        yield url, worker
    finally:
        running.terminate()
        try:
            running.wait(timeout=30)
        except subprocess.TimeoutExpired:
            running.kill()  # a thread that still reads Saleor keeps it
            running.wait()


def _until_ready(url: str) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            if httpx2.get(url, timeout=5).status_code == 200:
                return
        except httpx2.TransportError:
            pass
        if time.monotonic() > until:
            raise SystemExit(f"{url} did not answer within {STARTS_WITHIN} s")
        time.sleep(0.2)


def _children(pid: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            about = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(about[1]) == pid and b"resource_tracker" not in (stat.parent / "cmdline").read_bytes():
            found.append(int(stat.parent.name))
    return found


def megabytes(pid: int) -> float:
    """Memory that a process has for itself and its share of what it has with others."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


@dataclass(frozen=True)
class Server:
    """Where it is, and the process id of its worker."""

    url: str
    worker: int

    def asked(self, path: str, seconds: float) -> tuple[Asked, float]:
        """How it went, and how many seconds of the processor one answer took."""
        before = processor_seconds(self.worker)
        found = ask(f"{self.url}{path}", seconds, {"Accept-Encoding": "gzip"})
        return found, (processor_seconds(self.worker) - before) / found.answers


def processor_seconds(pid: int) -> float:
    about = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(about[11]) + int(about[12])) / os.sysconf("SC_CLK_TCK")
