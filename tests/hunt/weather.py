"""What goes wrong between fulfilment and the others: nobody answers, or nobody hears the answer."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
import requests
from kombu.exceptions import OperationalError

from tests.killing.probe import Killed, Probe
from tests.support.outside import asked_from_outside_of_transactions

PROGRAMS = ("SALEOR", "STRIPE", "SMTP", "QUEUE")

REFUSED: Mapping[str, Callable[[], Exception]] = {
    "SALEOR": lambda: httpx2.ConnectError("Connection refused"),
    "STRIPE": lambda: requests.ConnectionError("Connection refused"),
    "SMTP": lambda: ConnectionRefusedError("Connection refused"),
    "QUEUE": lambda: OperationalError("Connection refused"),
}
UNHEARD: Mapping[str, Callable[[], Exception]] = {
    "SALEOR": lambda: httpx2.ReadTimeout("The read operation timed out"),
    "STRIPE": lambda: requests.ReadTimeout("Read timed out"),
    "SMTP": lambda: TimeoutError("timed out"),
    "QUEUE": lambda: OperationalError("timed out"),
}


@dataclass
class Weather(Probe):
    """Every call of fulfilment passes here.

    `down` are the programs that nobody reaches. Of the next `lost` calls of a program that act, the answer gets lost;
    the next `cut` processes of fulfilment die once they have done all that they had to do.
    """

    down: set[str] = field(default_factory=set)
    lost: Counter[str] = field(default_factory=Counter)
    cut: int = 0
    _asking: bool = False

    @property
    def is_clear(self) -> bool:
        return not (self.down or +self.lost or self.cut)

    def clears(self) -> None:
        self.down.clear()
        self.lost.clear()
        self.cut = 0

    @contextmanager
    def process(self) -> Iterator[None]:
        before, self._asking = self._asking, True
        try:
            yield
        finally:
            self._asking = before
        if self.cut:
            self.cut -= 1
            raise Killed("it died before anybody heard its answer")

    @contextmanager
    def elsewhere(self) -> Iterator[None]:
        before, self._asking = self._asking, False
        try:
            yield
        finally:
            self._asking = before

    def calls(self, what: str, do: Callable[[], Any], *, acts: bool) -> Any:
        if not self._asking:
            return do()
        if not what.startswith("QUEUE"):
            asked_from_outside_of_transactions()
        program = what.partition(" ")[0]
        if program in self.down:
            raise REFUSED[program]()
        with self.elsewhere():
            answer = do()
        if acts and self.lost[program]:
            self.lost[program] -= 1
            raise UNHEARD[program]()
        return answer

    def statement(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        return execute(sql, params, many, context)

    def commit(self, do: Callable[[], None]) -> None:
        do()
