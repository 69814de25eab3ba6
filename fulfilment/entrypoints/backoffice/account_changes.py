"""Another account for a partner: what its pages show, and what the form of a partner does when somebody types one."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from stdnum import iban as iban_number

from fulfilment.entrypoints.backoffice.base import attempt, label, staff
from fulfilment.entrypoints.backoffice.steps import told
from fulfilment.flows import change_account
from fulfilment.partners.models import AccountChange, Partner
from fulfilment.partners.queries import account_changes_to_come

ACCOUNT = ("bank_name", "iban", "bic")
"""What makes up an account, by the fields of a partner."""

TONES = {"asked": "alert", "confirmed": "busy", "in_force": "done", "stopped": "plain"}
EVENTS: dict[str, Promise] = {
    "confirm": gettext_lazy("Bevestigd"),
    "begin": gettext_lazy("Ingegaan"),
    "stop": gettext_lazy("Tegengehouden"),
}


def ask_for(request: HttpRequest, partner: Partner, typed: dict[str, str]) -> None:
    """Ask for the account that somebody typed in the form of a partner (by `ACCOUNT`), and say what becomes of it."""

    def ask() -> str:
        change = change_account.ask(partner.pk, **typed, by=staff(request), now=timezone.now())
        if not change.told_to:
            messages.warning(
                request, _("Van deze partner kennen we geen mailadres: bel zelf, op een nummer van vroeger.")
            )
        return _(
            "De nieuwe rekening wacht op een collega die ze bevestigt, en geldt ten vroegste op %(day)s. Tot dan "
            "betalen we op de vorige. Wie we bij deze partner kennen, kreeg er een mail over."
        ) % {"day": _day(change)}

    attempt(request, ask)


def changes_of(partner: Partner) -> list[tuple[AccountChange, Any, list[Any]]]:
    """Every account that a partner ever asked for here, the last first: with its state as a label, and its history."""
    rows = partner.account_changes.select_related("asked_by").prefetch_related("steps__by")
    return [
        (row, label(row.get_state_display(), TONES[row.state]), [told(step, EVENTS) for step in row.steps.all()])
        for row in rows
    ]


def warning(change: AccountChange | None) -> str:
    """What stands beside a partner in a plan while another account is to come; "" where none is."""
    if change is None:
        return ""
    shown = {"old": _shown(change.old_iban), "new": _shown(change.new_iban), "day": _day(change)}
    if change.state == AccountChange.State.ASKED:
        return (
            _("Let op: iemand vroeg een andere rekening (%(new)s), en niemand bevestigde ze. We betalen op %(old)s.")
            % shown
        )
    return _("Let op: vanaf %(day)s een andere rekening (%(new)s). Tot dan betalen we op %(old)s.") % shown


def warnings(partner_ids: list[int]) -> dict[int, str]:
    """The warning beside each of the partners for whom another account is to come."""
    return {pk: warning(change) for pk, change in account_changes_to_come(partner_ids).items()}


def _shown(iban: str) -> str:
    return str(iban_number.format(iban)) if iban else _("geen rekening")


def _day(change: AccountChange) -> str:
    return date_format(timezone.localtime(change.holds_from), "j F, H:i")
