"""Which orders there are in a storm: what is bought, how it is paid and what becomes of it, all from one seed."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

Drawn = TypeVar("Drawn")

WHOLE, UNITS, GESTURE, RETURN = "whole", "units", "gesture", "return"
"""What is given back: everything or one piece before it is made, an amount, or one piece that was delivered."""

FATES = ((WHOLE, 3), (UNITS, 4), (GESTURE, 2), (RETURN, 2), ("", 89))
"""Of a hundred orders, so many go back in this way."""
CODES = (("VRIEND25", 4), ("CADEAU", 3), ("GRATIS", 3), ("", 90))
"""Of a hundred orders, so many are tried with this discount code."""
LINES = ((1, 60), (2, 30), (3, 10))
QUANTITIES = ((1, 75), (2, 20), (3, 5))
DECLINED_FIRST = 0.04
"""Of all customers, so many are refused by their bank at first."""
RARE = 0.06
"""Of all lines, so many are of what there is only so much of."""


@dataclass(frozen=True)
class Wish:
    """One order: products by slug and how many, the code, the way of paying and its `fate` (empty: it is made)."""

    number: int
    lines: tuple[tuple[str, int], ...]
    code: str
    method: str
    is_declined_first: bool
    fate: str

    @property
    def email(self) -> str:
        """By which everybody knows the order: the customer's own address."""
        return f"klant-{self.number}@storm.example"


def wish(seed: int, number: int, made: Sequence[str], stocked: Sequence[str]) -> Wish:
    """The order of this number, always the same; `made` are products made to order, `stocked` those that run out."""
    chance = random.Random(f"{seed}:{number}")  # noqa: S311 - it must be foreseeable
    lines: dict[str, int] = {}
    for _line in range(_drawn(chance, LINES)):
        slug = chance.choice(stocked if stocked and chance.random() < RARE else made)
        lines[slug] = _drawn(chance, QUANTITIES)
    return Wish(
        number,
        tuple(lines.items()),
        code=_drawn(chance, CODES),
        method=chance.choice(("bancontact", "card")),
        is_declined_first=chance.random() < DECLINED_FIRST,
        fate=_drawn(chance, FATES),
    )


def _drawn(chance: random.Random, weighted: Sequence[tuple[Drawn, int]]) -> Drawn:
    return chance.choices([found for found, _weight in weighted], [weight for _found, weight in weighted])[0]
