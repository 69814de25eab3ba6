"""Who may order from a price list, and from which amount on. Pure: no Saleor, no clock, no I/O."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any


class Reason(Enum):
    """Why an order from a price list is refused."""

    NO_ACCOUNT = "no_account"
    NOT_ENTITLED = "not_entitled"
    BELOW_MINIMUM = "below_minimum"


@dataclass(frozen=True)
class Buyer:
    """The account to which a checkout belongs."""

    is_active: bool
    customer_type: str
    """Slug of the one type that every customer has in Saleor."""
    is_default_type: bool
    """Whether that is the type which everybody is given who registers."""


@dataclass(frozen=True)
class PriceList:
    """What the staff set for a channel: the types of customers that may order, from how much net on."""

    customer_types: frozenset[str]
    minimum_net: Decimal

    def entitles(self, buyer: Buyer) -> bool:
        """Nobody gives himself a type, except the default one by registering: that one never opens a price list."""
        return buyer.is_active and not buyer.is_default_type and buyer.customer_type in self.customer_types


def buyer_of(checkout: Any) -> Buyer | None:
    """Whose Saleor's checkout is. Never `user` of its `checkout_info`: where an old payment gateway is used, Saleor
    puts there whoever has the e-mail address that was typed in."""
    user = checkout.user
    if user is None:
        return None
    kind = user.customer_type
    if kind is None:  # an account from before there were types, which Saleor takes for one of the default type
        return Buyer(user.is_active, customer_type="", is_default_type=True)
    return Buyer(user.is_active, kind.slug, kind.is_default)


def price_list(customer_types: str, minimum_net: str) -> PriceList:
    """As it was saved by staff, and held good then by `configuration_problems`."""
    return PriceList(frozenset(_slugs(customer_types)), Decimal(minimum_net))


def refusal(agreed: PriceList, buyer: Buyer | None, goods_net: Callable[[], Decimal]) -> Reason | None:
    """Why this must not become an order; None where it may. `goods_net`: after discounts, without VAT and shipping.

    It is asked only where it decides, since reckoning it may cost queries.
    """
    if buyer is None:
        return Reason.NO_ACCOUNT
    if not agreed.entitles(buyer):
        return Reason.NOT_ENTITLED
    if agreed.minimum_net and goods_net() < agreed.minimum_net:
        return Reason.BELOW_MINIMUM
    return None


def configuration_problems(
    customer_types: str, minimum_net: str, *, known: Mapping[str, bool], currency: str, decimals: int
) -> dict[str, str]:
    """What cannot be meant, by the name of the field; the texts are for the staff who configure it.

    `known`: the slug of each customer type in Saleor → whether it is the default one.
    """
    problems = {}
    if problem := _customer_types_problem(_slugs(customer_types), known):
        problems["customer_types"] = problem
    if problem := _minimum_problem(minimum_net, currency, decimals):
        problems["minimum_net"] = problem
    return problems


def _slugs(text: str) -> list[str]:
    return [slug for part in text.split(",") if (slug := part.strip())]


def _customer_types_problem(slugs: list[str], known: Mapping[str, bool]) -> str | None:
    if not slugs:
        return "Noem minstens één klanttype dat hier mag bestellen, met zijn slug."
    if unknown := [slug for slug in slugs if slug not in known]:
        return f"Saleor kent dit klanttype niet: {', '.join(unknown)}. Neem de slug over uit de lijst van klanttypes."
    if default := [slug for slug in slugs if known[slug]]:
        return (
            f"Het klanttype {default[0]} krijgt iedereen die zich registreert, en dan mag iedereen hier bestellen. "
            "Kies een ander."
        )
    return None


def _minimum_problem(text: str, currency: str, decimals: int) -> str | None:
    if not text:
        return "Vul het minimum in, of 0 als er geen is."
    if text.startswith("-"):
        return "Het minimum kan niet lager zijn dan 0."
    cents = rf"(\.[0-9]{{1,{decimals}}})?" if decimals else ""
    if not re.fullmatch(rf"[0-9]{{1,9}}{cents}", text):
        return _how_to_write(currency, decimals)
    return None


def _how_to_write(currency: str, decimals: int) -> str:
    if not decimals:
        return f"Schrijf een bedrag in {currency} met alleen cijfers: 250."
    return f"Schrijf een bedrag in {currency} met alleen cijfers, en de centen na een punt: 250.{'0' * decimals}."
