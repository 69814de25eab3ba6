"""What is made of a long list of Saleor's once, and not for every page."""

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Generic, TypeVar

from django.utils import translation

from shop.freshness import note
from shop.saleor.copies import news

Item = TypeVar("Item")
Made = TypeVar("Made")


class MadeOnce(Generic[Item, Made]):
    """Made of the list and its language, and anew when the list is another one. Where that ``takes_long``, pages show
    what was made of the former list until it is done, and are kept no longer."""

    def __init__(self, name: str, make: Callable[[Sequence[Item], str], Made], *, takes_long: bool = False) -> None:
        self._name, self._make, self._takes_long = name, make, takes_long
        self._held: dict[str, tuple[Sequence[Item], Made]] = {}
        self._lock = Lock()

    def of(self, listed: Sequence[Item]) -> Made:
        """What is made of this list, which is in the language that is spoken."""
        language = translation.get_language() or ""
        held = self._held.get(language)
        if held is None or (held[0] is not listed and not self._takes_long):
            return self._made(listed, language)[1]
        if held[0] is not listed:
            held = news(f"{self._name}:{language}", lambda: self._made(listed, language), 0) or held
        if held[0] is not listed:
            note(0.0)
        return held[1]

    def forget(self) -> None:
        """As if nothing had been made."""
        self._held.clear()

    def _made(self, listed: Sequence[Item], language: str) -> tuple[Sequence[Item], Made]:
        with self._lock:  # who comes meanwhile needs the same
            held = self._held.get(language)
            if held is None or held[0] is not listed:
                held = self._held[language] = (listed, self._make(listed, language))
            return held
