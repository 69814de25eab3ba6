"""A business asks to buy on a price list: kept once, and told that it arrived; the first page of the back office shows
what waits for an answer.

Nobody learns from it who is a customer: whoever asks for a company that we know gets the same answer, and a person
writes to them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from fulfilment.companies import rules
from fulfilment.companies.locks import lock_company
from fulfilment.companies.models import Application, Company
from fulfilment.companies.queries import living
from fulfilment.flows import opt_in, tell_company
from fulfilment.flows.dispatch import look_at
from fulfilment.inbox.issues import raise_issue
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.partners.models import User
from fulfilment.texts import seen, seen_lines

LONGEST = {"name": 160, "contact_name": 160, "phone": 40, "purpose": 2_000}
MOST_OPEN = 5
"""How many companies may wait for us that were asked from one address."""
MAIL_EVERY = timedelta(minutes=10)
"""How often at most an address that somebody typed is mailed that something arrived."""


@dataclass(frozen=True)
class Asked:
    """What was typed, as it was typed."""

    name: str
    legal_number: str
    vat_number: str
    contact_name: str
    email: str
    phone: str = ""
    purpose: str = ""
    terms_version: str = ""


def faults(asked: Asked) -> dict[str, str]:
    """What is wrong with it, as a sentence by field, for who typed it."""
    wrong = opt_in.faults(asked.email)
    if not seen(asked.name):
        wrong["name"] = pgettext("customer", "Vul de naam van je onderneming in.")
    if not seen(asked.contact_name):
        wrong["contact_name"] = pgettext("customer", "Vul de naam in van wie we kunnen aanspreken.")
    for name, most in LONGEST.items():
        if len(getattr(asked, name)) > most:
            told = pgettext("customer", "Dit is te lang: hoogstens %(most)s tekens.")
            wrong.setdefault(name, told % {"most": most})
    wrong |= number_faults(asked.legal_number, asked.vat_number)
    if "email" not in wrong and _has_too_many(asked.email):
        wrong["email"] = pgettext("customer", "Met dit e-mailadres lopen al veel aanvragen. Schrijf ons een mail.")
    return wrong


def number_faults(legal_number: str, vat_number: str) -> dict[str, str]:
    """What is wrong with the numbers of a company: it has one of the Kruispuntbank or, abroad, a VAT number."""
    wrong: dict[str, str] = {}
    if legal_number.strip() and rules.legal_number(legal_number) is None:
        wrong["legal_number"] = pgettext("customer", "Dit ondernemingsnummer klopt niet. Kijk de cijfers na.")
    if vat_number.strip() and rules.vat_number(vat_number) is None:
        wrong["vat_number"] = pgettext("customer", "Dit btw-nummer klopt niet. Begin met het land, zoals BE of NL.")
    if not legal_number.strip() and not vat_number.strip():
        wrong["legal_number"] = pgettext(
            "customer", "Vul je ondernemingsnummer in. Is je onderneming niet Belgisch, vul dan je btw-nummer in."
        )
    elif not legal_number.strip() and "vat_number" not in wrong and vat_number.strip()[:2].upper() == "BE":
        wrong["legal_number"] = pgettext("customer", "Vul ook je ondernemingsnummer in.")
    return wrong


def numbers(legal_number: str, vat_number: str) -> rules.Numbers:
    """Numbers without a fault, as they are kept."""
    return rules.Numbers(rules.legal_number(legal_number) or "", rules.vat_number(vat_number) or "")


@transaction.atomic
def ask(
    form_key: str,
    asked: Asked,
    *,
    language: str,
    now: datetime,
    by: User | None = None,
    parent: Company | None = None,
) -> Company:
    """Keep an application without faults; the same form twice is one. The company that it is about: a new one (a
    division, where it has a `parent`), or one that we know."""
    if parent is not None:
        lock_company(parent.pk)  # a division may have no number, of which there would be one
    sent = Application.objects.filter(form_key=form_key).select_related("company").first()
    if sent is not None:
        return sent.company
    company, is_new = _company(asked, parent, now)
    row = Application(
        form_key=form_key,
        company=company,
        name=seen(asked.name),
        contact_name=seen(asked.contact_name),
        email=asked.email.strip(),
        phone=seen(asked.phone),
        purpose=seen_lines(asked.purpose).strip(),
        terms_version=asked.terms_version,
        language=language,
        applied_at=now,
        by=by,
    )
    Application.objects.bulk_create([row], ignore_conflicts=True)
    kept = Application.objects.get(form_key=form_key)
    if kept.public_id == row.public_id:
        _follow(kept, is_new=is_new, now=now)
    return company


def _company(asked: Asked, parent: Company | None, now: datetime) -> tuple[Company, bool]:
    """The company of these numbers, held; and whether it is new."""
    found = numbers(asked.legal_number, asked.vat_number)
    made = Company(
        name=seen(asked.name),
        legal_number=found.legal_number,
        vat_number=found.vat_number,
        parent=parent,
        applied_at=now,
    )
    if parent is not None and not found.legal_number:
        made.save()  # has no number of its own by which it could be known
        return made, True
    while True:
        Company.objects.bulk_create([made], ignore_conflicts=True)
        known = living(found).select_for_update().first()
        if known is not None:
            return known, known.public_id == made.public_id
        # It was known, and refused or ended at this very moment: it can be made now.


def _follow(kept: Application, *, is_new: bool, now: datetime) -> None:
    company = kept.company
    if is_new and company.vat_number:
        look_at(Mark.Kind.VAT_CHECK, company.public_id, now)
    if not is_new:
        told = _(
            "Iemand vroeg %(name)s opnieuw aan, en we kennen het al. Kijk op de pagina van het bedrijf, en schrijf."
        )
        raise_issue(OpenIssue.Kind.COMPANY_AGAIN, subject_of(company), told % {"name": company.name}, now)
    others = Application.objects.filter(email__iexact=kept.email, applied_at__gt=now - MAIL_EVERY).exclude(pk=kept.pk)
    if not others.exists():
        tell_company.received(kept, now=now)


def subject_of(company: Company) -> str:
    """By what an exception names it."""
    return f"company:{company.public_id}"


def _has_too_many(email: str) -> bool:
    waiting = Application.objects.filter(email__iexact=email.strip(), company__state=Company.State.APPLIED)
    return waiting.count() >= MOST_OPEN
