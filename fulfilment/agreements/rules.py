"""What a valid agreement is, and who may change what of it, when.

An agreement has no state of its own: its signatures and its dates say how far it is.

| how far | what that is | what may change of it |
|---|---|---|
| draft | nobody signed | all of it, and it may be thrown away: an operator, in the back office |
| being signed | some of those it names signed | the same; whoever signed must then sign again |
| bound | all signed, and `bound_at` says when | it may end, or end earlier: a later version takes over |
| in force | bound, from `valid_from` to `valid_until` | as bound |
| over | bound, after `valid_until` | as bound |

The version is counted within product code and price list, and anew where one of these changes. A form or a signature
counts for what was read: where somebody else changed the agreement meanwhile, it is refused. An agreement can be signed
once everybody it names has a tax regime on its first day.

From binding on the database refuses any other change, whoever asks, of the agreement, its terms and its signatures, and
of kind and slug of the partners that it names (the first migration). So a bound agreement may be kept in memory
(`queries.by_ids`), and a change is always a new version.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fulfilment.errors import Refusal
from fulfilment.money import BASIS_POINTS, percent
from fulfilment.policies import DiscountPolicy


@dataclass(frozen=True)
class TermInForce:
    """One step of the waterfall: `amount_minor` per unit (fixed), or `basis_points` of the remainder (percent)."""

    rank: int
    partner_id: int
    partner_kind: str
    amount_minor: int | None
    basis_points: int | None


@dataclass(frozen=True)
class AgreementInForce:
    """An agreement that binds on the day asked for; `discount_policy` names who bears a discount that nobody funds."""

    id: int
    product_code: str
    price_list: str
    version: int
    producer_id: int
    producer_slug: str
    discount_policy: DiscountPolicy
    terms: tuple[TermInForce, ...]


def check_terms(terms: Sequence[TermInForce]) -> None:
    """`Refusal` unless percentages total exactly 100 % and come after every fixed amount."""
    of_the_rest = [term for term in terms if term.basis_points is not None]
    total = sum(term.basis_points or 0 for term in of_the_rest)
    if total != BASIS_POINTS:
        raise Refusal(f"De percentages tellen op tot {percent(total)} %, het moet precies 100 % zijn.", "NOT_100")
    last_fixed = max((term.rank for term in terms if term.amount_minor is not None), default=0)
    if any(term.rank < last_fixed for term in of_the_rest):
        raise Refusal("Vaste bedragen komen vóór de percentages.", "ORDER_OF_TERMS")
