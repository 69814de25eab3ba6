"""Long lists of Saleor's, read once for everybody: as things in the memory of each process, as Saleor told them in
Valkey. One process at a time reads Saleor, page by page and in the background; the others take over what it kept.

However long a list is, a page of the shop waits for no more than its first part, and only where there is nothing yet.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic, time
from typing import Any, Generic, TypeVar
from uuid import uuid4

from django.core.cache import cache
from django.utils import translation
from redis.exceptions import RedisError

from shop import generation, settings
from shop.freshness import note
from shop.remembered import copy_of, keep_copy
from shop.saleor import copies
from shop.saleor.client import Saleor, document, spoken
from shop.saleor.copies import KEPT_SECONDS, is_fresh, news

PART = 100
"""Things that Saleor is asked for at once; it gives no more."""
RESTS = 20
"""A long list is read again once so many times have passed as reading it took: Saleor has more to do."""
_OURS_SECONDS = 30

Item = TypeVar("Item")
Node = dict[str, Any]
Part = tuple[list[Node], str | None]
"""Some of a list, and where it goes on; None where it ends."""


@dataclass(frozen=True, slots=True)
class Edition(Generic[Item]):
    """A list as it was read from ``asked_at`` on, which took so many seconds; ``is_whole``, or only its beginning."""

    items: tuple[Item, ...]
    asked_at: float
    told_in: int
    took: float
    is_whole: bool

    @property
    def lasts(self) -> float:
        """Seconds after which it is read again, if no change is told before."""
        return max(settings.CATALOGUE_CACHE_SECONDS, self.took * RESTS)

    @property
    def is_fresh(self) -> bool:
        return self.is_whole and is_fresh(self.asked_at, self.told_in, self.lasts)


class KeptList(Generic[Item]):
    """All that a connection of Saleor's gives, in every language. ``variables`` are those of the operation beside
    ``first`` and ``after``, ``item`` makes a thing of a node, and ``order`` says how things are sorted. ``beside`` is
    given all that Saleor answered, for what else is in it."""

    def __init__(
        self,
        operation: str,
        variables: Callable[[], dict[str, Any]],
        item: Callable[[Node], Item],
        order: Callable[[Item], Any],
        beside: Callable[[Node], None],
    ) -> None:
        self._operation, self._variables, self._item, self._order = operation, variables, item, order
        self._beside = beside
        self._held: dict[str, Edition[Item]] = {}

    def items(self, saleor: Saleor) -> tuple[Item, ...]:
        """In the language that is spoken. Raises SaleorError where nothing is known yet and Saleor does not tell."""
        language = translation.get_language() or ""
        held = self._held.get(language) or self._begin(saleor, language)
        if not held.is_fresh:
            # Only what was read in a moment is waited for, and only for a moment.
            wait = copies.QUICK if held.is_whole and held.took < copies.QUICK else 0
            news(f"list:{self._operation}:{language}", lambda: self._renew(language), wait)
            held = self._held.get(language, held)
        note(held.asked_at + held.lasts if held.is_whole else 0.0, held.told_in)
        return held.items

    def forget(self) -> None:
        """As if it had never been read."""
        self._held.clear()

    def _begin(self, saleor: Saleor, language: str) -> Edition[Item]:
        """What can be shown at once: the first part, from Valkey or from Saleor."""
        kept = _Kept(self._name())
        found = kept.begun()
        if found is None:
            began, asked_at, told_in = monotonic(), time(), generation.current()
            part = self._ask(saleor, None)
            edition = self._edition([part], asked_at, told_in, monotonic() - began, is_whole=part[1] is None)
            if edition.is_whole:
                kept.keep(0, part)
                kept.end(1, edition)
        else:
            part, edition_of = found
            edition = self._edition([part], *edition_of, is_whole=part[1] is None)
        return self._held.setdefault(language, edition)

    def _renew(self, language: str) -> None:
        """As another process has read it meanwhile, or as Saleor tells it now; what is held stays where another one is
        reading it."""
        with translation.override(language):
            kept = _Kept(self._name())
            edition = self._taken_over(kept)
            if edition and edition.is_fresh:
                self._held[language] = edition
            elif kept.is_ours_to_read():
                try:
                    self._held[language] = self._read(kept)
                finally:
                    kept.was_read()

    def _taken_over(self, kept: "_Kept") -> Edition[Item] | None:
        """All of it as it is in Valkey; None where it is not, or is about to be replaced."""
        found = kept.begun()
        if found is None:
            return None
        try:
            return self._edition(kept.parts(), *found[1], is_whole=True)
        except LookupError:
            return None

    def _read(self, kept: "_Kept") -> Edition[Item]:
        """All of it, from Saleor; kept part by part, so that no more than one is in memory as it was told."""
        began, asked_at, told_in = monotonic(), time(), generation.current()
        count = 0

        def parts() -> Iterator[Part]:
            nonlocal count
            saleor, after = Saleor(customer_address="", language=spoken()), None
            while count == 0 or after is not None:
                part = self._ask(saleor, after)
                kept.keep(count, part)
                yield part
                count, after = count + 1, part[1]

        edition = self._edition(parts(), asked_at, told_in, 0.0, is_whole=True)
        edition = Edition(edition.items, asked_at, told_in, monotonic() - began, is_whole=True)
        kept.end(count, edition)
        return edition

    def _edition(self, parts: Any, asked_at: float, told_in: int, took: float, *, is_whole: bool) -> Edition[Item]:
        items = sorted((self._item(node) for nodes, _after in parts for node in nodes), key=self._order)
        return Edition(tuple(items), asked_at, told_in, took, is_whole)

    def _ask(self, saleor: Saleor, after: str | None) -> Part:
        variables = {**self._variables(), "first": PART, "after": after}
        answered = saleor.as_nobody.read(self._operation, variables)
        self._beside(answered)
        told = answered[self._operation]
        page = told["pageInfo"]
        return [edge["node"] for edge in told["edges"]], page["endCursor"] if page["hasNextPage"] else None

    def _name(self) -> str:
        """Another document or other variables, the language's for one, make it another list."""
        asked = json.dumps([document(self._operation), self._variables()], sort_keys=True)
        return f"list:{self._operation}:{hashlib.sha256(asked.encode()).hexdigest()}"


