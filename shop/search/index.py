"""Finds what somebody means among what the shop shows, mistyped too. Pure; one index for each language."""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from shop.search.words import forms, words

Found = TypeVar("Found")

LONGEST_QUERY = 100
"""Characters of a question that are looked at."""
EXACT, BEGINS, HOLDS, ALIKE = 1.0, 0.8, 0.5, 0.5
"""How well a word fits one of ours: it is the same, ours begins with it, holds it, or is spelt nearly so."""
SHORTEST_PART = 3
"""Letters from which on a word may be a part of one of ours: as ``lamp`` is of ``hanglamp``."""
MISTYPED = ((8, 2), (4, 1))
"""Letters of a word, and how many faults it may then have."""


@dataclass(frozen=True, slots=True)
class Entry(Generic[Found]):
    """One thing that can be found. ``texts`` is what is written about it, each with how much that weighs."""

    found: Found
    texts: Sequence[tuple[str, float]]


class Index(Generic[Found]):
    """What is written about all things, in one language."""

    def __init__(self, entries: Iterable[Entry[Found]], language: str) -> None:
        self._language = language
        self._found: list[Found] = []
        self._weights: list[float] = []
        self._places: dict[str, array[int]] = {}
        """Where each word stands: two numbers for each thing, its place and that of the weight. A large collection has
        a hundred thousand of them in each language."""
        for at, entry in enumerate(entries):
            self._found.append(entry.found)
            for form, weight in self._weighed(entry).items():
                if weight not in self._weights:
                    self._weights.append(weight)
                self._places.setdefault(form, array("I")).extend((at, self._weights.index(weight)))
        self._words = list(self._places)

    def _weighed(self, entry: Entry[Found]) -> dict[str, float]:
        """Every form of its words, with the most that one of its texts gives it."""
        found: dict[str, float] = {}
        for text, weight in entry.texts:
            for form in {form for word in words(text) for form in forms(word, self._language)}:
                found[form] = max(weight, found.get(form, 0))
        return found

    def search(self, query: str) -> list[Found]:
        """What fits every word of the question, best first; what is equally good stays in its order.

        Nothing for a question without a word.
        """
        asked = words(query[:LONGEST_QUERY])
        if not asked:
            return []
        scores = self._scores(asked[0])
        for word in asked[1:]:
            more = self._scores(word)
            scores = {at: score + more[at] for at, score in scores.items() if at in more}
        return [self._found[at] for at, _score in sorted(scores.items(), key=lambda one: (-one[1], one[0]))]

    def _scores(self, asked: str) -> dict[int, float]:
        """How well each thing fits one word, by its place."""
        scores: dict[int, float] = {}
        for word, fit in self._fitting(asked).items():
            places = self._places[word]
            for at, weight in zip(places[::2], places[1::2], strict=True):
                scores[at] = max(fit * self._weights[weight], scores.get(at, 0))
        return scores

    def _fitting(self, asked: str) -> Mapping[str, float]:
        """Our words that may be meant. Where one is the word itself, it was not mistyped."""
        meant = forms(asked, self._language)
        same = {form: EXACT for form in meant if form in self._places}
        parts = {word: fit for word in self._words if (fit := _part(meant, word))}
        return {**parts, **same} or self._alike(meant)

    def _alike(self, meant: Iterable[str]) -> Mapping[str, float]:
        """Our words that are spelt nearly so, the nearer the better."""
        alike: dict[str, float] = {}
        for form in meant:
            faults = next((faults for letters, faults in MISTYPED if len(form) >= letters), 0)
            if faults:
                near = process.extract_iter(form, self._words, scorer=DamerauLevenshtein.distance, score_cutoff=faults)
                alike |= {word: max(ALIKE / distance, alike.get(word, 0)) for word, distance, _at in near}
        return alike


def _part(meant: Iterable[str], word: str) -> float:
    """How well our word fits where it holds what is meant; 0 where it does not."""
    long_enough = [form for form in meant if len(form) >= SHORTEST_PART and form in word]
    if not long_enough:
        return 0
    return BEGINS if word.startswith(tuple(long_enough)) else HOLDS
