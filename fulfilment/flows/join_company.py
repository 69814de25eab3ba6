"""Who was named as its contact, or was invited, logs in → acts for the company from now on."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from fulfilment.companies import life
from fulfilment.companies.locks import lock_company
from fulfilment.companies.models import Company, Invitation, Member, Role
from fulfilment.companies.queries import administrators_of, members_of, memberships_of, unclaimed
from fulfilment.flows.publish_member import tell_saleor
from fulfilment.orders.tokens import read_invitation_token


@dataclass(frozen=True)
class Account:
    """An account at Saleor whose owner proved its address."""

    id: str
    email: str
    name: str
    language: str


class Joined(StrEnum):
    """What became of an invitation."""

    JOINED = "joined"
    WRONG_ACCOUNT = "wrong_account"
    OVER = "over"


class Stand(StrEnum):
    """How an invitation stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    OVER = "over"


def memberships(account: Account, *, now: datetime) -> list[Member]:
    """For which companies somebody acts now. The contact of one that has nobody yet becomes its administrator by that,
    and who is called otherwise by now is known so."""
    for company in unclaimed(account.email):
        _claim(company.pk, account, now)
    found = list(memberships_of(account.id))
    for member in found:
        if (member.email, member.name) != (account.email, account.name):
            Member.objects.filter(pk=member.pk, left_at=None).update(email=account.email, name=account.name)
            member.email, member.name = account.email, account.name
    return found


@transaction.atomic
def _claim(pk: int, account: Account, now: datetime) -> None:
    company = lock_company(pk)
    # Looked at again under the lock: the same person may have come in another window.
    if company in unclaimed(account.email) and not administrators_of(company).exists():
        _join(company, account, Role.ADMINISTRATOR, None, now)


def invitation(key: str) -> Invitation | None:
    """The invitation of a link; None where the link is not ours, or it is forgotten."""
    name = read_invitation_token(key)
    return Invitation.objects.select_related("company").filter(public_id=name).first() if name else None


def stand_of(found: Invitation, *, now: datetime) -> Stand:
    """Whether it can be taken."""
    if found.accepted_by_id is not None:
        return Stand.ACCEPTED
    is_over = found.withdrawn_at is not None or found.ends_at <= now or found.company.state not in life.OPEN
    return Stand.OVER if is_over else Stand.OPEN


@transaction.atomic
def accept(found: Invitation, account: Account, *, now: datetime) -> Joined:
    """Act for the company; twice is once. Nothing happens for another account than the one that was invited."""
    company = lock_company(found.company_id)
    found = Invitation.objects.select_related("accepted_by", "company").get(pk=found.pk)
    stand = stand_of(found, now=now)
    if stand is Stand.ACCEPTED:
        by = found.accepted_by
        is_theirs = by is not None and by.account_id == account.id and by.left_at is None
        return Joined.JOINED if is_theirs else Joined.OVER
    if stand is Stand.OVER:
        return Joined.OVER
    if found.email.casefold() != account.email.casefold():
        return Joined.WRONG_ACCOUNT
    member = members_of(company).filter(account_id=account.id).first()
    member = member or _join(company, account, found.role, found.limit_minor, now)
    Invitation.objects.filter(pk=found.pk).update(accepted_by=member)
    return Joined.JOINED


def _join(company: Company, account: Account, role: str, limit_minor: int | None, now: datetime) -> Member:
    member = Member.objects.create(
        company=company,
        account_id=account.id,
        name=account.name,
        email=account.email,
        language=account.language,
        role=role,
        limit_minor=limit_minor,
        since=now,
    )
    tell_saleor([account.id], now=now)
    return member
