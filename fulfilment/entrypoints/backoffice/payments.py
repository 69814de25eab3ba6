"""Payments through Stripe, to look at."""

from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from fulfilment.entrypoints.backoffice.base import Room, Rows, label
from fulfilment.entrypoints.backoffice.site import back_office
from fulfilment.money import written
from fulfilment.orders.models import Order
from fulfilment.payments.models import Payment, PaymentRefund

TONES = {"paid": "busy", "ordered": "done", "failed": "alert", "open": "busy"}


class RefundRows(Rows):
    model = PaymentRefund
    fields = ("amount", "state", "stripe_refund_id", "asked_at", "reported_at")
    readonly_fields = fields

    @admin.display(description=gettext_lazy("bedrag"))
    def amount(self, refund: PaymentRefund) -> str:
        return written(refund.amount_minor, refund.payment.currency)


@admin.register(Payment, site=back_office)
class PaymentRoom(Room):
    list_display = ("reference", "made", "amount", "stage", "fee")
    list_filter = ("state", "created_at")
    search_fields = ("reference", "payment_intent_id", "stripe_session_id")
    ordering = ("-created_at",)
    inlines = (RefundRows,)
    fields = (
        "reference",
        ("amount", "fee", "stage"),
        "order_link",
        ("created_at", "expires_at"),
        ("paid_at", "reported_at"),
        ("payment_intent_id", "stripe_session_id"),
    )

    @admin.display(description=gettext_lazy("begonnen"), ordering="created_at")
    def made(self, payment: Payment) -> str:
        return timezone.localtime(payment.created_at).strftime("%d/%m/%Y %H:%M")

    @admin.display(description=gettext_lazy("bedrag"), ordering="amount_minor")
    def amount(self, payment: Payment) -> str:
        return written(payment.amount_minor, payment.currency)

    @admin.display(description=gettext_lazy("betaalkosten"), ordering="fee_minor")
    def fee(self, payment: Payment) -> str:
        return "" if payment.fee_minor is None else written(payment.fee_minor, payment.currency)

    @admin.display(description=gettext_lazy("stand"), ordering="state")
    def stage(self, payment: Payment) -> SafeString:
        return label(payment.get_state_display(), TONES.get(payment.state, "plain"))

    @admin.display(description=gettext_lazy("bestelling"))
    def order_link(self, payment: Payment) -> SafeString | str:
        order = Order.objects.filter(saleor_id=payment.saleor_order_id).exclude(saleor_id="").first()
        if order is None:
            return ""
        return format_html('<a href="{}">{}</a>', reverse("backoffice:orders_order_change", args=[order.pk]), order)
