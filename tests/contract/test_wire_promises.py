"""What the shop is told of the day on which so many pieces are ready."""

from datetime import date

import pytest
from django.utils import timezone

from fulfilment.agreements.models import Agreement
from fulfilment.partners.models import Partner
from fulfilment.production.models import PieceWork
from fulfilment.production.rules import due_on, ready_on
from tests.support import workshop
from tests.support.bought import agree
from tests.support.shape import differences
from tests.support.storefront_api import called, golden

pytestmark = pytest.mark.django_db


def test_a_promise_counts_how_many_and_what_the_workshop_promised_before() -> None:
    maker = agree("SG-001")[0]
    Partner.objects.filter(pk=maker.pk).update(lead_days=11, bench_hours=38)
    PieceWork.objects.create(product_code="SG-001", minutes=9 * 60)
    today = timezone.localdate()

    def promised(codes: str) -> str:
        return str(called(f"promises?codes={codes}")["promises"][0]["ready_on"])

    assert promised("SG-001") == promised("SG-001:1") == due_on(today, 11).isoformat()
    fifty = ready_on(today, 11, minutes=50 * 9 * 60, bench_hours=38)
    assert promised("SG-001:50") == promised("SG-001:20,SG-001:30") == fifty.isoformat() > promised("SG-001")
    workshop.task(maker, [("SG-001", "Koord", 40)])
    assert promised("SG-001:10") == fifty.isoformat()


def test_ready_days_are_told_of_everything_that_binds_today() -> None:
    maker = agree("SG-001")[0]
    agree("SG-002")
    Agreement.objects.filter(product_code="SG-002").update(valid_until=date(2025, 6, 1))
    Partner.objects.filter(pk=maker.pk).update(lead_days=11)
    told = called("ready-days")
    assert differences(told, golden("ready_days")) == []
    assert told == {"ready_on": {"SG-001": due_on(timezone.localdate(), 11).isoformat()}}
