"""A round over many things stops at none of them: what fails is put off and counted, and the next one is looked at.

After a bounded number of tries it stands on the operator's list, and leaves it once it was done. Every round of the
clock that goes from item to item does so by `each`; what has a mark (`inbox.marks`) is put off and counted there.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from django.db import InterfaceError, OperationalError
from django.db.models import F

from fulfilment.advisory import timed_out
from fulfilment.errors import GatewayError
from fulfilment.inbox.issues import raise_issue, readable, resolve
from fulfilment.inbox.models import OpenIssue, PutOff
from fulfilment.outside import stuck
from telemetry.trace import apart

log = logging.getLogger(__name__)

Item = TypeVar("Item")
Done = TypeVar("Done")

TRIES = 3
"""How often an item is tried before a person must look."""

LONGEST_NAME = 200

AWAY = 3
"""How many items at the end of a round whose neighbour gave no good answer say that it went away, and that it is not
the items. Earlier ones, after which it answered, are stones, however many lie beside each other."""


@dataclass(frozen=True)
class Told:
    """The exception of an item that cannot be done."""

    kind: str
    subject: str
    message: str


@dataclass
class _Round(Generic[Item]):
    name: str
    named: Callable[[Item], str]
    tries: int
    tell: Callable[[Item, Exception], Told | None]
    now: datetime
    known: set[str] = field(default_factory=set)
    put_off: set[str] = field(default_factory=set)

    def done(self, item: Item) -> None:
        self._over(_kept(self.named(item)))

    def ended(self) -> None:
        """What was put off in an earlier round and is none of this one any more is over."""
        for name in self.known - self.put_off:
            self._over(name)

    def _over(self, name: str) -> None:
        if name in self.known:
            PutOff.objects.filter(round=self.name, item=name).delete()
            resolve(OpenIssue.Kind.FAULT, self._subject(name), self.now)

    def failed(self, item: Item, error: Exception) -> None:
        name = _kept(self.named(item))
        self.put_off.add(name)
        foreseen = isinstance(error, GatewayError)
        log.warning("%s: %s is put off: %r", self.name, name, error, exc_info=None if foreseen else error)
        row, _made = PutOff.objects.get_or_create(round=self.name, item=name, defaults={"first_at": self.now})
        PutOff.objects.filter(pk=row.pk).update(failures=F("failures") + 1)
        told = self.tell(item, error)
        if told is not None:
            raise_issue(told.kind, told.subject, told.message, self.now)
        elif row.failures + 1 >= (TRIES if _is_held(error) else self.tries):
            raise_issue(OpenIssue.Kind.FAULT, self._subject(name), stuck(error), self.now)

    def _subject(self, name: str) -> str:
        return f"{self.name}:{name}"


def each(
    name: str,
    items: Iterable[Item],
    do: Callable[[Item], Done],
    *,
    named: Callable[[Item], str],
    now: datetime,
    tries: int = TRIES,
    tell: Callable[[Item, Exception], Told | None] = lambda item, error: None,
    all_there: bool = True,
) -> list[Done]:
    """What `do` answered for each item that could be done. To be called in no transaction.

    `named` is what an item is called on the list, the same in every round. `tries` is less where a round comes seldom.
    `tell` has words of its own for a failure that was foreseen: it stands on the list at once.
    `all_there` says that a round has all that there is to do: what is not in it any more is over.
    Passed on are our database being away, and, once all were tried, a neighbour that gives nobody a good answer any
    more (`GatewayError`); one that hangs costs no time by then (`neighbours`).
    """
    known = set(PutOff.objects.filter(round=name).values_list("item", flat=True))
    going = _Round(name, named, tries, tell, now, known)
    found: list[Done] = []
    unheard: list[tuple[Item, GatewayError]] = []
    for item in items:
        with apart():
            try:
                found.append(do(item))
            except GatewayError as error:
                if error.retry:
                    unheard.append((item, error))
                    continue
                going.failed(item, error)
            except Exception as error:
                if isinstance(error, OperationalError | InterfaceError) and not _is_held(error):
                    raise
                going.failed(item, error)
                continue  # which says nothing of the neighbour
            else:
                going.done(item)
        unheard = _put_off(going, unheard)
    if unheard and (not found or len(unheard) >= AWAY):
        raise unheard[-1][1]
    _put_off(going, unheard)
    if all_there:
        going.ended()
    return found


def _put_off(going: _Round[Item], unheard: list[tuple[Item, GatewayError]]) -> list[tuple[Item, GatewayError]]:
    """The neighbour answers others: it was the item."""
    for item, error in unheard:
        going.failed(item, error)
    return []


def _is_held(error: Exception) -> bool:
    """Whether somebody merely keeps a lock that it needs."""
    return isinstance(error, OperationalError) and timed_out(error)


def _kept(name: str) -> str:
    """A name as it can be stored."""
    return readable(name)[:LONGEST_NAME]
