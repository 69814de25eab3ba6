"""Calls that go wrong at random, a given share of all, in a row that a seed repeats.

- `closed`: the connection closes without an answer, and nothing was done.
- `hanging`: nothing happens for `hang_seconds`, then it is done and answered, whether or not anybody still listens.
- `garbage`: a page of HTML is the answer, and nothing was done.
- `unanswered`: it was done, and the answer is a 500 or a connection that closes.

Which call goes wrong, and how, follows from the seed and the number of the call alone.
"""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import uuid4

from werkzeug.wrappers import Request, Response

from sandbox.common.faults import DISTURBED, Faults
from sandbox.common.store import Store
from sandbox.common.worker import Clock

_HANGS = 10.0
"""Seconds, where none are set."""
_GARBAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n"


@dataclass(frozen=True)
class Disturbance:
    """How one call goes wrong; `is_cut` says of an unanswered one that the connection closes (else it is a 500)."""

    kind: str
    is_cut: bool


def disturbance(seed: int, number: int, percent: float, kinds: Sequence[str]) -> Disturbance | None:
    """What happens to the call of this number; None to most."""
    chance = random.Random(f"{seed}:{number}")  # noqa: S311 - it must be foreseeable
    if chance.random() * 100 >= percent:
        return None
    return Disturbance(chance.choice(kinds or DISTURBED), chance.random() < 0.5)


class Disturbances:
    """Stands around the calls at the addresses that begin with one of `prefixes`. What was disturbed is kept as a
    `disturbance` document: its number, the kind, the call and when."""

    def __init__(
        self,
        store: Store,
        faults: Faults,
        clock: Clock,
        prefixes: tuple[str, ...],
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = store
        self._faults = faults
        self._clock = clock
        self._prefixes = prefixes
        self._pause = pause

    def around(self, request: Request, answer: Callable[[], Response]) -> Response:
        """The answer to a call, or what became of it; `answer` does the work."""
        if not request.path.startswith(self._prefixes):
            return answer()
        values = self._faults.values()
        if not values["fault_percent"]:
            return answer()
        found = self._next(request)
        if found is None:
            return answer()
        if found.kind == "closed":
            return closed()
        if found.kind == "garbage":
            return Response(_GARBAGE, 200, mimetype="text/html")
        if found.kind == "hanging":
            self._pause(float(values["hang_seconds"]) or _HANGS)
            return answer()
        answer()
        return closed() if found.is_cut else Response("Internal Server Error", 500, mimetype="text/plain")

    def _next(self, request: Request) -> Disturbance | None:
        with self._store.write() as tx:
            values = self._faults.values(tx)
            number = self._faults.next_call(tx)
            found = disturbance(values["fault_seed"], number, values["fault_percent"], values["fault_kinds"])
            if found is not None:
                kept = {"number": number, "kind": found.kind, "call": f"{request.method} {request.path}"}
                one = f"dis_{uuid4().hex}"
                tx.insert("disturbance", one, {"id": one, "at": self._clock(), **kept})
        return found


def closed() -> Response:
    """No answer: a server that was promised a body and is given none closes the connection."""
    return Response(iter(()), 502, headers={"Content-Length": "1000"}, mimetype="text/plain")
