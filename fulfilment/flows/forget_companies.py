"""Who asked that a company may buy from us, and who acted for one → forgotten once that is over, or where they ask it.

A company itself is with whom the books are: its name and numbers go with those, ten years after its end.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from fulfilment.companies.models import Application, Company, CompanyAddress, CompanyStep, Invitation, Member, VatCheck
from fulfilment.companies.queries import forget_log, forget_refused_in_log
from fulfilment.flows.publish_member import tell_saleor
from fulfilment.inbox.rounds import each

OF_CONTACT = {"contact_name": "", "email": "", "phone": "", "purpose": ""}
OF_MEMBER = {"account_id": "", "name": "", "email": ""}


def refused(before: datetime, now: datetime) -> int:
    """Companies that were refused before that moment, with all that was asked; out of the log of changes too."""
    rows = Company.objects.filter(state=Company.State.REFUSED).exclude(steps__at__gte=before)
    found = list(rows.values_list("pk", flat=True))
    return sum(each("forget_company", found, _forget_refused, named=str, now=now, tries=1))


@transaction.atomic
def _forget_refused(pk: int) -> int:
    Company.objects.filter(pk=pk).delete()
    forget_refused_in_log(pk)
    return 1


def members(before: datetime, now: datetime) -> int:
    """Who left a company, or acted for one that ended, before that moment; its addresses and who had asked, too."""
    ended = _ended(before)
    gone = Member.objects.filter(Q(left_at__lt=before) | Q(company__in=ended)).exclude(**OF_MEMBER)
    count = gone.update(**OF_MEMBER)
    count += Application.objects.filter(company__in=ended).exclude(**OF_CONTACT).update(**OF_CONTACT)
    return count + CompanyAddress.objects.filter(company__in=ended).delete()[0]


def invitations(before: datetime, now: datetime) -> int:
    """Whom somebody asked to act for a company, once that was answered, withdrawn or too late."""
    return Invitation.objects.filter(ends_at__lt=before).delete()[0]


def books(before: datetime) -> int:
    """With whom the books were, of companies that ended in years that ended before that moment; how many rows."""
    ended = _ended(before)
    CompanyStep.objects.filter(company__in=ended).exclude(note="").update(note="")
    Application.objects.filter(company__in=ended).exclude(name="").update(name="")
    gone = VatCheck.objects.filter(company__in=ended).delete()[0]
    named = ended.exclude(name="", legal_number="", vat_number="")
    return gone + named.update(name="", legal_number="", vat_number="") + forget_log(before)


def _ended(before: datetime) -> QuerySet[Company]:
    return Company.objects.filter(state=Company.State.ENDED).exclude(steps__at__gte=before)


# --- somebody asks it ------------------------------------------------------------------------------------------------


def memberships_of(email: str) -> QuerySet[Member]:
    """For which companies somebody acts, or acted."""
    return Member.objects.filter(email__iexact=email).select_related("company").order_by("pk")


def applications_of(email: str) -> QuerySet[Application]:
    """What somebody asked for a company."""
    return Application.objects.filter(email__iexact=email).select_related("company").order_by("pk")


def invitations_of(email: str) -> QuerySet[Invitation]:
    """Who asked somebody to act for them."""
    return Invitation.objects.filter(email__iexact=email).select_related("company").order_by("pk")


def waiting(email: str) -> list[Application]:
    """What of it we have still to answer: until then we must know whom."""
    return list(applications_of(email).filter(company__state=Company.State.APPLIED))


def names_of(email: str) -> list[str]:
    """The companies to which somebody is known, each once."""
    rows: list[Member | Application | Invitation] = [*memberships_of(email), *applications_of(email)]
    rows += invitations_of(email)
    return list(dict.fromkeys(one.company.name for one in rows))


def something_goes(email: str) -> bool:
    """Whether asking it now forgets any of that."""
    return len(waiting(email)) < applications_of(email).count() or any(
        found(email).exists() for found in (memberships_of, invitations_of)
    )


@transaction.atomic
def empty_person(email: str, *, now: datetime) -> None:
    """They act for nobody from now on, and nobody knows any more that it was they; what waits for us stays."""
    invitations_of(email).delete()
    acting = memberships_of(email)
    tell_saleor(acting.filter(left_at=None).values_list("account_id", flat=True), now=now)
    Member.objects.filter(email__iexact=email, left_at=None).update(left_at=now)
    Member.objects.filter(email__iexact=email).update(**OF_MEMBER)
    applications_of(email).exclude(company__state=Company.State.APPLIED).update(**OF_CONTACT)


def addresses() -> list[str]:
    """Every address of people that companies have."""
    rows: list[QuerySet[Any]] = [Member.objects.all(), Application.objects.all(), Invitation.objects.all()]
    return [email for found in rows for email in found.exclude(email="").values_list("email", flat=True)]


def exported(email: str) -> dict[str, Any]:
    """All that there is of somebody in companies, as plain values."""
    return {
        "koopt_voor": [
            {
                "bedrijf": one.company.name,
                "rol": one.get_role_display(),
                "naam": one.name,
                "sinds": one.since.isoformat(),
                "tot": one.left_at.isoformat() if one.left_at else None,
            }
            for one in memberships_of(email)
        ],
        "aanvragen_voor_een_bedrijf": [
            {
                "bedrijf": one.name,
                "contact": one.contact_name,
                "telefoon": one.phone,
                "waarvoor": one.purpose,
                "voorwaarden": one.terms_version,
                "gevraagd_op": one.applied_at.isoformat(),
                "stand": one.company.get_state_display() if _is_first(one) else None,
            }
            for one in applications_of(email)
        ],
        "uitnodigingen_van_een_bedrijf": [
            {"bedrijf": one.company.name, "rol": one.get_role_display(), "gevraagd_op": one.asked_at.isoformat()}
            for one in invitations_of(email)
        ],
    }


def _is_first(one: Application) -> bool:
    """Whoever asked for a company that we knew is not told how it stands."""
    return not one.company.applications.filter(pk__lt=one.pk).exists()
