"""The tables of the file, and what is asked of each: a name, an amount, texts in other languages."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from catalogue.values import LANGUAGES, Translations


class Entry(dict[str, Any]):
    """A table of the file that says where it stands when something of it is missing."""

    def __init__(self, where: str, table: Mapping[str, Any]) -> None:
        super().__init__(table)
        self.where = where

    def __missing__(self, key: str) -> Any:
        raise ValueError(f"{self.where}: {key} is missing")


def entries(document: Mapping[str, Any], kind: str, key: str, *, needed: bool = False) -> list[Entry]:
    """The tables `[[kind]]`; each is named after its `key`."""
    tables = document.get(kind, [])
    if needed and not tables:
        raise ValueError(f"there is no [[{kind}]]")
    return [Entry(f"[[{kind}]] {table.get(key, '')}".rstrip(), table) for table in tables]


def known(where: str, kind: str, names: Iterable[str], there: Iterable[str]) -> None:
    """`ValueError` for a name of something that is not in the file."""
    for name in names:
        if name not in there:
            raise ValueError(f"{where}: no {kind} {name!r}")


def translations(entry: Entry, *fields: str) -> Translations:
    """The tables `en` and `fr` of an entry, which hold the texts of these fields."""
    found: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        texts = entry.get(language, {})
        unknown = sorted(set(texts) - set(fields))
        if unknown:
            raise ValueError(f"{entry.where}: {language}.{unknown[0]} is not a text that can be translated here")
        if texts:
            found[language] = dict(texts)
    return found


def minor(entry: Entry, key: str = "price") -> int:
    """An amount of an entry in minor units; every currency here has two decimals."""
    text = str(entry[key])
    try:
        scaled = Decimal(text).scaleb(2)
        whole = int(scaled)
    except (ArithmeticError, ValueError) as error:
        raise ValueError(f"{entry.where}: {key}: {text!r} is not an amount") from error
    if whole != scaled or whole < 0:
        raise ValueError(f"{entry.where}: {key}: {text!r} is not an amount in whole cents")
    return whole
