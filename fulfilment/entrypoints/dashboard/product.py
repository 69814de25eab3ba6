"""On a product in Saleor's Dashboard: who makes it, by which agreement, what its prices leave whom,
and what it lacks."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from fulfilment.agreements import queries as agreements
from fulfilment.agreements.models import Agreement
from fulfilment.entrypoints.dashboard.proof import Visitor
from fulfilment.flows.look_up_product import look_up_product
from fulfilment.flows.sign_agreement import named
from fulfilment.gateways.saleor.connect import connected
from fulfilment.partners.models import Partner


@dataclass(frozen=True)
class Signed:
    """An agreement with who signed it and who still has to."""

    agreement: Agreement
    signed: list[Partner]
    awaited: list[Partner]


def product_content(product_id: str, _visitor: Visitor) -> dict[str, Any]:
    """What the fragment shows of a product, by Saleor's id; without a `product` where Saleor has none of that id."""
    today = timezone.localdate()
    found = look_up_product(connected(), product_id, on=today, now=timezone.now()) if product_id else None
    if found is None:
        return {}
    in_force = agreements.in_force({found.code}, today).values() if found.code else ()
    ids = {agreement.id for agreement in in_force} | {sale.agreement.id for _channel, sale in found.sales}
    of_code = Agreement.objects.filter(product_code=found.code).select_related("producer")
    return {
        "product": found,
        "agreements": [_signed(agreement) for agreement in of_code.filter(pk__in=ids)],
        "coming": [_signed(agreement) for agreement in of_code.filter(bound_at=None)] if found.code else [],
        "is_short": any(sale.short for _channel, sale in found.sales),
    }


def _signed(agreement: Agreement) -> Signed:
    hands = set(agreement.signatures.values_list("partner_id", flat=True))
    partners = named(agreement)
    return Signed(
        agreement,
        signed=[partner for partner in partners if partner.pk in hands],
        awaited=[partner for partner in partners if partner.pk not in hands],
    )
