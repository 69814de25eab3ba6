"""What somebody waits for can be bought again: they are told once, and the wish is forgotten with that mail.

Everybody who waits is told, also where there are fewer pieces than people: so the mail promises none.
"""

from datetime import datetime
from urllib.parse import quote, urlencode

from django.db import transaction
from django.utils import timezone

from fulfilment.agreements.queries import in_force
from fulfilment.flows import opt_in
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.saleor.offers import StockedProduct
from fulfilment.inbox.rounds import each
from fulfilment.mail.models import Mail
from fulfilment.mail.write import write
from fulfilment.orders.pages import page
from fulfilment.restock.models import RestockWish

EVERYTHING = "alles"
"""The one object of a mark of what is there again, as an operator reads it: all that is waited for is looked at."""

OF = "restock"
"""What the links of these mails are good for."""


def asked(wish: RestockWish, *, language: str, now: datetime) -> None:
    """The button that confirms; or, where it was confirmed before, just that. In the language of the page.

    To be called inside the transaction in which it was asked.
    """
    leave, context = opt_in.leave_link(OF, wish.public_id, language), {"what": wish.what}
    if wish.confirmed_at is not None:
        opt_in.remind("restock_known", wish.public_id, wish.email, context, leave=leave, language=language, now=now)
        return
    context["link"] = opt_in.confirm_link(OF, wish.public_id, language, now=now)
    opt_in.mail("restock_confirm", wish.public_id, wish.email, context, leave=leave, language=language, now=now)


def somebody_waits() -> bool:
    """Whether there is anything to look at."""
    return RestockWish.objects.exclude(confirmed_at=None).exists()


def tell_restock(saleor: Saleor, *, now: datetime) -> int:
    """Look at everything that is waited for, and tell whom it is there for; how many were told.

    One product that Saleor refuses, or a mail that cannot be written, holds up no other. `GatewayError` where Saleor is
    away: nobody is forgotten, and the next look finds them.
    """
    waiting = RestockWish.objects.exclude(confirmed_at=None).order_by("channel", "product_id")
    products = list(waiting.values_list("channel", "product_id").distinct())
    told = each("restock", products, lambda one: _tell_of(saleor, *one, now=now), named=lambda one: one[1], now=now)
    return sum(told)


def _tell_of(saleor: Saleor, channel: str, product_id: str, *, now: datetime) -> int:
    found = saleor.stocked(product_id, channel)
    if found is None or not in_force([found.code], timezone.localdate(now)):
        return 0
    rows = RestockWish.objects.filter(channel=channel, product_id=product_id, variant_id__in=found.buyable)
    return sum(_tell(wish, found, now) for wish in rows.exclude(confirmed_at=None))


@transaction.atomic
def _tell(wish: RestockWish, found: StockedProduct, now: datetime) -> bool:
    """Whoever takes the row away writes the mail: of two who look at once, and of who withdraws meanwhile, one does."""
    gone, _of_each = RestockWish.objects.filter(pk=wish.pk).exclude(confirmed_at=None).delete()
    if gone:
        context = {"what": wish.what, "link": _link(wish, found)}
        leave = opt_in.leave_link(OF, wish.public_id, wish.language)
        write(_key(wish.public_id), wish.email, "restock_there", context, now, wish.language, unsubscribe=leave)
    return bool(gone)


def told_to(public_id: str) -> str:
    """Where the mail went that a wish ended with; "" where there was none, or it is forgotten."""
    return Mail.objects.filter(key=_key(public_id)).values_list("to", flat=True).first() or ""


def _key(public_id: str) -> str:
    return f"restock:{public_id}:there"


def _link(wish: RestockWish, found: StockedProduct) -> str:
    """Its page in the shop, with the variant chosen."""
    sku = found.buyable[wish.variant_id]
    return page("product", wish.language, quote(found.slug)) + (f"?{urlencode({'variant': sku})}" if sku else "")
