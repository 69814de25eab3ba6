"""The VAT number of a company → what VIES says of it, kept with its moment. VIES away: it waits, and is asked again."""

from datetime import datetime

from django.conf import settings

from fulfilment.companies.models import Company, VatCheck
from fulfilment.companies.queries import numbers_of
from fulfilment.flows.dispatch import look_at
from fulfilment.gateways import vies
from fulfilment.inbox.models import Mark


def ask(company: Company, *, now: datetime) -> None:
    """Have its number looked up (again); whoever has none of its own is not asked about."""
    if numbers_of(company).vat_number:
        look_at(Mark.Kind.VAT_CHECK, company.public_id, now)


def check_vat(public_id: str, *, now: datetime) -> None:
    """Ask VIES about the number that the company has by now, and keep what it says. `GatewayError` where it is away."""
    company = Company.objects.filter(public_id=public_id).first()
    number = numbers_of(company).vat_number if company else ""
    if company is None or not number or not settings.VIES_API_BASE:
        return
    said = vies.look_up(number)
    VatCheck.objects.create(
        company=company,
        vat_number=number,
        is_valid=said.is_valid,
        name=said.name,
        address=said.address,
        consultation=said.consultation,
        answered_at=now,
    )
