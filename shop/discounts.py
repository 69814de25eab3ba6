"""Discount codes, as far as basket and checkout have to do with them: what a page shows, whether a code still holds.

Saleor takes a code off a basket without a word when the basket becomes too small for it, and it knows only at the end
that somebody else used the last one. So the visit remembers the code, and it is given once more before it is paid for.
"""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from shop.saleor import checkout as checkouts
from shop.saleor.checkout import Checkout
from shop.saleor.client import Saleor
from shop.saleor.errors import SaleorRefusal
from shop.visit import Visit


@dataclass(frozen=True, slots=True)
class CodeField:
    """The field for a code on a page: ``place`` is where it leads back to, ``error`` says why what was typed is not
    taken."""

    place: str
    typed: str
    error: str


def code_field(request: HttpRequest, checkout: Checkout, place: str) -> CodeField:
    """The field of a page that shows this basket. Tells once that a code holds no longer, or why one was refused."""
    visit = Visit(request)
    if visit.code and not checkout.voucher_code:
        told = _("Je kortingscode %(code)s geldt niet meer voor wat er nu in je mandje zit. De korting is eraf.")
        messages.warning(request, told % {"code": visit.code})
    visit.remember_code(checkout.voucher_code)
    typed, error = visit.take_refused_code()
    return CodeField(place, typed, error)


def still_holds(saleor: Saleor, checkout: Checkout) -> bool:
    """Whether the basket's code can be used now, by this customer; one that cannot is taken off. Raises SaleorError."""
    if not checkout.voucher_code:
        return True
    try:
        checkouts.add_code(saleor, checkout, checkout.voucher_code)
    except SaleorRefusal:
        checkouts.remove_code(saleor, checkout, checkout.voucher_code)
        return False
    return True
