"""Payments through Stripe, to look at."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfilment.entrypoints.backoffice.base import Room, Rows, label, moment
from fulfilment.entrypoints.backoffice.disputes import DisputeRows
from fulfilment.entrypoints.backoffice.site import back_office
from fulfilment.money import written
from fulfilment.orders.models import Order
from fulfilment.payments.models import Payment, PaymentRefund, PaymentStep

REFUND_TONES = {"asked": "busy", "pending": "busy", "succeeded": "done", "failed": "alert"}
TONES = {"paid": "busy", "ordered": "done", "failed": "alert", "open": "busy", "returning": "busy"}


def state_label(payment: Payment) -> SafeString:
    """How far a payment is."""
    return label(payment.get_state_display(), TONES.get(payment.state, "plain"))


def order_of(payment: Payment) -> Order | None:
    """The order that a payment became, once it did."""
    return Order.objects.filter(saleor_id=payment.saleor_order_id).exclude(saleor_id="").first()


class RefundRows(Rows):
    model = PaymentRefund
    verbose_name_plural = gettext_lazy("terugbetalingen")
    fields = ("amount", "stage", "code", "asked", "history", "reported")
    readonly_fields = fields

    @admin.display(description=gettext_lazy("bedrag"))
    def amount(self, refund: PaymentRefund) -> str:
        return written(refund.amount_minor, refund.payment.currency)

    @admin.display(description=gettext_lazy("stand"))
    def stage(self, refund: PaymentRefund) -> SafeString:
        return label(refund.get_state_display(), REFUND_TONES[refund.state])

    @admin.display(description=gettext_lazy("bij Stripe"))
    def code(self, refund: PaymentRefund) -> str:
        return refund.stripe_refund_id or ""

    @admin.display(description=gettext_lazy("gevraagd"))
    def asked(self, refund: PaymentRefund) -> str:
        return moment(refund.asked_at)

    @admin.display(description=gettext_lazy("hoe het ging"))
    def history(self, refund: PaymentRefund) -> SafeString:
        rows = ((step.told(), moment(step.at), f" – {step.note}" if step.note else "") for step in refund.steps.all())
        return format_html_join(mark_safe("<br>"), "{}: {}{}", rows)

    @admin.display(description=gettext_lazy("aan Saleor gemeld"))
    def reported(self, refund: PaymentRefund) -> str:
        return moment(refund.reported_at)


class StepRows(Rows):
    """The history of the payment."""

    model = PaymentStep
    verbose_name_plural = gettext_lazy("hoe het ging")
    fields = ("what", "when", "note")
    readonly_fields = fields

    @admin.display(description=gettext_lazy("stand"))
    def what(self, step: PaymentStep) -> SafeString:
        return label(step.told(), TONES.get(step.state, "plain"))

    @admin.display(description=gettext_lazy("wanneer"))
    def when(self, step: PaymentStep) -> str:
        return moment(step.at)


@admin.register(Payment, site=back_office)
class PaymentRoom(Room):
    list_display = ("code", "made", "amount", "stage", "fee")
    list_filter = ("state", "created_at")
    search_fields = ("reference", "payment_intent_id", "stripe_session_id")
    ordering = ("-created_at",)
    inlines = (RefundRows, DisputeRows, StepRows)
    fields = ("code", "stage", "order_link", "because", ("amount", "fee"), ("made", "paid"), "intent", "session")

    def name_of(self, row: Payment) -> str:
        return _("Betaling van %(amount)s") % {"amount": written(row.amount_minor, row.currency)}

    @admin.display(description=gettext_lazy("kenmerk"), ordering="reference")
    def code(self, payment: Payment) -> str:
        return payment.reference

    @admin.display(description=gettext_lazy("begonnen"), ordering="created_at")
    def made(self, payment: Payment) -> str:
        return moment(payment.created_at)

    @admin.display(description=gettext_lazy("betaald"), ordering="paid_at")
    def paid(self, payment: Payment) -> str:
        return moment(payment.paid_at)

    @admin.display(description=gettext_lazy("betaling bij Stripe"))
    def intent(self, payment: Payment) -> str:
        return payment.payment_intent_id

    @admin.display(description=gettext_lazy("betaalpagina bij Stripe"))
    def session(self, payment: Payment) -> str:
        return payment.stripe_session_id

    @admin.display(description=gettext_lazy("bedrag"), ordering="amount_minor")
    def amount(self, payment: Payment) -> str:
        return written(payment.amount_minor, payment.currency)

    @admin.display(description=gettext_lazy("betaalkosten"), ordering="fee_minor")
    def fee(self, payment: Payment) -> str:
        return "" if payment.fee_minor is None else written(payment.fee_minor, payment.currency)

    @admin.display(description=gettext_lazy("stand"), ordering="state")
    def stage(self, payment: Payment) -> SafeString:
        return state_label(payment)

    @admin.display(description=gettext_lazy("bestelling"))
    def order_link(self, payment: Payment) -> SafeString | str:
        order = order_of(payment)
        if order is None:
            return ""
        return format_html('<a href="{}">{}</a>', reverse("backoffice:orders_order_change", args=[order.pk]), order)
