"""Disputes in the back office: what to send and until when, who bears one that was lost, and how it went."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfilment.entrypoints.backoffice.at_stripe import stripe_page
from fulfilment.entrypoints.backoffice.base import Rows, label, moment, staff
from fulfilment.errors import Refusal
from fulfilment.flows.bear_dispute import bear, preview, stops_work
from fulfilment.inbox.models import OpenIssue
from fulfilment.money import written
from fulfilment.orders.models import Order
from fulfilment.partners.models import Partner
from fulfilment.payments.models import Dispute
from fulfilment.revenue.reversal import Rows as Given

State = Dispute.State
Policy = Dispute.Policy

TONES = {
    State.NEW: "busy",
    State.WARNING_NEEDS_RESPONSE: "alert",
    State.WARNING_UNDER_REVIEW: "busy",
    State.NEEDS_RESPONSE: "alert",
    State.UNDER_REVIEW: "busy",
    State.WON: "done",
    State.LOST: "alert",
    State.BORNE: "plain",
    State.CLOSED: "plain",
}

REASONS: dict[str, Promise] = {
    "fraudulent": gettext_lazy("De kaarthouder zegt dat hij dit niet kocht."),
    "unrecognized": gettext_lazy("De kaarthouder herkent de betaling niet."),
    "product_not_received": gettext_lazy("De klant zegt dat het pakket niet aankwam."),
    "product_unacceptable": gettext_lazy("De klant zegt dat het stuk anders of beschadigd is."),
    "credit_not_processed": gettext_lazy("De klant zegt dat hij geld terug moest krijgen."),
    "duplicate": gettext_lazy("De klant zegt dat hij twee keer betaalde."),
}
"""Stripe's reasons, in plain words; of the others Stripe's own page tells more."""

EVERY_TIME = (
    gettext_lazy("de bevestiging die de klant per mail kreeg, en de verkoopsvoorwaarden"),
    gettext_lazy("naam, adres en e-mailadres van de klant, zoals ze op deze bestelling staan"),
)
EVIDENCE: dict[str, tuple[Promise, ...]] = {
    "fraudulent": (
        gettext_lazy("de trackingcode van de vervoerder, met het bewijs dat het pakket op dat adres afgegeven is"),
        gettext_lazy("mails of brieven waarin de klant over deze bestelling spreekt"),
    ),
    "product_not_received": (
        gettext_lazy("de trackingcode van de vervoerder, met het bewijs dat het pakket afgegeven is"),
        gettext_lazy("de dag waarop het verzonden is; is het nog niet verzonden: wat je met de klant afsprak"),
    ),
    "product_unacceptable": (
        gettext_lazy("foto's en de beschrijving van het stuk, zoals ze in de winkel staan"),
        gettext_lazy("wat je de klant voorstelde: herstellen, omruilen of terugsturen"),
    ),
    "credit_not_processed": (
        gettext_lazy("de terugbetaling, als die er al was: datum en bedrag staan op de pagina van de betaling"),
        gettext_lazy("de tekst over terugsturen uit de verkoopsvoorwaarden"),
    ),
    "duplicate": (gettext_lazy("beide bestellingen, met wat er in elk pakket zat en hun trackingcodes"),),
}
OTHERWISE = EVIDENCE["product_not_received"]


@dataclass(frozen=True)
class Burden:
    """What one policy comes to: who gives what, in minor units, for the page of a lost dispute."""

    policy: str
    title: str
    about: Promise
    rows: list[tuple[str, int]]


ABOUT: dict[str, Promise] = {
    Policy.PLATFORM: gettext_lazy("De makers en ontwerpers houden hun deel."),
    Policy.SHARED: gettext_lazy(
        "Zoals bij een terugbetaling. Wie al uitbetaald is, verdient het terug met wat er nog komt."
    ),
}


def dispute_of(subject: str) -> Dispute | None:
    """The dispute that an exception is about."""
    kind, _colon, name = subject.partition(":")
    return Dispute.objects.filter(stripe_dispute_id=name).first() if kind == "dispute" else None


def disputes_of(order: Order) -> list[Dispute]:
    """Every dispute of what was paid for an order."""
    found = Dispute.objects.filter(payment__checkout_id=order.checkout_id).exclude(payment__checkout_id="")
    return list(found.prefetch_related("steps__by"))


def section(dispute: Dispute) -> dict[str, Any]:
    """What the page of an exception shows of the dispute that it is about."""
    return {
        "dispute": dispute,
        "dispute_state": state_label(dispute),
        "dispute_reason": REASONS.get(dispute.reason, dispute.reason),
        "evidence": [*EVIDENCE.get(dispute.reason, OTHERWISE), *EVERY_TIME],
        "stops": dispute.state == State.LOST and stops_work(dispute),
        "burdens": [_burden(dispute, policy) for policy in Policy] if dispute.state == State.LOST else [],
        "stripe_page": stripe_page(dispute.payment.payment_intent_id),
    }


def state_label(dispute: Dispute) -> SafeString:
    """How far a dispute is."""
    return label(dispute.get_state_display(), TONES[State(dispute.state)])


def _burden(dispute: Dispute, policy: Dispute.Policy) -> Burden:
    given = preview(dispute, policy)
    return Burden(policy.value, str(policy.label), ABOUT[policy], list(_rows(given)))


def _rows(given: Given) -> Iterator[tuple[str, int]]:
    names = dict(Partner.objects.filter(pk__in=given.partners).values_list("pk", "name"))
    yield from sorted((names[pk], amount) for pk, amount in given.partners.items())
    for name, amount in ((_("Het platform"), given.platform), (_("Btw"), given.vat), (_("Andere"), given.other)):
        if amount:
            yield name, amount


def choose_bearer(request: HttpRequest, issue: OpenIssue) -> None:
    """The operator says who bears it. `Refusal` where nothing was chosen, or there is nothing to choose."""
    chosen, dispute = request.POST.get("policy", ""), dispute_of(issue.subject)
    if dispute is None or chosen not in Policy:
        raise Refusal(_("Kies wie het draagt."), code="NOTHING_CHOSEN")
    bear(dispute.stripe_dispute_id, Policy(chosen), by=staff(request), now=timezone.now())


class DisputeRows(Rows):
    """The disputes of a payment."""

    model = Dispute
    verbose_name_plural = gettext_lazy("betwistingen")
    fields = ("amount", "stage", "why", "until", "history")
    readonly_fields = fields

    @admin.display(description=gettext_lazy("bedrag"))
    def amount(self, dispute: Dispute) -> SafeString:
        # A narrow column would break it between its cents.
        return format_html('<span class="bo-amount">{}</span>', written(dispute.amount_minor, dispute.currency))

    @admin.display(description=gettext_lazy("stand"))
    def stage(self, dispute: Dispute) -> SafeString:
        return state_label(dispute)

    @admin.display(description=gettext_lazy("waarom"))
    def why(self, dispute: Dispute) -> str:
        return str(REASONS.get(dispute.reason, dispute.reason))

    @admin.display(description=gettext_lazy("bewijs tot"))
    def until(self, dispute: Dispute) -> str:
        return moment(dispute.due_by)

    @admin.display(description=gettext_lazy("hoe het ging"))
    def history(self, dispute: Dispute) -> SafeString:
        rows = ((step.told(), moment(step.at), f" – {step.note}" if step.note else "") for step in dispute.steps.all())
        return format_html_join(mark_safe("<br>"), "{}: {}{}", rows)
