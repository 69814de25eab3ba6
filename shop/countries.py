"""Countries as people call them, in the language that is spoken."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from functools import cache

from babel import Locale
from babel.lists import format_list
from django.utils.translation import ngettext

from shop.languages import current

_OTHERS = "AC CP CQ DG EA EU EZ IC QO TA UN XA XB ZZ"
_NOT_ONE = frozenset(_OTHERS.split())
"""Codes with a name that are no country of ISO 3166, or a part of one: nobody has an invoice sent there."""
_FEW = 4
"""So many are named in a sentence."""
_CODE = re.compile("[A-Z]{2}")


def name_of(code: str) -> str:
    """``BE`` is België; a code that nobody knows stands for itself."""
    return _names(current()).get(code, code)


def by_name(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Each with its name, in the order of the names."""
    return _sorted((code, name_of(code)) for code in codes)


def every() -> tuple[tuple[str, str], ...]:
    """All there are, each with its name, in the order of the names."""
    return _every(current())


def together(codes: Iterable[str]) -> str:
    """Their names in one phrase: ``België en Nederland``."""
    return str(format_list([name for _code, name in by_name(codes)], locale=current()))


def in_short(codes: Collection[str]) -> str:
    """The same for a sentence that must not grow: ``België en Nederland``, or ``27 landen``."""
    if len(codes) <= _FEW:
        return together(codes)
    return ngettext("%(n)s land", "%(n)s landen", len(codes)) % {"n": len(codes)}


@cache
def _every(language: str) -> tuple[tuple[str, str], ...]:
    found = _names(language).items()
    return tuple(_sorted((code, name) for code, name in found if _CODE.fullmatch(code) and code not in _NOT_ONE))


@cache
def _names(language: str) -> dict[str, str]:
    return dict(Locale.parse(language).territories)


def _sorted(named: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(named, key=lambda one: _order(one[1]))


def _order(name: str) -> str:
    """Without accents: Åland stands with the A."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign)).casefold()
