"""Fulfilment, furnished, as it is knocked at: by nobody, by each role of staff and by each of a workshop."""

import time
from dataclasses import dataclass, field

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test import Client

from fulfilment.partners.models import Membership, User
from tests.fuzz.knocking import Site
from tests.support import rows, workshop
from tests.support.furnished import House, furnish
from tests.support.outside import undone
from tests.support.signed import SaleorKey, known_keys, notice_headers

SEARCHED = (
    "q",
    "p",
    "o",
    "all",
    "as_of",
    "pagina",
    "product",
    "bestand",
    "next",
    "kind",
    "reason",
    "seen",
    "codes",
    "term",
)
UNCOUNTED = {"django_session", "usersessions_usersession"}
"""What may be left behind by who is refused."""


def fulfilment() -> Site:
    """Its rows are written here; what a knock writes is undone."""
    house = furnish()
    people = {"nobody": Client(raise_request_exception=False), **_everybody(house)}
    known_keys(SaleorKey())
    return Site(
        people=lambda: people,
        known={
            "task": [house.task.public_id],
            "parcel": list(house.task.parcels.values_list("public_id", flat=True)),
            "workshop": [house.labeur.public_id],
            "payout": list(house.batch.payouts.values_list("public_id", flat=True)),
            "order": [house.order.public_id],
            "payment": [house.payment.idempotency_key],
            "company_id": [house.company.public_id],
            "member_id": list(house.company.members.values_list("public_id", flat=True)),
            "invitation_id": list(house.company.invitations.values_list("public_id", flat=True)),
            "address_id": list(house.company.addresses.values_list("public_id", flat=True)),
            **{word: [str(number) for number in range(1, 8)] for word in ("pk", "object_id", "partner_id")},
        },
        searched=SEARCHED,
        signed=_signed,
        undone=undone,
        left=_Rows(),
    )


def _everybody(house: House) -> dict[str, Client]:
    found = {role: rows.user(f"{role}@example.com", role=role) for role in User.StaffRole.values}
    found |= {
        role: workshop.member(house.labeur, role=role, email=f"{role}@labeur.example")
        for role in Membership.Role.values
    }
    clients = {}
    for name, user in found.items():
        clients[name] = Client(raise_request_exception=False)
        clients[name].force_login(user)
    return clients


def _signed(path: str, raw: bytes) -> dict[str, str]:
    """As the shop, or as whoever signs what comes to that door: here is tried what lies behind the lock."""
    headers = {"Authorization": f"Bearer {settings.STOREFRONT_API_TOKEN}"}
    stamp = int(time.time())
    if path == "/hooks/plugin/":
        headers |= notice_headers(raw, settings.PLUGIN_NOTICE_SECRETS[0], stamp)
    if path == "/hooks/stripe/":
        told = notice_headers(raw, settings.STRIPE_WEBHOOK_SECRET, stamp)["X-Notice-Signature"]
        headers["Stripe-Signature"] = f"t={stamp},{told}"
    if path.startswith(("/hooks/saleor/", "/saleor/")):
        headers |= {"Saleor-Api-Url": settings.SALEOR_API_URL, "Saleor-Signature": SaleorKey().signature(raw)}
    return headers


def _counts() -> dict[str, int]:
    tables = [model._meta.db_table for model in apps.get_models() if model._meta.managed and not model._meta.proxy]
    asked = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in sorted(set(tables)))
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return dict(cursor.fetchall())


@dataclass
class _Rows:
    """Which tables hold other than they did; asked while a knock is not undone yet."""

    before: dict[str, int] = field(default_factory=_counts)

    def __call__(self) -> set[str]:
        if connection.needs_rollback:
            return set()
        return {table for table, count in _counts().items() if count != self.before.get(table, 0)} - UNCOUNTED
