"""A page and all that is asked for it are in one trace, which begins in the shop whatever a browser says."""

from django.test import Client

from shop.fulfilment.client import tracking
from telemetry import trace
from tests.shop.fake_fulfilment import FakeFulfilment
from tests.shop.fakes import FakeSaleor
from tests.support.otlp import listening

TRACE = "0123456789abcdef0123456789abcdef"
TOKEN = "ord_nom8mnSTA5kziqh0.L1Oh9g3h8b39-Knt07F8O70ubnt4SqV8nQqVDkpxoHY"


def test_saleor_and_fulfilment_are_asked_in_the_trace_that_the_page_names(
    visitor: Client, saleor: FakeSaleor, fulfilment: FakeFulfilment
) -> None:
    answer = visitor.get("/nl/product/koord/", headers={"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"})
    asked = {request.headers["traceparent"].split("-")[1] for request in (*saleor.requests, *fulfilment.requests)}
    assert saleor.requests
    assert fulfilment.requests
    assert asked == {answer["X-Trace-Id"]} != {TRACE}


def test_what_fulfilment_is_asked_is_told_by_its_name_and_without_the_link_of_an_order(
    fulfilment: FakeFulfilment,
) -> None:
    trace.begin()
    with listening() as receiver:
        assert tracking(TOKEN) is None
        told = receiver.one("fulfilment tracking")
    assert (told.kind, told.about, told.failed) == ("client", {"peer.service": "fulfilment"}, False)
    assert "ord_" not in told.said
