"""Somebody is asked to act for a company: a mail with a link that ends, and that opens for their own account alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import pgettext

from fulfilment.companies import rules
from fulfilment.companies.locks import lock_company
from fulfilment.companies.models import Company, Invitation, Role
from fulfilment.companies.queries import members_of, standing
from fulfilment.flows import opt_in, tell_company
from fulfilment.partners.models import User

GOOD_FOR = timedelta(days=14)
MOST_OPEN = 25
"""How many people a company may have asked who did not answer yet."""
MAIL_EVERY = timedelta(minutes=10)
"""How often at most an address that somebody typed is asked anew."""


@dataclass(frozen=True)
class Invited:
    """Whom to ask, for what, and up to which amount (cents) they buy or approve alone."""

    email: str
    role: str
    limit_minor: int | None = None


def faults(invited: Invited) -> dict[str, str]:
    """What is wrong with it, as a sentence by field, for who typed it."""
    wrong = opt_in.faults(invited.email)
    return wrong | role_faults(invited.role, invited.limit_minor)


def role_faults(role: str, limit_minor: int | None) -> dict[str, str]:
    """What is wrong with a role and its amount."""
    wrong = {}
    if role not in Role.values:
        wrong["role"] = pgettext("customer", "Kies wat je collega hier doet.")
    if limit_minor is not None and not 0 <= limit_minor <= rules.MOST_MINOR:
        wrong["limit_minor"] = pgettext("customer", "Dit bedrag klopt niet. Kijk het na.")
    return wrong


@transaction.atomic
def invite(
    pk: int, form_key: str, invited: Invited, *, language: str, now: datetime, by: User | None = None
) -> dict[str, str]:
    """Ask somebody, without a fault in it; the same form twice is one, and whoever was asked before gets a new link.

    What keeps it from being asked, as a sentence by field; nothing where it was.
    """
    company = lock_company(pk)
    if Invitation.objects.filter(company=company, form_key=form_key).exists():
        return {}
    email = invited.email.strip()
    if wrong := _in_the_way(company, email, now):
        return {"email": wrong}
    before = Invitation.objects.filter(company=company, email__iexact=email, accepted_by=None, withdrawn_at=None)
    before.update(withdrawn_at=now)
    made = Invitation.objects.create(
        form_key=form_key,
        company=company,
        email=email,
        role=invited.role,
        limit_minor=rules.limit_of(invited.role, invited.limit_minor),
        asked_at=now,
        ends_at=now + GOOD_FOR,
        by=by,
    )
    tell_company.invited(made, language=language, now=now)
    return {}


def _in_the_way(company: Company, email: str, now: datetime) -> str:
    if company.state != Company.State.APPROVED:
        return pgettext("customer", "Dit bedrijf kan nu niemand uitnodigen.")
    if members_of(company).filter(email__iexact=email).exists():
        return pgettext("customer", "Wie dit adres heeft, hoort al bij het bedrijf.")
    open_now = standing(company, now=now)
    if open_now.count() >= MOST_OPEN:
        return pgettext("customer", "Er staan al veel uitnodigingen open. Trek er eerst een in.")
    just_now = Q(asked_at__gt=now - MAIL_EVERY, email__iexact=email)
    if Invitation.objects.filter(just_now, company=company).exists():
        return pgettext("customer", "Dit adres kreeg net een uitnodiging. Wacht tien minuten voor een nieuwe.")
    return ""


@transaction.atomic
def withdraw(pk: int, public_id: str, *, now: datetime) -> None:
    """Its link opens nothing any more; twice changes nothing, and of one that was taken neither."""
    company = lock_company(pk)
    rows = Invitation.objects.filter(company=company, public_id=public_id, accepted_by=None, withdrawn_at=None)
    rows.update(withdrawn_at=now)
