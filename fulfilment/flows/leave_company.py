"""Who acts for a company does something else there, or acts for it no longer: its door is closed at once."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import pgettext

from fulfilment.companies import rules
from fulfilment.companies.locks import lock_company
from fulfilment.companies.models import Company, Member, Role
from fulfilment.companies.queries import administrators_of, members_of
from fulfilment.errors import Refusal
from fulfilment.flows import tell_company
from fulfilment.flows.publish_member import tell_saleor

LAST = "LAST_ADMINISTRATOR"


@transaction.atomic
def change(pk: int, public_id: str, role: str, limit_minor: int | None, *, asked_by: Member | None) -> None:
    """Another role, or another amount. `asked_by` is the member who says so, None for us. `Refusal`."""
    company = lock_company(pk)
    _may_still(company, asked_by)
    member = _member(company, public_id)
    if role != Role.ADMINISTRATOR:
        _keep_one(company, member)
    kept = rules.limit_of(role, limit_minor)
    Member.objects.filter(pk=member.pk).exclude(role=role, limit_minor=kept).update(role=role, limit_minor=kept)


@transaction.atomic
def let_go(pk: int, public_id: str, *, asked_by: Member | None, now: datetime) -> None:
    """They act for it no longer; of somebody else they hear that. Twice changes nothing. `Refusal` for the last
    administrator, also where both of two send the other away at once."""
    company = lock_company(pk)
    gone = Member.objects.filter(company=company, public_id=public_id).exclude(left_at=None)
    if gone.exists():
        return
    member = _member(company, public_id)
    is_oneself = asked_by is not None and asked_by.pk == member.pk
    if not is_oneself:
        _may_still(company, asked_by)
    _keep_one(company, member)
    Member.objects.filter(pk=member.pk).update(left_at=now)
    if not is_oneself:
        tell_company.let_go(member, now=now)
    tell_saleor([member.account_id], now=now)


def _member(company: Company, public_id: str) -> Member:
    found = members_of(company).filter(public_id=public_id).first()
    if found is None:
        raise Refusal(pgettext("customer", "Wie dit is, hoort niet (meer) bij het bedrijf."), code="NOT_FOUND")
    return found


def _may_still(company: Company, asked_by: Member | None) -> None:
    """Under the lock: whoever says so may have been sent away themselves by now."""
    if asked_by is not None and not administrators_of(company).filter(pk=asked_by.pk).exists():
        raise Refusal(pgettext("customer", "Alleen een beheerder van het bedrijf kan dit."), code="NOT_ADMINISTRATOR")


def _keep_one(company: Company, member: Member) -> None:
    if rules.is_last_administrator(administrators_of(company).values_list("pk", flat=True), member.pk):
        told = pgettext("customer", "Er blijft altijd minstens één beheerder. Maak eerst iemand anders beheerder.")
        raise Refusal(told, code=LAST)
