"""What somebody typed, and what we wrote, as words that can be held against each other."""

import re
import unicodedata
from functools import cache, lru_cache

import snowballstemmer

STEMMERS = {"nl": ("dutch_porter", "dutch"), "en": ("english",), "fr": ("french",)}
"""Snowball's names for each language of the shop. One of the Dutch ones knows ``krukje``, the other ``koorden``."""

_WORD = re.compile(r"[^\W_]+")
_JOINED = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l"})
_DOUBLED = re.compile(r"([aeou])\1")
_REMEMBERED = 2_000  # those of the words that come up most: a name that is in one product alone is stemmed once


def words(text: str) -> list[str]:
    """Its words and numbers in small letters and without accents, in their order: ``Thé-kan`` is ``the``, ``kan``."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_JOINED))
    return _WORD.findall("".join(letter for letter in apart if not unicodedata.combining(letter)))


@lru_cache(maxsize=_REMEMBERED)
def forms(word: str, language: str) -> frozenset[str]:
    """The word, and what is left of it without a plural's or a verb's end: it is meant where one of them is the same.

    Stemmers take too much off some singulars (``deken`` becomes ``dek``), and then the word itself says it.
    """
    stems = [_stemmer(name).stemWord(word) for name in STEMMERS[language]]
    # Dutch writes one of a doubled vowel in the plural, and a stemmer does not put it back: `manen` and `maan`.
    return frozenset((word, *stems, *(_DOUBLED.sub(r"\1", stem) for stem in stems)))


@cache
def _stemmer(name: str) -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer(name)
