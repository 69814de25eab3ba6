"""Who makes a product stands on the product in Saleor for as long as somebody does, and no longer."""

from datetime import UTC, date, datetime
from unittest import mock

import pytest

from fulfilment.agreements.models import Agreement
from fulfilment.errors import GatewayError
from fulfilment.flows.publish_producers import publish_producers
from fulfilment.production.models import PieceWork
from tests.support import rows
from tests.support.bought import issues
from tests.support.remote import SaleorInMemory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def saleor() -> SaleorInMemory:
    return SaleorInMemory(producers={"SG-001": "", "SG-003": ""})


def test_agreements_in_force_are_published(saleor: SaleorInMemory) -> None:
    rows.agreement("SG-001", rows.partner("labeur"))
    assert publish_producers(saleor.as_saleor(), on=TODAY, now=NOW) == []
    assert saleor.producers == {"SG-001": "labeur", "SG-003": ""}


def test_how_long_a_piece_takes_is_read_from_the_product_and_follows_it(saleor: SaleorInMemory) -> None:
    rows.agreement("SG-001", rows.partner("labeur"))
    for said, minutes in (("9", 540), ("0,5", 30), ("", 0)):
        saleor.hours["SG-001"] = said
        publish_producers(saleor.as_saleor(), on=TODAY, now=NOW)
        assert PieceWork.objects.get().minutes == minutes


def test_what_not_everybody_signed_is_not_published(saleor: SaleorInMemory) -> None:
    rows.agreement("SG-001", rows.partner("labeur"), bound=False)
    publish_producers(saleor.as_saleor(), on=TODAY, now=NOW)
    assert saleor.producers["SG-001"] == ""


def test_when_the_last_agreement_ended_the_producer_is_taken_off(saleor: SaleorInMemory) -> None:
    rows.agreement("SG-001", rows.partner("labeur"))
    Agreement.objects.update(valid_until=TODAY)
    publish_producers(saleor.as_saleor(), on=TODAY, now=NOW)
    assert saleor.producers["SG-001"] == "labeur"
    publish_producers(saleor.as_saleor(), on=date(2026, 11, 24), now=NOW)
    assert saleor.producers["SG-001"] == ""


def test_an_agreement_of_a_price_list_says_nothing_about_the_shop(saleor: SaleorInMemory) -> None:
    rows.agreement("SG-001", rows.partner("labeur"), price_list="wholesale")
    saleor.producers["SG-001"] = "somebody"
    publish_producers(saleor.as_saleor(), on=TODAY, now=NOW)
    assert saleor.producers["SG-001"] == "somebody"


def test_codes_that_saleor_does_not_know_are_told(saleor: SaleorInMemory) -> None:
    rows.agreement("SG-404", rows.partner("labeur"))
    assert publish_producers(saleor.as_saleor(), on=TODAY, now=NOW) == ["SG-404"]


def test_a_saleor_that_is_down_is_tried_again_by_the_next_job(saleor: SaleorInMemory) -> None:
    rows.agreement("SG-001", rows.partner("labeur"))
    saleor.down = GatewayError("no answer", retry=True)
    with pytest.raises(GatewayError):
        publish_producers(saleor.as_saleor(), on=TODAY, now=NOW)


def test_one_product_that_saleor_will_not_have_leaves_out_no_other(saleor: SaleorInMemory) -> None:
    labeur = rows.partner("labeur")
    for code in ("SG-001", "SG-003"):
        rows.agreement(code, labeur)
    real = saleor.publish_producer

    def publish(code: str, slug: str) -> str | None:
        if code == "SG-001":
            raise GatewayError("not this one", retry=False, code="INVALID")
        return real(code, slug)

    with mock.patch.object(saleor, "publish_producer", publish):
        publish_producers(saleor.as_saleor(), on=TODAY, now=NOW)
    assert saleor.producers["SG-003"] == "labeur"
    assert issues() == ["fault:publish:SG-001"]
    publish_producers(saleor.as_saleor(), on=TODAY, now=NOW)
    assert issues() == []
