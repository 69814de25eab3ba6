"""Reading companies and who acts for them."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery

from fulfilment.companies import life, rules
from fulfilment.companies.models import Application, Company, Invitation, Member, Role, VatCheck

KNOWN_TOLD_WITHIN = timedelta(days=14)
"""How long who asked for a company that we know is told that it is under way: a person writes to them meanwhile."""


def chain_of(company: Company) -> Iterator[Company]:
    """A company and those above it, the nearest first."""
    seen: set[int] = set()
    found: Company | None = company
    while found is not None and found.pk not in seen:
        seen.add(found.pk)
        yield found
        found = found.parent


def terms_of(company: Company) -> rules.Terms:
    """The terms that hold for a company, or a division."""
    return rules.terms_of([own_terms(one) for one in chain_of(company)])


def own_terms(company: Company) -> rules.Terms:
    """What it says of itself."""
    return rules.Terms(
        price_list=company.price_list,
        payment=company.payment,
        deposit_percent=company.deposit_percent,
        days=company.days,
        credit_limit_minor=company.credit_limit_minor,
        minimum_net_minor=company.minimum_net_minor,
    )


def numbers_of(company: Company) -> rules.Numbers:
    """The numbers by which a company, or a division, is known."""
    return rules.numbers_of([rules.Numbers(one.legal_number, one.vat_number) for one in chain_of(company)])


def living(numbers: rules.Numbers) -> QuerySet[Company]:
    """The company that we know by these numbers; a division without a legal number of its own is none."""
    known = Company.objects.filter(state__in=life.LIVING)
    if numbers.legal_number:
        return known.filter(legal_number=numbers.legal_number)
    return known.filter(legal_number="", vat_number=numbers.vat_number, parent=None)


def members_of(company: Company) -> QuerySet[Member]:
    """Who acts for it now."""
    return Member.objects.filter(company=company, left_at=None)


def administrators_of(company: Company) -> QuerySet[Member]:
    """Those who may change who acts for it."""
    return members_of(company).filter(role=Role.ADMINISTRATOR)


def memberships_of(account_id: str) -> QuerySet[Member]:
    """What an account may act for now, the longest first."""
    found = Member.objects.filter(account_id=account_id, left_at=None, company__state__in=life.OPEN)
    return found.select_related("company").order_by("since", "pk")


def standing(company: Company, *, now: datetime) -> QuerySet[Invitation]:
    """Invitations that can still be taken."""
    return Invitation.objects.filter(company=company, accepted_by=None, withdrawn_at=None, ends_at__gt=now)


def unclaimed(email: str) -> QuerySet[Company]:
    """Companies in being that never had an administrator, and whose first application named this address. Whoever asked
    later for one that we knew is nobody to it."""
    first = Application.objects.filter(company=OuterRef("pk")).order_by("pk").values("email")[:1]
    had_one = Member.objects.filter(role=Role.ADMINISTRATOR).values("company")
    found = Company.objects.filter(state__in=life.OPEN).annotate(first_email=Subquery(first))
    return found.filter(first_email__iexact=email).exclude(pk__in=had_one)


def under_way(email: str, *, now: datetime) -> list[Application]:
    """What was asked from this address and has no answer yet. Whoever asked for a company that we knew hears that from
    a person, and reads here what everybody reads."""
    found = Application.objects.filter(email__iexact=email).select_related("company").order_by("pk")
    return [one for one in found if _is_under_way(one, now)]


def _is_under_way(one: Application, now: datetime) -> bool:
    is_first = not one.company.applications.filter(pk__lt=one.pk).exists()
    return one.company.state == Company.State.APPLIED or (not is_first and one.applied_at > now - KNOWN_TOLD_WITHIN)


def last_check(company: Company) -> VatCheck | None:
    """What VIES said last of the number that it has now; None where it did not answer yet."""
    return company.vat_checks.filter(vat_number=numbers_of(company).vat_number).first()


def forget_refused_in_log(company_id: int) -> None:
    """Take a company that was refused, and is gone, out of the log of changes: a function of the database does it, of
    none that there is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT forget_company_in_log(%s)", [company_id])


def forget_log(before: datetime) -> int:
    """Take away what the log of changes tells of companies before that moment; how many rows. Of the last ten years,
    none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT forget_log_of_companies(%s)", [before])
        [count] = cursor.fetchone()
    return int(count)
