"""Views whose pages are kept."""

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])

_counting: dict[Callable[..., Any], frozenset[str]] = {}


def kept_page(*counts: str) -> Callable[[View], View]:
    """A view, whatever else decorates it, whose page is the same to everybody who speaks a language and has as many
    pieces in the basket. ``counts`` are the names in the query that it heeds; others are not told to it.

    By GET it sees none of the visitor: no cookie, no session, no address (``shop.pages.asked.PageRequest``).
    """

    def kept(view: View) -> View:
        _counting[view] = frozenset(counts)
        return view

    return kept


def counting_of(view: Callable[..., Any]) -> frozenset[str] | None:
    """The names in the query that a view heeds; None where its pages are not kept."""
    return _counting.get(view)
