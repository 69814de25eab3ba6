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

LONGEST = 255
"""How many signs of a code Saleor keeps."""


@dataclass(frozen=True, slots=True)
class CodeField:
    """The field for a code on a page; ``error`` says why what was typed is not taken."""

    typed: str
    error: str


def typed_code(request: HttpRequest) -> str:
    """What stands in the field of a page that was sent, whichever button sent it."""
    return request.POST.get("code", "").strip()


def code_field(request: HttpRequest, checkout: Checkout) -> CodeField:
    """The field of a page that shows this basket. Tells once that a code holds no longer, or why one was refused."""
    visit = Visit(request)
    if visit.code and not checkout.voucher_code:
        told = _("Je kortingscode %(code)s geldt niet meer voor wat er nu in je mandje zit. De korting is eraf.")
        messages.warning(request, told % {"code": visit.code})
    visit.remember_code(checkout.voucher_code)
    typed, error = visit.take_refused_code()
    return CodeField(typed, error)


def give(saleor: Saleor, checkout: Checkout, code: str) -> str:
    """Gives a code to the basket, as it was typed or in capitals; returns why it is not taken, or an empty text."""
    refused = frozenset[str]()
    for spelling in dict.fromkeys((code, code.upper())) if len(code) <= LONGEST else ():
        try:
            checkouts.add_code(saleor, checkout, spelling)
        except SaleorRefusal as refusal:
            refused |= refusal.codes
        else:
            return ""
    if "VOUCHER_NOT_APPLICABLE" not in refused:
        return _("Deze code kennen we niet, of ze geldt niet meer. Kijk na of je ze juist typte.")
    if checkout.has_delivery:
        return _(
            "Deze code geldt niet voor dit mandje: ze vraagt een hoger bedrag of andere producten, of is al gebruikt."
        )
    return _(
        "Deze code geldt nu niet: ze vraagt een hoger bedrag of andere producten, of is al gebruikt. Een code voor de "
        "levering vul je in bij het overzicht."
    )


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
