"""Whoever asks to be forgotten is forgotten in Saleor too: what it answers, and what is left."""

from collections.abc import Iterator

import pytest

from fulfilment.errors import GatewayError
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.saleor.client import SaleorClient
from tests.support.saleor_bench import ADDRESS, SaleorBench

EMAIL = "ann@example.com"
"""Whose the orders of the bench are."""
ORDER = """query($id: ID!) { order(id: $id) { userEmail
  giftMessage: metafield(key: "gift_message") note: metafield(key: "customer_note")
  shippingAddress { firstName lastName streetAddress1 city postalCode phone country { code } }
  billingAddress { firstName streetAddress1 postalCode } } }"""
SPANISH = {
    "firstName": "Bea",
    "lastName": "Claes",
    "companyName": "Claes bv",
    "streetAddress1": "Gran Via 2",
    "city": "Madrid",
    "postalCode": "28013",
    "countryArea": "Madrid",
    "country": "ES",
}
"""Where an invoice may go: Saleor takes no Spanish address without its province."""
ACCOUNT = {"firstName": "Ann", "lastName": "Peeters", "isStaff": False}


@pytest.fixture
def ours(saleor: SaleorBench) -> Iterator[Saleor]:
    client = Saleor(SaleorClient(saleor.api_url, saleor.app.token))
    yield client
    client.close()


def account(saleor: SaleorBench, email: str, **more: object) -> None:
    """An account that staff made; the stand-in alone has one from nowhere."""
    if saleor.sandbox is None:
        pytest.skip("what is left in a real Saleor is its own")
    kept = {
        "id": email,
        "email": email,
        "dateJoined": saleor.sandbox.core.now(),
        "addresses": [ADDRESS],
        **ACCOUNT,
        **more,
    }
    with saleor.sandbox.core.store.write() as tx:
        tx.insert("customer", email, kept)


def test_an_order_is_nobodys_and_keeps_where_vat_was_due(saleor: SaleorBench, ours: Saleor) -> None:
    order = saleor.order()
    found = {one.id: one for one in ours.orders_of([EMAIL, "nobody@example.com"])}
    written = """mutation($id: ID!) { updateMetadata(id: $id, input: [
      {key: "gift_message", value: "Dag Ann"}, {key: "customer_note", value: "Bel Ann op"}]) {
      errors { code } } }"""
    assert saleor.as_app(written, id=order.id)["updateMetadata"]["errors"] == []
    for _ in range(2):
        ours.forget_order(order.id, found[order.id].places)
    told = saleor.as_app(ORDER, id=order.id)["order"]
    assert told["userEmail"] is None
    assert (told["giftMessage"], told["note"]) == ("", "")
    address = told["shippingAddress"]
    assert (address["firstName"], address["lastName"], address["phone"] or "") == ("", "", "")
    assert (address["streetAddress1"], address["city"]) == ("-", "-")
    assert (address["postalCode"], address["country"]["code"]) == ("9000", "BE")
    assert told["billingAddress"] == {"firstName": "", "streetAddress1": "-", "postalCode": "9000"}
    assert order.id not in {one.id for one in ours.orders_of([EMAIL])}


def test_an_order_is_read_with_where_its_invoice_goes_and_the_province(saleor: SaleorBench, ours: Saleor) -> None:
    order = saleor.order(billing=SPANISH)
    found = ours.order(order.id)
    assert found is not None
    assert found.address is not None
    assert found.buyer is not None
    assert (found.address.name, found.address.street, found.address.area) == ("Ann Peeters", "Veldstraat 1", "")
    buyer = found.buyer
    assert (buyer.name, buyer.company, buyer.street) == ("Bea Claes", "Claes bv", "Gran Via 2")
    assert (buyer.postal_code, buyer.city.upper(), buyer.country) == ("28013", "MADRID", "ES")
    # A state that Saleor knows it keeps by its code: M for Madrid.
    assert buyer.area
    assert "MADRID".startswith(buyer.area.upper())
    [theirs] = [one for one in ours.orders_of([EMAIL]) if one.id == order.id]
    assert theirs.addresses["billingAddress"].area == buyer.area


def test_an_order_whose_invoice_went_where_there_are_provinces_is_made_nobodys_too(
    saleor: SaleorBench, ours: Saleor
) -> None:
    order = saleor.order(billing=SPANISH)
    [found] = [one for one in ours.orders_of([EMAIL]) if one.id == order.id]
    ours.forget_order(order.id, found.places)
    left = saleor.as_app(ORDER, id=order.id)["order"]
    assert left["userEmail"] is None
    assert left["billingAddress"] == {"firstName": "", "streetAddress1": "-", "postalCode": "28013"}


def test_the_rest_of_the_orders_of_an_address_comes_page_by_page(saleor: SaleorBench, ours: Saleor) -> None:
    placed = {saleor.order().id for _ in range(2)}
    assert placed <= {one.id for one in ours.orders_of([EMAIL])}
    assert ours.orders_of(["nobody@example.com"]) == []


def test_an_account_is_found_by_its_address_and_deleted_once(saleor: SaleorBench, ours: Saleor) -> None:
    account(saleor, "an@example.org")
    account(saleor, "bo@example.org")
    [found] = ours.accounts(["an@example.org", "An@example.org"])
    assert (found.name, found.addresses[0].street, found.is_staff) == ("Ann Peeters", "Veldstraat 1", False)
    assert set(ours.addresses_of_accounts()) >= {"an@example.org", "bo@example.org"}
    for _ in range(2):
        ours.delete_customer(found.id)
    assert ours.accounts(["an@example.org"]) == []
    assert len(ours.accounts(["bo@example.org"])) == 1


def test_an_account_of_staff_is_not_a_customers(saleor: SaleorBench, ours: Saleor) -> None:
    account(saleor, "staff@example.org", isStaff=True)
    [found] = ours.accounts(["staff@example.org"])
    with pytest.raises(GatewayError) as refused:
        ours.delete_customer(found.id)
    assert refused.value.code == "DELETE_STAFF_ACCOUNT"
    assert not refused.value.retry


def test_an_order_that_is_gone_is_forgotten(ours: Saleor) -> None:
    ours.forget_order("T3JkZXI6MDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAw", {})
