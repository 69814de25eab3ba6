"""Saleor hears of each parcel once, whatever happens to its answers."""

import re
from datetime import timedelta
from unittest import mock

import pytest

from fulfilment.entrypoints import jobs
from fulfilment.entrypoints.backoffice.wording import what_to_do
from fulfilment.errors import GatewayError
from fulfilment.flows import work_task
from fulfilment.flows.report_shipment import report_shipment
from fulfilment.gateways.saleor.api import NO_WAREHOUSE
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.outside import in_words
from fulfilment.production.models import Parcel
from tests.support import rows, workshop
from tests.support.fakes import FakeSaleor
from tests.support.workshop import NOW, THREE_STOOLS

pytestmark = pytest.mark.django_db


def one_of_three(code: str = "323212345678", form_key: str = "form-1", parcel: Parcel | None = None) -> Parcel:
    """One stool of three leaves; a second one of the same task where a parcel is given."""
    if parcel is None:
        compaan = rows.partner("compaan")
        task = workshop.task(compaan, [THREE_STOOLS])
        coach = workshop.member(compaan)
        workshop.brought_to("ready", task, coach)
    else:
        task = parcel.task
        membership = task.producer.memberships.first()
        assert membership is not None
        coach = membership.user
    [line] = workshop.units(task)
    return workshop.shipped(task, coach, quantities={line: 1}, code=code, form_key=form_key)


def test_a_parcel_becomes_a_fulfilment_from_the_producers_warehouse() -> None:
    parcel = one_of_three()
    saleor = FakeSaleor().holding(parcel.task.order)

    report_shipment(parcel.public_id, saleor.as_saleor(), now=NOW)

    [told] = saleor.fulfilments()
    assert (told.warehouse, told.tracking_number, list(told.lines.values())) == ("compaan", "323212345678", [1])
    parcel.refresh_from_db()
    assert (parcel.saleor_fulfillment_id, parcel.reported_at) == (told.id, NOW)


def test_telling_it_again_tells_nothing_new() -> None:
    parcel = one_of_three()
    saleor = FakeSaleor().holding(parcel.task.order)

    for _ in range(3):
        report_shipment(parcel.public_id, saleor.as_saleor(), now=NOW)

    assert saleor.fulfil_calls == 1
    assert saleor.tracking_updates == []


def test_when_the_answer_got_lost_the_fulfilment_is_found_and_not_made_again() -> None:
    parcel = one_of_three()
    saleor = FakeSaleor(lost_answers=1).holding(parcel.task.order)

    with pytest.raises(GatewayError) as failed:
        report_shipment(parcel.public_id, saleor.as_saleor(), now=NOW)
    assert failed.value.retry
    assert in_words(failed.value).startswith(f"Bestelling {parcel.task.order.number}: de verzending van Compaan")
    parcel.refresh_from_db()
    assert parcel.reported_at is None
    report_shipment(parcel.public_id, saleor.as_saleor(), now=NOW)

    assert len(saleor.fulfilments()) == 1
    parcel.refresh_from_db()
    assert parcel.saleor_fulfillment_id == saleor.fulfilments()[0].id


def test_two_parcels_with_the_same_content_are_two_fulfilments() -> None:
    first = one_of_three("111111")
    second = one_of_three("222222", "form-2", first)
    saleor = FakeSaleor(lost_answers=1).holding(first.task.order)

    with pytest.raises(GatewayError):
        report_shipment(second.public_id, saleor.as_saleor(), now=NOW)
    report_shipment(second.public_id, saleor.as_saleor(), now=NOW)
    report_shipment(first.public_id, saleor.as_saleor(), now=NOW)

    assert {told.tracking_number for told in saleor.fulfilments()} == {"111111", "222222"}
    assert saleor.tracking_updates == []
    assert Parcel.objects.values("saleor_fulfillment_id").distinct().count() == 2


def test_what_staff_shipped_in_saleor_is_taken_for_the_parcel_and_gets_its_code() -> None:
    parcel = one_of_three()
    saleor = FakeSaleor().holding(parcel.task.order)
    [line] = parcel.task.order.lines.values_list("saleor_id", flat=True)
    saleor.fulfil(parcel.task.order.saleor_id, "warehouse:compaan", {line: 1}, "")

    report_shipment(parcel.public_id, saleor.as_saleor(), now=NOW)

    assert len(saleor.fulfilments()) == 1
    assert saleor.fulfilments()[0].tracking_number == "323212345678"


