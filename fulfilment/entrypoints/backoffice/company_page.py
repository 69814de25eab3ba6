"""What the page of a company shows, and what is said where somebody decides about one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfilment.companies import life, rules
from fulfilment.companies.models import Company, VatCheck
from fulfilment.companies.queries import (
    administrators_of,
    last_check,
    members_of,
    numbers_of,
    standing,
    terms_of,
)
from fulfilment.entrypoints.backoffice.base import label
from fulfilment.entrypoints.backoffice.history import BESIDE, changes
from fulfilment.entrypoints.backoffice.steps import told
from fulfilment.flows.apply_company import subject_of
from fulfilment.inbox.models import Mark, OpenIssue

TONES = {"applied": "alert", "approved": "done", "suspended": "busy", "refused": "plain", "ended": "plain"}

EVENTS: dict[str, Promise] = {
    "approve": gettext_lazy("Goedgekeurd"),
    "refuse": gettext_lazy("Geweigerd"),
    "suspend": gettext_lazy("Opgeschort"),
    "resume": gettext_lazy("Weer open"),
    "end": gettext_lazy("Beëindigd"),
}


@dataclass(frozen=True)
class Words:
    """What is said where somebody moves a company; `title` has its name in it."""

    title: Promise
    about: Promise
    press: Promise
    done: Promise
    needs_reason: bool


MOVES: dict[str, Words] = {
    "refuse": Words(
        gettext_lazy("%(name)s weigeren"),
        gettext_lazy("Het contact krijgt een mail met de reden zoals je ze hier schrijft."),
        gettext_lazy("Weigeren"),
        gettext_lazy("Geweigerd. Het contact kreeg een mail met de reden."),
        True,
    ),
    "suspend": Words(
        gettext_lazy("%(name)s opschorten"),
        gettext_lazy(
            "De leden zien hun pagina nog, maar geen prijzen, en kunnen niets bestellen op de prijslijst. Wat besteld "
            "is, gaat door. De beheerders krijgen een mail met de reden."
        ),
        gettext_lazy("Opschorten"),
        gettext_lazy("Opgeschort. De beheerders kregen een mail."),
        True,
    ),
    "resume": Words(
        gettext_lazy("%(name)s weer openen"),
        gettext_lazy("De leden kunnen weer bestellen op de prijslijst. De beheerders krijgen een mail."),
        gettext_lazy("Weer openen"),
        gettext_lazy("Weer open. De beheerders kregen een mail."),
        False,
    ),
    "end": Words(
        gettext_lazy("%(name)s beëindigen"),
        gettext_lazy(
            "De leden hebben geen pagina en geen prijzen meer, en dit kan niet ongedaan: wie terugkomt, vraagt het "
            "opnieuw. Wat besteld is, gaat door. De beheerders krijgen een mail met de reden."
        ),
        gettext_lazy("Beëindigen"),
        gettext_lazy("Beëindigd. De beheerders kregen een mail."),
        True,
    ),
}
"""By the event of its life."""


def company_page(company: Company, *, now: datetime) -> dict[str, Any]:
    """All that the page shows."""
    numbers, check = numbers_of(company), last_check(company)
    own = rules.Numbers(company.legal_number, company.vat_number)
    is_open = company.state in life.OPEN
    return {
        "state": {"word": company.get_state_display(), "tone": TONES[company.state]},
        "legal_number": rules.written(numbers.legal_number),
        "vat_number": numbers.vat_number,
        "is_borrowed": own != numbers,
        "check": check,
        "asks_vies": bool(settings.VIES_API_BASE),
        "is_asked": Mark.objects.filter(kind=Mark.Kind.VAT_CHECK, object_id=company.public_id).exists(),
        "checks": company.vat_checks.all()[:BESIDE],
        "terms": terms_of(company),
        "payment": dict(Company.Payment.choices).get(terms_of(company).payment, ""),
        "applications": company.applications.select_related("by"),
        "members": members_of(company),
        "invitations": standing(company, now=now),
        "has_nobody": is_open and not administrators_of(company).exists(),
        "had_somebody": company.members.exists(),
        "addresses": company.addresses.all(),
        "divisions": [(one, label(one.get_state_display(), TONES[one.state])) for one in company.divisions.all()],
        "path": [told(step, EVENTS) for step in company.steps.select_related("by")],
        "issues": OpenIssue.objects.filter(subject=subject_of(company), resolved_at=None),
        "changes": changes(company, most=BESIDE),
        "is_open": is_open,
        "events": life.COMPANY[company.state],
    }


def number_of(company: Company) -> str:
    """The number by which a company is known, as people write it."""
    numbers = numbers_of(company)
    return rules.written(numbers.legal_number) or numbers.vat_number


def vat_label(company: Company, check: VatCheck | None) -> SafeString | str:
    """What VIES said, in a word."""
    if not numbers_of(company).vat_number:
        return _("geen btw-nummer")
    if check is None:
        return label(_("Nog geen antwoord"), "busy")
    return label(_("Geldig"), "done") if check.is_valid else label(_("Niet geldig"), "alert")
