"""A price list as it is read: what belongs to one product stands together, and what was searched for is left. Pure."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import StringIO

from shop.fulfilment.companies import NetPrice
from shop.saleor.catalogue import ListedProduct
from shop.saleor.pictures import Picture
from shop.search.words import words


@dataclass(frozen=True, slots=True)
class Priced:
    """A product of the list; ``listed`` is what the shop tells of it, None where it is not sold to everybody too."""

    code: str
    name: str
    prices: tuple[NetPrice, ...]
    listed: ListedProduct | None

    @property
    def picture(self) -> Picture | None:
        return self.listed.picture_of(self.prices[0].sku) if self.listed else None

    @property
    def only(self) -> NetPrice | None:
        """The one price of a product that comes in one way."""
        return self.prices[0] if len(self.prices) == 1 and not self.prices[0].variant_name else None


def grouped(prices: Iterable[NetPrice], known: Mapping[str, ListedProduct]) -> list[Priced]:
    """In the order of the list. What has no product code stands by itself."""
    together: dict[str, list[NetPrice]] = {}
    for price in prices:
        together.setdefault(price.product_code or price.sku, []).append(price)
    return [Priced(code, found[0].name, tuple(found), known.get(code)) for code, found in together.items()]


def found(products: Iterable[Priced], query: str) -> list[Priced]:
    """Those of which each word that was typed begins a word; all of them where none was."""
    typed = words(query)
    return [one for one in products if all(_says(one, word) for word in typed)]


def _says(product: Priced, typed: str) -> bool:
    told = [product.code, product.name, *(text for price in product.prices for text in (price.sku, price.variant_name))]
    if product.listed:
        maker = product.listed.product.producer
        told += [product.listed.product.subtitle, product.listed.product.material, maker.name if maker else ""]
    return any(word.startswith(typed) for text in told for word in words(text))


def table(prices: Iterable[NetPrice], heading: Sequence[str], *, comma: bool) -> str:
    """CSV of the list, as spreadsheets of the page's language open it: with ``comma`` in amounts, else with a point.
    What a spreadsheet would take for a formula has a ' before it."""
    written = StringIO()
    writer = csv.writer(written, delimiter=";" if comma else ",")
    writer.writerow(heading)
    for one in prices:
        amount = f"{Decimal(one.net.minor).scaleb(-2):.2f}"
        texts = (one.product_code, one.sku, one.name, one.variant_name)
        row = (*(_plain(text) for text in texts), amount.replace(".", ",") if comma else amount, one.net.currency)
        writer.writerow(row)
    return written.getvalue()


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
