"""What became of a basket since its visitor last saw it, said before it is paid for.

Saleor prices a basket anew by itself. So the visit remembers what each page showed.
"""

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from shop.money import Money, format_money
from shop.saleor.checkout import Checkout
from shop.visit import Visit


def tell_changes(request: HttpRequest, checkout: Checkout) -> None:
    """Tells once of each price that is another than the last page showed. To be called by whatever shows the basket."""
    visit = Visit(request)
    seen = visit.seen_prices
    shown = {line.variant.id: (line.product.name, line.unit_price) for line in checkout.lines}
    if checkout.delivery and checkout.has_delivery:
        shown[checkout.delivery.id] = (checkout.delivery.name, checkout.delivery_price)
    told = _("De prijs van %(name)s is veranderd: van %(former)s naar %(now)s.")
    for key, (name, price) in shown.items():
        former = Money(seen.get(key, price.minor), price.currency)
        if former != price:
            messages.warning(request, told % {"name": name, "former": format_money(former), "now": format_money(price)})
    visit.remember_prices({key: price.minor for key, (_name, price) in shown.items()})


def tell_what_is_short(request: HttpRequest) -> None:
    """For who is led back to the basket out of the checkout."""
    told = _(
        "Iets in je mandje is intussen veranderd: er zijn er niet genoeg meer, of het is nu niet te koop. "
        "Bij het product staat wat er scheelt."
    )
    messages.warning(request, told)
