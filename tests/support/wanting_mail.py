"""People who want mail: when something is there again, or our newsletter."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from fulfilment.errors import GatewayError
from fulfilment.flows import subscribe, wish_restock
from fulfilment.flows.wish_restock import Asked
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.saleor.offers import StockedProduct
from fulfilment.mail.models import Mail
from fulfilment.restock.models import RestockWish
from tests.support.outside import asked_from_outside_of_transactions

EMAIL = "an@example.com"
MOSS = Asked("consumer", "UHJvZHVjdDox", "UHJvZHVjdFZhcmlhbnQ6MQ==", "Inslag", "mos")
CLAY = Asked("consumer", "UHJvZHVjdDox", "UHJvZHVjdFZhcmlhbnQ6Mg==", "Inslag", "klei")


@dataclass
class StockInMemory:
    """A Saleor that tells what of a product can be bought."""

    products: dict[str, StockedProduct] = field(default_factory=dict)
    down: GatewayError | None = None
    refused: set[str] = field(default_factory=set)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def stocked(self, product_id: str, channel: str) -> StockedProduct | None:
        asked_from_outside_of_transactions()
        self.asked.append((channel, product_id))
        if self.down is not None:
            raise self.down
        if product_id in self.refused:
            raise GatewayError("no such product", retry=False)
        return self.products.get(product_id)

    def put(self, buyable: Mapping[str, str], *, product: str = MOSS.product_id, code: str = "SG-005") -> None:
        self.products[product] = StockedProduct(code, "inslag", buyable)

    def as_saleor(self) -> Saleor:
        return cast(Saleor, self)


def wish(asked: Asked = MOSS, *, email: str = EMAIL, now: datetime, language: str = "nl") -> RestockWish:
    """Somebody asked for it, and confirmed it."""
    wish_restock.ask(email, asked, language=language, now=now)
    wish_restock.confirm(link_in(Mail.objects.filter(to=email).latest("pk")), now=now)
    return RestockWish.objects.get(email__iexact=email, variant_id=asked.variant_id)


def reader(email: str = EMAIL, *, now: datetime, language: str = "nl") -> None:
    """Somebody asked for the newsletter, and confirmed it."""
    subscribe.ask(email, language=language, text_version="2026-11", now=now)
    subscribe.confirm(link_in(Mail.objects.filter(to=email).latest("pk")), now=now)


def link_in(mail: Mail) -> str:
    """The token of the button in a mail."""
    found = re.search(r"/(?:bevestigen|confirm|confirmer)/([\w.-]+)/", mail.text)
    assert found, mail.text
    return found[1]


def leaving(mail: Mail) -> str:
    """The token by which its reader wants no more."""
    return mail.unsubscribe.rstrip("/").rpartition("/")[2]
