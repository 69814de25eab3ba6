"""What a customer has to know before the checkout begins: what delivery costs, and what can be paid with."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from neighbours.budget import within
from shop.fulfilment.methods import payment_methods
from shop.money import Money
from shop.saleor.checkout import Checkout
from shop.saleor.client import Saleor
from shop.saleor.delivery import Delivery, DeliveryCosts, costs, deliveries
from shop.saleor.errors import SaleorError

_SECONDS = 2.5
"""A page does without what is not told by then."""

_NAMES: dict[str, str | Promise] = {
    "bancontact": "Bancontact",
    "card": pgettext_lazy("payment method", "kaart"),
    "ideal": "iDEAL",
    "paypal": "PayPal",
    "apple_pay": "Apple Pay",
    "google_pay": "Google Pay",
    "sepa_debit": pgettext_lazy("payment method", "SEPA-domiciliëring"),
    "eps": "EPS",
    "p24": "Przelewy24",
    "blik": "BLIK",
    "twint": "TWINT",
    "mb_way": "MB WAY",
    "wechat_pay": "WeChat Pay",
    "cartes_bancaires": "Cartes Bancaires",
    "customer_balance": pgettext_lazy("payment method", "overschrijving"),
}
"""How people here call them, the best known first. Others bear the name that Stripe gives them: `amazon_pay`."""


@dataclass(frozen=True, slots=True)
class Upfront:
    """``delivery`` is None where nobody tells what it costs; ``ways`` is how many ways of delivering there are for it,
    to its address where that is known; ``total`` is what there will be to pay, where every way of delivering costs the
    same; ``methods`` are the names of what can be paid with, empty where nobody tells."""

    delivery: DeliveryCosts | None
    ways: int
    total: Money | None
    methods: tuple[str, ...]


def upfront(saleor: Saleor, checkout: Checkout) -> Upfront:
    """For a page that shows this basket, whose customer may not have said yet where it goes."""
    with within(_SECONDS):
        offered = _offered(saleor, checkout)
        methods = payment_methods()
    delivery, total = costs(offered, checkout.subtotal), None
    if delivery and delivery.is_one_price and not checkout.voucher_code:
        total = Money(checkout.subtotal.minor + delivery.lowest.minor, checkout.total.currency)
    return Upfront(delivery, len(offered), total, tuple(_name(method) for method in sorted(methods, key=_place)))


def _offered(saleor: Saleor, checkout: Checkout) -> tuple[Delivery, ...]:
    country = checkout.shipping_address.country if checkout.shipping_address else ""
    try:
        return deliveries(saleor, country)
    except SaleorError:
        return ()


def _place(method: str) -> tuple[int, str]:
    known = [*_NAMES]
    return (known.index(method) if method in known else len(known), method)


def _name(method: str) -> str:
    return str(_NAMES.get(method) or method.replace("_", " ").title())
