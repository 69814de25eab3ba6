"""What the page of a round of payouts shows: who gets what, how far it is, what may be done, and all that happened."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfilment.entrypoints.backoffice.account_changes import warnings
from fulfilment.entrypoints.backoffice.base import label
from fulfilment.entrypoints.backoffice.steps import Told, name_of, told
from fulfilment.flows.order_payouts import needs_new_day, why_another
from fulfilment.orders.models import Refund
from fulfilment.orders.queries import account_of
from fulfilment.partners.models import User
from fulfilment.payouts.models import Batch, Payout
from fulfilment.payouts.rules import next_bank_day

TONES = {
    "planned": "busy",
    "approved": "busy",
    "fetched": "busy",
    "confirmed": "done",
    "cancelled": "plain",
    "withdrawn": "plain",
}
PAYOUT_TONES = {
    "planned": "plain",
    "sent": "busy",
    "confirmed": "done",
    "failed": "alert",
    "returned": "alert",
    "withdrawn": "plain",
}
NOT_PAID = (Payout.State.FAILED, Payout.State.RETURNED, Payout.State.WITHDRAWN)
"""What did not reach its payee, and goes with another round: never part of what a round paid."""

EVENTS: dict[str, Promise] = {
    "approve": gettext_lazy("Goedgekeurd"),
    "fetch": gettext_lazy("Bestand voor de bank opgehaald"),
    "close": gettext_lazy("Alles afgehandeld"),
    "replace": gettext_lazy("Vervangen door een nieuw plan"),
    "drop": gettext_lazy("Plan laten vallen"),
    "withdraw": gettext_lazy("Ronde ingetrokken"),
}
PAYOUT_EVENTS: dict[str, Promise] = {
    "confirm": gettext_lazy("Betaald"),
    "fail": gettext_lazy("Mislukt"),
    "return": gettext_lazy("Teruggekomen"),
}
"""What happens to a payout by itself; the rest happens to its whole round."""


def batch_page(batch: Batch, looking: User) -> dict[str, Any]:
    """All that the page shows to whoever is `looking`."""
    rows = list(batch.payouts.select_related("partner", "refund__order", "account").prefetch_related("steps__by"))
    rows.sort(key=lambda payout: (payout.refund is None, payout.payee))  # customers first, as they were planned
    under_way = [payout for payout in rows if payout.state == Payout.State.SENT]
    file = batch.files.select_related("made_by").last()
    today = timezone.localdate()
    is_open = batch.state in (Batch.State.PLANNED, Batch.State.APPROVED)
    alarms = warnings([payout.partner_id for payout in rows if payout.partner_id]) if is_open else {}
    return {
        "title": _("Uitbetaling tot en met %(day)s") % {"day": f"{batch.as_of:%d/%m/%Y}"},
        "batch": batch,
        "state_label": label(batch.get_state_display(), TONES[batch.state]),
        "payouts": [
            (
                payout,
                label(payout.get_state_display(), PAYOUT_TONES[payout.state]),
                _account(payout),
                alarms.get(payout.partner_id or 0, ""),
            )
            for payout in rows
        ],
        "why_another": why_another(batch, rows, looking),
        "total": sum(payout.amount_minor for payout in rows if payout.state not in NOT_PAID),
        "sums": _sums(rows),
        "under_way": under_way,
        "under_way_total": sum(payout.amount_minor for payout in under_way),
        "is_untouched": all(payout.state in (Payout.State.SENT, Payout.State.WITHDRAWN) for payout in rows),
        "is_first": batch.state == Batch.State.APPROVED,  # nobody can have given the file to the bank
        "file": file,
        "needs_new_day": file is not None and needs_new_day(file, rows, today),
        "next_bank_day": next_bank_day(today),
        "is_ahead": batch.as_of > today,
        "history": _history(batch, rows),
    }


def account_shown(refund: Refund | None) -> str:
    """The account that counts now for a refund, masked: it is the customer's; "" where none does."""
    account = account_of(refund) if refund else None
    return account.masked if account else ""


def _account(payout: Payout) -> str:
    """The account of a customer: the one in the file, and before that the one that would be."""
    if payout.account is not None:
        return payout.account.masked
    return account_shown(payout.refund) if payout.state in (Payout.State.PLANNED, Payout.State.SENT) else ""


def _history(batch: Batch, payouts: list[Payout]) -> list[Told]:
    """All that happened to a round, oldest first."""
    planned = Told(batch.planned_at, _("Gepland"), name_of(batch.planned_by) or _("met het commando settle"))
    steps = [told(step, EVENTS) for step in batch.steps.select_related("by")]
    renewed = [
        Told(file.made_at, _("Bestand opnieuw opgehaald"), name_of(file.made_by), _day(file.execute_on))
        for file in batch.files.select_related("made_by").defer("content")[1:]
    ]
    return sorted([planned, *_payout_steps(payouts), *renewed, *steps], key=lambda row: row.at)


def _payout_steps(payouts: list[Payout]) -> Iterator[Told]:
    """What happened to payouts by themselves; what happened to several in one go is told in one go."""
    names: dict[Told, list[str]] = defaultdict(list)
    for payout in payouts:
        for step in payout.steps.all():
            if step.event in PAYOUT_EVENTS:
                names[told(step, PAYOUT_EVENTS)].append(payout.payee)
    for found, who in names.items():
        yield replace(found, note=": ".join(part for part in (", ".join(who), found.note) if part))


def _day(day: date) -> str:
    return _("met een nieuwe dag van uitvoering: %(day)s") % {"day": f"{day:%d/%m/%Y}"}


def _sums(payouts: list[Payout]) -> list[tuple[str, int]]:
    """What stands below the payouts: one sum, or one for each state where something did not reach its partner."""
    if all(payout.state not in NOT_PAID for payout in payouts):
        return [(_("Samen"), sum(payout.amount_minor for payout in payouts))]
    found = {str(state.label): [row.amount_minor for row in payouts if row.state == state] for state in Payout.State}
    return [(name, sum(amounts)) for name, amounts in found.items() if amounts]
