"""Orders that are paid and wait to be taken in, from a Saleor that answers from memory. Needs Django to be set up."""

import logging
from datetime import UTC, date, datetime
from io import StringIO

from django.db import connection

from fulfilment.agreements.models import Agreement, Term
from fulfilment.partners.models import Partner, TaxRegime
from fulfilment.payments.models import Payment
from fulfilment.routing.models import Plan
from tests.support.remote import SaleorInMemory, paid_order

NOW = datetime(2026, 11, 23, 20, 1, tzinfo=UTC)
CODES = ("SG-001", "SG-003", "SG-006")

# What an order leaves behind, parents first, and how each row is known to be of an order.
TABLES = {
    "orders_order": "t.id",
    "orders_recipient": "t.order_id",
    "orders_line": "t.order_id",
    "ledger_entry": "(SELECT min(p.order_id) FROM ledger_posting p WHERE p.entry_id = t.id)",
    "routing_decision": "t.order_id",
    "routing_assignment": "(SELECT d.order_id FROM routing_decision d WHERE d.id = t.decision_id)",
    "production_task": "t.order_id",
    "production_taskline": "(SELECT k.order_id FROM production_task k WHERE k.id = t.task_id)",
    "production_taskstep": "(SELECT k.order_id FROM production_task k WHERE k.id = t.task_id)",
    "revenue_share": "t.order_id",
    "ledger_posting": "t.order_id",
    "inbox_mark": "(SELECT o.id FROM orders_order o WHERE o.public_id = t.object_id)",
}


def log_to_nobody() -> None:
    """A line is made of each order, as it always is; here nobody reads it."""
    nowhere = StringIO()
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(nowhere)


def agree() -> None:
    """Three workshops, a designer and the platform; agreements of five terms over three products."""
    partners = {
        slug: Partner.objects.get_or_create(slug=slug, defaults={"name": slug, "kind": kind})[0]
        for slug, kind in (
            ("labeur", "producer"),
            ("compaan", "producer"),
            ("dienstenbedrijf-gent", "producer"),
            ("sep-verboom", "designer"),
            ("sociaal-gemaakt", "platform"),
        )
    }
    for partner in partners.values():
        TaxRegime.objects.get_or_create(
            partner=partner,
            valid_from=date(2025, 1, 1),
            defaults={"regime": "vat_liable", "vat_basis_points": 2_100},
        )
    for code, producer in zip(CODES, ("labeur", "compaan", "dienstenbedrijf-gent"), strict=True):
        agreement, made = Agreement.objects.get_or_create(
            product_code=code,
            version=1,
            defaults={"producer": partners[producer], "valid_from": date(2025, 1, 1)},
        )
        if made:
            figures = ((producer, 500, None), (producer, None, 6_000), ("sep-verboom", None, 2_500))
            for rank, (slug, amount, points) in enumerate((*figures, ("sociaal-gemaakt", None, 1_500)), start=1):
                Term.objects.create(
                    agreement=agreement,
                    rank=rank,
                    kind="fixed" if amount else "percent",
                    partner=partners[slug],
                    amount_minor=amount,
                    basis_points=points,
                )
            Agreement.objects.filter(pk=agreement.pk).update(bound_at=NOW)


def orders(count: int) -> tuple[SaleorInMemory, list[str]]:
    """Paid checkouts with their routing plan, and the orders that Saleor made of them."""
    Payment.objects.all().delete()
    Plan.objects.all().delete()
    saleor = SaleorInMemory()
    planned = dict(Agreement.objects.values_list("product_code", "pk"))
    payments, plans = [], []
    for at in range(count):
        items = [("SG-001", 1, 28_900), ("SG-003", 2, 53_000), ("SG-006", 1, 1_200)]
        order = saleor.put(paid_order(f"B{at}", items, checkout_id=f"checkout-{at}"))
        plans.append(Plan(checkout_id=order.checkout_id, assignments=planned, made_at=NOW))
        payments.append(
            Payment(
                idempotency_key=f"key-{at}",
                checkout_id=order.checkout_id,
                saleor_transaction_id=f"transaction-{at}",
                saleor_order_id=order.id,
                payment_intent_id=f"pi_{at}",
                amount_minor=order.total_gross_minor,
                currency="EUR",
                state=Payment.State.ORDERED,
                paid_at=NOW,
                created_at=NOW,
                expires_at=NOW,
            )
        )
    Plan.objects.bulk_create(plans)
    Payment.objects.bulk_create(payments)
    return saleor, list(saleor.orders)


def clean() -> None:
    """Leave no order behind."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(TABLES)}, orders_refund, orders_refundline, inbox_openissue CASCADE")
