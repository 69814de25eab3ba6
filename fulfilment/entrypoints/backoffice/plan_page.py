"""What the page of a plan shows: who would be paid what on a day, and the money that is there, or comes from Stripe."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfilment.entrypoints.backoffice.account_changes import warnings
from fulfilment.entrypoints.backoffice.base import label
from fulfilment.entrypoints.backoffice.batch_page import account_shown
from fulfilment.entrypoints.backoffice.steps import Told, name_of, told
from fulfilment.errors import Refusal
from fulfilment.flows import plan_payouts
from fulfilment.flows.collect_money import Collected
from fulfilment.inbox.models import OpenIssue
from fulfilment.money import written
from fulfilment.payouts.models import Batch, Collection
from fulfilment.payouts.rules import CURRENCY, LAST_DAY

COLLECTION_TONES = {"asked": "busy", "under_way": "busy", "arrived": "done", "refused": "alert", "failed": "alert"}
COLLECTION_EVENTS: dict[str, Promise] = {
    "accept": gettext_lazy("Stripe stuurt het"),
    "arrive": gettext_lazy("Op de bank aangekomen"),
    "refuse": gettext_lazy("Stripe weigerde"),
    "fail": gettext_lazy("De bank nam het niet aan"),
}
SHOWN = 5


class AsOfForm(forms.Form):
    as_of = forms.DateField(label=gettext_lazy("Tot en met"), widget=forms.DateInput(attrs={"type": "date"}))

    def clean_as_of(self) -> date:
        day: date = self.cleaned_data["as_of"]
        if day > LAST_DAY:
            raise forms.ValidationError(
                _("Kies een dag tot en met %(day)s.") % {"day": date_format(LAST_DAY, "j F Y")}, code="max_value"
            )
        return day


@dataclass(frozen=True)
class CollectionRow:
    """Money that was sent for from Stripe, with its state as a label, and its history."""

    collection: Collection
    state: SafeString
    history: list[Told]


def plan_page(request: HttpRequest) -> dict[str, Any]:
    """All that the page shows; the plan is computed anew each time it is looked at."""
    form = AsOfForm(request.GET if "as_of" in request.GET else {"as_of": timezone.localdate().isoformat()})
    plan = None
    if form.is_valid():
        try:
            plan = plan_payouts.plan(as_of=form.cleaned_data["as_of"], now=timezone.now())
        except Refusal as refusal:
            form.add_error("as_of", refusal.message)
    collections = Collection.objects.select_related("asked_by").prefetch_related("steps__by")
    return {
        "title": _("Uitbetalingen plannen"),
        "form": form,
        "plan": plan,
        "rows": _rows(plan) if plan else [],
        "is_ahead": plan is not None and plan.as_of > timezone.localdate(),
        "waiting": Batch.objects.filter(state=Batch.State.PLANNED).first(),
        "collections": [_row(row) for row in collections[:SHOWN]],
        "below_zero": OpenIssue.objects.filter(kind=OpenIssue.Kind.STRIPE_BELOW_ZERO, resolved_at=None).first(),
    }


def _rows(plan: plan_payouts.PayoutPlan) -> list[tuple[plan_payouts.PlannedPayout, str, str, str]]:
    """Each payee, with why not now, the account of a customer, and what to look out for."""
    alarms = warnings([payout.partner.pk for payout in plan.payouts if payout.partner])
    return [
        (
            payout,
            plan_payouts.explain(payout.reason),
            account_shown(payout.refund),
            alarms.get(payout.partner.pk, "") if payout.partner else "",
        )
        for payout in plan.payouts
    ]


def what_was_collected(found: Collected) -> str:
    """How asking for the money at Stripe ended, for people."""
    if found.sent:
        message = _("Stripe stuurt %(amount)s naar de bank. Meestal duurt dat een tot twee werkdagen.")
        return message % {"amount": written(found.sent, CURRENCY)}
    message = _(
        "Er is nu niets op te halen. Bij Stripe staat %(there)s vrij; %(kept)s blijft daar voor terugbetalingen."
    )
    there, kept = (written(amount, CURRENCY) for amount in (found.available, found.reserve))
    return message % {"there": there, "kept": kept}


def _row(row: Collection) -> CollectionRow:
    asked = [Told(row.asked_at, _("Gevraagd"), name_of(row.asked_by))] if row.asked_by else []
    history = asked + [told(step, COLLECTION_EVENTS) for step in row.steps.all()]
    return CollectionRow(row, label(row.get_state_display(), COLLECTION_TONES[row.state]), history)