class _Kept:
    """A list as it is in Valkey: what it is, and its parts, which all bear the mark of the same reading."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._reading = uuid4().hex

    def begun(self) -> tuple[Part, tuple[float, int, float]] | None:
        """The first part, and when it was asked, in which generation, and how long it took; None where it is gone."""
        head = copy_of(self._name)
        if head is None:
            return None
        self._reading, self._count, *about = head
        try:
            return self._part(0), tuple(about)
        except LookupError:
            return None

    def parts(self) -> Iterator[Part]:
        """All of what was begun. Raises LookupError where some is gone, or of another reading."""
        return (self._part(number) for number in range(self._count))

    def keep(self, number: int, part: Part) -> None:
        keep_copy(f"{self._name}:{number}", (self._reading, part), KEPT_SECONDS)
        with suppress(RedisError):
            cache.touch(f"{self._name}:reading", _OURS_SECONDS)

    def end(self, count: int, edition: Edition[Any]) -> None:
        """All parts are there."""
        about = (self._reading, count, edition.asked_at, edition.told_in, edition.took)
        keep_copy(self._name, about, KEPT_SECONDS)

    def is_ours_to_read(self) -> bool:
        """Whether nobody else is reading it; where Valkey does not tell, everybody reads for himself."""
        try:
            if not cache.add(f"{self._name}:reading", self._reading, _OURS_SECONDS):
                return False
        except RedisError:
            pass
        self._reading = uuid4().hex
        return True

    def was_read(self) -> None:
        with suppress(RedisError):
            cache.delete(f"{self._name}:reading")

    def _part(self, number: int) -> Part:
        found = copy_of(f"{self._name}:{number}")
        if found is None or found[0] != self._reading:
            raise LookupError(number)
        part: Part = found[1]
        return part
