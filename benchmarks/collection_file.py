"""The demo's file with a collection as large as one wishes: its own pieces, and thousands made up of them.

    python -m benchmarks.collection_file --products 5000 --collections 50 FILE

The file is set up like any other (`setup_saleor FILE`). The same numbers give the same file.
"""

import argparse
import json
import random
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

DEMO = Path(__file__).resolve().parents[1] / "demo" / "catalogue.toml"
SYLLABLES = [f"{sign}{vowel}" for sign in "bdgklmnrstvwz" for vowel in "aeo"]
VOCABULARY = 4000
"""Different words that names and subtitles are made of, some used far more often than others."""
_OF_EACH = 4
"""Pieces of a collection overlap: a piece stands in so many at most."""


def described(products: int, collections: int) -> dict[str, Any]:
    """What the file says, with so many of each, those of the demo among them."""
    document = tomllib.loads(DEMO.read_text(encoding="utf-8"))
    chance = random.Random(f"{products} {collections}")
    words = _words(chance)
    own = document["product"]
    more = [_piece(own[at % len(own)], at, words, chance) for at in range(len(own), products)]
    document["product"] = [*own, *more]
    codes = [piece["code"] for piece in document["product"]]
    named = range(len(document["collection"]), collections)
    document["collection"] += [_collection(at, codes, collections, words, chance) for at in named]
    return document


def written(document: Mapping[str, Any]) -> str:
    """The text of the file."""
    return "\n".join(_table((), document)) + "\n"


def _words(chance: random.Random) -> Sequence[str]:
    found: dict[str, None] = {}
    while len(found) < VOCABULARY:
        found["".join(chance.choices(SYLLABLES, k=chance.randint(2, 4)))] = None
    return list(found)


def _some(words: Sequence[str], count: int, chance: random.Random) -> str:
    """The first ones come up most, as in a language."""
    return " ".join(words[int(len(words) * chance.random() ** 3)] for _one in range(count))


def _piece(base: Mapping[str, Any], at: int, words: Sequence[str], chance: random.Random) -> dict[str, Any]:
    """A piece like one of the demo's, with a name, a price and a stock of its own."""
    name = f"{base['name']} {_some(words, 1, chance)} {at}"
    euros = chance.randint(15, 450)
    texts = {"name": name, "subtitle": f"{base['subtitle']}, {_some(words, 3, chance)}"}
    made = {**base, "code": f"XL-{at:05}", "slug": f"{base['slug']}-{at}", "price": f"{euros}.00"}
    variants = [
        {**variant, "sku": f"XL-{at:05}-{number}", "stock": chance.choice((0, 2, 20)), "price": f"{euros + number}.00"}
        for number, variant in enumerate(base["variant"])
    ]
    for variant in variants:
        variant.pop("prices", None)
    return {**made, **texts, "prices": {"wholesale": f"{euros * 2 // 3}.00"}, "variant": variants}


def _collection(
    at: int, codes: Sequence[str], collections: int, words: Sequence[str], chance: random.Random
) -> dict[str, Any]:
    count = max(1, len(codes) * _OF_EACH // collections)
    name = f"{_some(words, 1, chance).capitalize()} {at}"
    told = {"slug": f"collectie-{at}", "name": name, "description": f"{_some(words, 12, chance).capitalize()}."}
    return {**told, "products": sorted(chance.sample(codes, min(count, len(codes))))}


def _table(path: tuple[str, ...], table: Mapping[str, Any]) -> Iterator[str]:
    """A table as TOML: what is plain first, then the tables in it."""
    inner = {key: value for key, value in table.items() if _holds_tables(value)}
    yield from (f"{key} = {_value(value)}" for key, value in table.items() if key not in inner)
    for key, value in inner.items():
        within = (*path, key)
        for one in value:
            yield f"\n[[{'.'.join(within)}]]"
            yield from _table(within, one)


def _holds_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_value(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, str | bool | int | float):
        return json.dumps(value, ensure_ascii=False)
    return str(value)  # a day


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.collection_file", description=__doc__)
    parser.add_argument("--products", type=int, default=5000)
    parser.add_argument("--collections", type=int, default=50)
    parser.add_argument("file", type=Path)
    given = parser.parse_args(arguments)
    given.file.write_text(written(described(given.products, given.collections)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
