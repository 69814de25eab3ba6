"""The operator decides about a company: yes with its terms, no with a reason; later other terms, a pause, the end.

Who may order from which list follows at Saleor, by the mark of each account.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from fulfilment.companies import rules
from fulfilment.companies.locks import lock_company
from fulfilment.companies.models import Company, Invitation
from fulfilment.companies.queries import members_of
from fulfilment.errors import Refusal
from fulfilment.flows import check_vat, tell_company
from fulfilment.flows.apply_company import subject_of
from fulfilment.flows.publish_member import tell_saleor
from fulfilment.inbox.issues import resolve
from fulfilment.inbox.models import OpenIssue
from fulfilment.life import advance
from fulfilment.partners.models import User


@transaction.atomic
def approve(pk: int, terms: rules.Terms, *, by: User, now: datetime) -> None:
    """It is a customer from now on, on these terms. `Refusal` where somebody decided already."""
    company = lock_company(pk)
    advance(company, "approve", message=_decided(company), now=now, by=by, **asdict(terms))
    tell_company.approved(company, now=now)


@transaction.atomic
def refuse(pk: int, reason: str, *, by: User, now: datetime) -> None:
    """It is none, and reads why. `Refusal` where somebody decided already."""
    company = lock_company(pk)
    advance(company, "refuse", message=_decided(company), now=now, by=by, note=reason)
    tell_company.refused(company, reason, now=now)


@transaction.atomic
def change_terms(pk: int, terms: rules.Terms, *, seen: str, now: datetime) -> None:
    """Other terms for whatever is ordered from now on; `seen` is what they were when the form was opened. `Refusal`."""
    company = lock_company(pk)
    if company.state not in (Company.State.APPROVED, Company.State.SUSPENDED):
        raise Refusal(_("Dit bedrijf heeft geen voorwaarden: het is geen klant."), code="WRONG_STATE")
    if terms_seen(company) != seen:
        raise Refusal(_("Iemand veranderde de voorwaarden intussen. Je ziet nu wat er staat."), code="STALE")
    Company.objects.filter(pk=pk).update(**asdict(terms))
    tell_saleor(_accounts(company), now=now)


def terms_seen(company: Company) -> str:
    """What tells two looks at its terms apart."""
    values = (getattr(company, name) for name in asdict(rules.Terms()))
    return "|".join("" if value is None else str(value) for value in values)


@transaction.atomic
def correct(pk: int, name: str, numbers: rules.Numbers, *, now: datetime) -> None:
    """Another name or other numbers; another VAT number is looked up. `Refusal` where another company has them."""
    company = lock_company(pk)
    was = company.vat_number
    company.name, company.legal_number, company.vat_number = name, numbers.legal_number, numbers.vat_number
    try:
        with transaction.atomic():
            company.save(update_fields=["name", "legal_number", "vat_number"])
    except IntegrityError as error:
        raise Refusal(_("Een ander bedrijf heeft dit nummer al."), code="KNOWN") from error
    if company.vat_number != was:
        check_vat.ask(company, now=now)


@transaction.atomic
def move(pk: int, event: str, reason: str, *, by: User, now: datetime) -> None:
    """Suspend it, let it go on, or end it (`event` of its life): its administrators hear of it. `Refusal`."""
    company = lock_company(pk)
    told = _("Dit kan niet meer: het bedrijf is nu %(state)s.") % {"state": company.get_state_display().lower()}
    advance(company, event, message=told, now=now, by=by, note=reason)
    tell_company.moved(company, event, reason, now=now)
    if event == "end":
        Invitation.objects.filter(company=company, accepted_by=None, withdrawn_at=None).update(withdrawn_at=now)
        resolve(OpenIssue.Kind.COMPANY_AGAIN, subject_of(company), now)
    tell_saleor(_accounts(company), now=now)


def _accounts(company: Company) -> list[str]:
    """Of its own members; a division's buy on what it says itself, or on what stands above it."""
    of_divisions = [pk for one in company.divisions.all() for pk in _accounts(one)]
    return [*members_of(company).values_list("account_id", flat=True), *of_divisions]


def _decided(company: Company) -> str:
    state: Mapping[str, str] = {"state": company.get_state_display().lower()}
    return _("Hierover is al beslist: het bedrijf is nu %(state)s.") % state
