"""What a valid agreement is."""

from collections.abc import Sequence
from dataclasses import dataclass

from fulfilment.errors import Refusal
from fulfilment.money import BASIS_POINTS
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
    percent = [term for term in terms if term.basis_points is not None]
    total = sum(term.basis_points or 0 for term in percent)
    if total != BASIS_POINTS:
        raise Refusal(f"De percentages tellen op tot {total / 100:.2f} %, het moet precies 100 % zijn.", "NOT_100")
    last_fixed = max((term.rank for term in terms if term.amount_minor is not None), default=0)
    if any(term.rank < last_fixed for term in percent):
        raise Refusal("Vaste bedragen komen vóór de percentages.", "ORDER_OF_TERMS")
