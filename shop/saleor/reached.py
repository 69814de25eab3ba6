"""Where parcels go and where things can be collected, for pages that ask Saleor nothing of it. They are told on the
way: the countries with the list of all products, the towns with each basket; every other process hears it from Valkey.
"""

from collections.abc import Iterable
from time import monotonic
from typing import Any

from shop.remembered import copy_of, keep_copy
from shop.saleor.copies import KEPT_SECONDS

_SECONDS = 60
"""After which a process listens to what others were told."""


class _Heard:
    """A few words by a name of Valkey's; None where nobody was told yet, in the first moments of a shop."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._words: tuple[str, ...] | None = None
        self._heard_at = 0.0

    def hear(self, words: Iterable[str]) -> None:
        found = tuple(sorted(set(words)))
        if found != self._words or self._is_old():
            keep_copy(self._name, found, KEPT_SECONDS)
        self._words, self._heard_at = found, monotonic()

    def words(self) -> tuple[str, ...]:
        """Asks Saleor nothing, and Valkey once a minute at most."""
        if self._is_old():
            copy: tuple[str, ...] | None = copy_of(self._name)
            self._words, self._heard_at = self._words if copy is None else copy, monotonic()
        return self._words or ()

    def forget(self) -> None:
        self._words = None

    def _is_old(self) -> bool:
        return self._words is None or monotonic() - self._heard_at > _SECONDS


_COUNTRIES, _TOWNS = _Heard("reached"), _Heard("collected_in")


def hear(told: dict[str, Any]) -> None:
    """What Saleor answered, with `shop.countries`."""
    _COUNTRIES.hear(country["code"] for country in told["shop"]["countries"])


def hear_towns(points: Iterable[dict[str, Any]]) -> None:
    """The collection points that Saleor offers a basket, as it tells them. What lies elsewhere comes only to some."""
    _TOWNS.hear(one["address"]["city"] for one in points if one["clickAndCollectOption"] == "ALL")


def codes() -> tuple[str, ...]:
    """The codes of the countries that parcels reach; none where nobody was told yet."""
    return _COUNTRIES.words()


def towns() -> tuple[str, ...]:
    """The towns where whatever is bought can be collected, as the basket that was last shown was offered."""
    return _TOWNS.words()


def forget() -> None:
    """As if nothing had been told."""
    _COUNTRIES.forget()
    _TOWNS.forget()
