"""Where the parcels of a company may go: its members keep a book of addresses."""

import re

from django.db import transaction
from django.utils.translation import pgettext

from fulfilment.companies.locks import lock_company
from fulfilment.companies.models import CompanyAddress
from fulfilment.texts import seen

NEEDED = ("street_1", "city", "country")
FIELDS = (
    "label",
    "first_name",
    "last_name",
    "company_name",
    "street_1",
    "street_2",
    "postal_code",
    "city",
    "country",
    "country_area",
    "phone",
)
MOST = 200
"""How many addresses a company may have."""


def cleaned(given: dict[str, str]) -> dict[str, str]:
    """An address as it is kept."""
    found = {name: seen(given.get(name, "")) for name in FIELDS}
    return {**found, "country": found["country"].upper()}


def faults(address: dict[str, str]) -> dict[str, str]:
    """What is wrong with an address as it would be kept, as a sentence by field."""
    wrong = {name: pgettext("customer", "Vul dit in.") for name in NEEDED if not address[name]}
    for name in FIELDS:
        most = int(getattr(CompanyAddress._meta.get_field(name), "max_length", 0))
        if len(address[name]) > most and name != "country":
            wrong[name] = pgettext("customer", "Dit is te lang: hoogstens %(most)s tekens.") % {"most": most}
    if address["country"] and not re.fullmatch(r"[A-Z]{2}", address["country"]):
        wrong["country"] = pgettext("customer", "Kies een land.")
    return wrong


@transaction.atomic
def add(pk: int, form_key: str, address: dict[str, str]) -> dict[str, str]:
    """Keep an address without a fault; the same form twice is one. What keeps it from that, as a sentence by field."""
    company = lock_company(pk)
    if CompanyAddress.objects.filter(company=company, form_key=form_key).exists():
        return {}
    if company.addresses.count() >= MOST:
        told = pgettext("customer", "Jullie adresboek is vol. Haal eerst een adres weg.")
        return {"label": told}
    CompanyAddress.objects.create(
        company=company,
        form_key=form_key,
        label=address["label"],
        first_name=address["first_name"],
        last_name=address["last_name"],
        company_name=address["company_name"],
        street_1=address["street_1"],
        street_2=address["street_2"],
        postal_code=address["postal_code"],
        city=address["city"],
        country=address["country"],
        country_area=address["country_area"],
        phone=address["phone"],
    )
    return {}


def change(pk: int, public_id: str, address: dict[str, str]) -> bool:
    """Write another address in its place; False where there is none (any more)."""
    return bool(CompanyAddress.objects.filter(company=pk, public_id=public_id).update(**address))


def remove(pk: int, public_id: str) -> None:
    """Take it away; twice changes nothing."""
    CompanyAddress.objects.filter(company=pk, public_id=public_id).delete()
