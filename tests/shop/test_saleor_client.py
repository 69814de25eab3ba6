from dataclasses import replace

import httpx2
import pytest

from shop.saleor import catalogue
from shop.saleor.catalogue import PEOPLE
from shop.saleor.client import Saleor
from shop.saleor.errors import SaleorRefusal, SaleorRejected, SaleorUnavailable
from tests.shop.fakes import FakeSaleor, refusal

VISITOR = Saleor("203.0.113.9", "NL")


def test_the_visitors_address_is_passed_on(saleor: FakeSaleor) -> None:
    VISITOR.read("page", {"slug": "labeur", "language": "NL"})
    assert saleor.requests[0].headers["X-Forwarded-For"] == "203.0.113.9"


@pytest.mark.parametrize(
    "answer", [httpx2.Response(502), httpx2.ConnectError("no route"), httpx2.Response(200, text="<html>")]
)
def test_a_read_is_tried_three_times_and_then_says_that_saleor_is_away(
    saleor: FakeSaleor, answer: httpx2.Response | Exception
) -> None:
    saleor.answer = answer
    with pytest.raises(SaleorUnavailable):
        VISITOR.read("page", {"slug": "labeur", "language": "NL"})
    assert len(saleor.requests) == 3


def test_a_read_that_took_too_long_is_not_tried_again(saleor: FakeSaleor) -> None:
    saleor.answer = httpx2.ReadTimeout("slow")
    with pytest.raises(SaleorUnavailable):
        VISITOR.read("page", {"slug": "labeur", "language": "NL"})
    assert len(saleor.requests) == 1


def test_a_write_is_never_tried_again(saleor: FakeSaleor) -> None:
    saleor.answer = httpx2.Response(503)
    with pytest.raises(SaleorUnavailable):
        VISITOR.write("checkoutEmailUpdate", {"id": "Checkout:1", "email": "an@voorbeeld.be"})
    assert len(saleor.requests) == 1


def test_a_request_that_saleor_does_not_understand_is_rejected(saleor: FakeSaleor) -> None:
    saleor.answer = httpx2.Response(400, json={"errors": [{"message": "Cannot query field"}]})
    with pytest.raises(SaleorRejected) as caught:
        VISITOR.read("page", {"slug": "labeur", "language": "NL"})
    assert caught.value.code == "400"


def test_an_execution_error_comes_with_its_code(saleor: FakeSaleor) -> None:
    problem = {"message": "No.", "extensions": {"exception": {"code": "PermissionDenied"}}}
    saleor.answer = httpx2.Response(200, json={"data": None, "errors": [problem]})
    with pytest.raises(SaleorRejected) as caught:
        VISITOR.read("page", {"slug": "labeur", "language": "NL"})
    assert caught.value.code == "PermissionDenied"


def test_a_business_error_comes_with_its_field_and_code(saleor: FakeSaleor) -> None:
    saleor.checkouts["Checkout:1"] = {}
    saleor.refuse["checkoutEmailUpdate"] = [refusal("INVALID", "email")]
    with pytest.raises(SaleorRefusal) as caught:
        VISITOR.write("checkoutEmailUpdate", {"id": "Checkout:1", "email": "geen adres"})
    assert caught.value.codes == {"INVALID"}
    assert caught.value.reasons[0].field == "email"


def test_the_catalogue_is_asked_for_once_a_minute(saleor: FakeSaleor) -> None:
    first = catalogue.products(VISITOR)
    assert catalogue.products(Saleor("198.51.100.7", "NL")) == first
    assert saleor.operations() == ["products"]


def test_what_is_kept_for_everybody_is_asked_as_nobody(saleor: FakeSaleor) -> None:
    customer = replace(VISITOR, token="of-an")
    assert catalogue.products(customer)
    assert catalogue.product(customer, "koord") is not None
    assert catalogue.page(customer, "labeur", PEOPLE) is not None
    assert [request.headers.get("Authorization") for request in saleor.requests] == [None, None, None]


def test_rich_text_becomes_plain_text(saleor: FakeSaleor) -> None:
    page = catalogue.page(VISITOR, "labeur", PEOPLE)
    assert page is not None
    assert page.content[0].lines == ("Labeur werkt met touw & hout.",)