@pytest.mark.parametrize(("warehouse", "quantity"), [("labeur", 1), ("compaan", 2)])
def test_another_shipment_is_not_taken_for_this_one(warehouse: str, quantity: int) -> None:
    parcel = one_of_three()
    saleor = FakeSaleor().holding(parcel.task.order)
    [line] = parcel.task.order.lines.values_list("saleor_id", flat=True)
    saleor.fulfil(parcel.task.order.saleor_id, f"warehouse:{warehouse}", {line: quantity}, "")

    report_shipment(parcel.public_id, saleor.as_saleor(), now=NOW)

    assert len(saleor.fulfilments()) == 2


def test_a_cancelled_fulfilment_is_not_taken_for_the_parcel() -> None:
    parcel = one_of_three()
    saleor = FakeSaleor().holding(parcel.task.order)
    [line] = parcel.task.order.lines.values_list("saleor_id", flat=True)
    [made] = saleor.fulfil(parcel.task.order.saleor_id, "warehouse:compaan", {line: 1}, "")
    saleor.set_status(made, "CANCELED")

    report_shipment(parcel.public_id, saleor.as_saleor(), now=NOW)

    parcel.refresh_from_db()
    assert parcel.saleor_fulfillment_id not in ("", made)


def test_what_staff_cancelled_after_the_report_stays_cancelled() -> None:
    parcel = one_of_three()
    saleor = FakeSaleor().holding(parcel.task.order)
    report_shipment(parcel.public_id, saleor.as_saleor(), now=NOW)
    saleor.set_status(saleor.fulfilments()[0].id, "CANCELED")

    report_shipment(parcel.public_id, saleor.as_saleor(), now=NOW)

    assert saleor.fulfil_calls == 1


def test_a_corrected_tracking_code_reaches_saleor() -> None:
    parcel = one_of_three()
    saleor = FakeSaleor().holding(parcel.task.order)
    report_shipment(parcel.public_id, saleor.as_saleor(), now=NOW)
    step = parcel.task.steps.last()
    assert step is not None
    assert step.by is not None

    work_task.correct_tracking(parcel.public_id, carrier="bpost", tracking_code="999999", by=step.by, now=NOW)
    report_shipment(parcel.public_id, saleor.as_saleor(), now=NOW)

    assert saleor.tracking_updates == [(saleor.fulfilments()[0].id, "999999")]


def test_a_refusal_of_saleor_says_which_order_and_why_and_writes_nothing() -> None:
    parcel = one_of_three()
    saleor = FakeSaleor(
        refuses_to_fulfil=GatewayError("Not paid.", retry=False, code="CANNOT_FULFILL_UNPAID_ORDER")
    ).holding(parcel.task.order)

    with pytest.raises(GatewayError, match="Not paid") as failed:
        report_shipment(parcel.public_id, saleor.as_saleor(), now=NOW)

    assert (failed.value.retry, failed.value.code) == (False, "CANNOT_FULFILL_UNPAID_ORDER")
    assert re.search(r"Bestelling .* Compaan .*niet betaald is", in_words(failed.value))
    parcel.refresh_from_db()
    assert (parcel.saleor_fulfillment_id, parcel.reported_at) == ("", None)


def test_an_order_that_saleor_does_not_know_is_no_reason_to_keep_trying() -> None:
    parcel = one_of_three()

    with pytest.raises(GatewayError) as failed:
        report_shipment(parcel.public_id, FakeSaleor().as_saleor(), now=NOW)

    assert not failed.value.retry


def test_a_workshop_without_a_warehouse_is_told_with_what_to_do_about_that_and_reported_once_it_has_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parcel = one_of_three()
    saleor = FakeSaleor().holding(parcel.task.order)
    monkeypatch.setattr(jobs, "connected", saleor.as_saleor)
    subject = f"parcel:{parcel.public_id}"
    missing = GatewayError("Saleor has no warehouse", retry=False, code=NO_WAREHOUSE, at="Saleor")
    with mock.patch.object(saleor, "warehouse_id", side_effect=missing):
        jobs.process(Mark.Kind.PARCEL, parcel.public_id, NOW)

    issue = OpenIssue.objects.get(resolved_at=None)
    assert (issue.kind, issue.subject) == (OpenIssue.Kind.NO_WAREHOUSE, subject)
    assert "externe referentie" in what_to_do(issue.kind)
    assert "Meld de verzending zelf" not in what_to_do(issue.kind)

    jobs.process(Mark.Kind.PARCEL, parcel.public_id, NOW + timedelta(minutes=20))
    parcel.refresh_from_db()
    assert parcel.reported_at is not None
    assert not OpenIssue.objects.filter(resolved_at=None).exists()
