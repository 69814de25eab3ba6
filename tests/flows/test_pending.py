"""What waits, of everything or of one order."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from fulfilment.inbox.issues import raise_issue
from tests.support import rows
from tests.support.bought import LAMP, NOW, agree, bought

pytestmark = pytest.mark.django_db


def pending(**options: Any) -> dict[str, Any]:
    said = StringIO()
    call_command("pending", json=True, stdout=said, **options)
    told: dict[str, Any] = json.loads(said.getvalue())
    return told


def test_of_one_order_its_own_parcels_and_exceptions_are_told() -> None:
    agree("SG-001")
    ours, others = bought(LAMP), bought(LAMP)
    for found in (ours, others):
        rows.parcel(found.order.tasks.get())
        raise_issue("not_released", found.order.number, "De boeken", NOW)
        raise_issue("gateway", f"intent:{found.payment.payment_intent_id}", "Stripe", NOW)
    raise_issue("neighbour_away", "neighbour:Saleor", "weg", NOW)
    told = pending(order=ours.order.number)
    assert len(told["exceptions"]) == 2
    assert all(ours.order.number in one or ours.payment.payment_intent_id in one for one in told["exceptions"])
    assert len(told["parcels_unreported"]) == 1
    assert len(pending()["exceptions"]) == 5
    assert len(pending()["parcels_unreported"]) == 2
