"""How it is now: told right, by few statements however much there is."""

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from fulfilment.flows.measure import present, slowest
from fulfilment.inbox.issues import raise_issue
from fulfilment.inbox.marks import mark
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.mail.models import Mail
from fulfilment.orders.models import Order
from fulfilment.payments.models import Payment
from fulfilment.vitals.models import Sample, Sign
from fulfilment.vitals.signs import seen_ill, seen_well
from tests.support import rows
from tests.support.rows import NOW

pytestmark = pytest.mark.django_db
STATEMENTS = 6


def mail(number: int, *, failures: int = 0) -> None:
    Mail.objects.create(
        key=f"k{number}", to="a@example.com", subject="s", text="t", html="h", failures=failures,
        created_at=NOW - timedelta(minutes=number),
    )  # fmt: skip


def test_it_is_told_by_few_statements_however_much_there_is(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(30):
        mark(list(Mark.Kind)[number % 5], f"o{number}", NOW - timedelta(seconds=number))
        raise_issue(list(OpenIssue.Kind)[number % 7], f"s{number}", "m", NOW)
        mail(number, failures=number % 3)
        Sample.objects.create(span=60, taken_at=NOW - timedelta(minutes=number), values={"repairs": 1})
    with django_assert_num_queries(STATEMENTS):
        found = present({"money": 1}, now=NOW)
    assert found.oldest_mark == 29
    assert sum(found.marks.values()) == sum(found.exceptions.values()) == found.mails_waiting == 30
    assert found.mails_failing == 20
    assert found.oldest_failing_mail == 29 * 60
    assert found.lately["repairs"] == 15


def test_a_part_is_ill_from_its_last_bad_news_until_it_is_seen_well() -> None:
    seen_well(Sign.Name.SALEOR, NOW - timedelta(minutes=2))
    seen_ill(Sign.Name.SALEOR, "Saleor zwijgt.", NOW - timedelta(minutes=1))
    found = present({}, now=NOW)
    assert (found.ages, found.ill) == ({"saleor": 120}, {"saleor": "Saleor zwijgt."})
    seen_well(Sign.Name.SALEOR, NOW)
    assert present({}, now=NOW).ill == {}


def test_the_slowest_order_is_told_from_paid_to_task() -> None:
    order = rows.order([("SG-001", "Koord", 1, 1_000)])
    Order.objects.filter(pk=order.pk).update(checkout_id="c1", routed_at=NOW, released_at=None)
    Payment.objects.create(
        idempotency_key="k", checkout_id="c1", saleor_transaction_id="t", amount_minor=1, currency="EUR",
        created_at=NOW, expires_at=NOW, paid_at=NOW - timedelta(seconds=42),
    )  # fmt: skip
    assert slowest(NOW - timedelta(minutes=1)) == 42
    assert slowest(NOW) == 0
    raise_issue(OpenIssue.Kind.PAID_WITHOUT_ORDER, Payment.objects.get().reference, "m", NOW)
    assert slowest(NOW - timedelta(minutes=1)) == 0  # what kept it waiting was told by itself
