"""Price lists as our app reads them at Saleor, and the type of an account as it writes it."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.saleor.client import SaleorClient
from fulfilment.gateways.saleor.price_lists import PLUGIN
from tests.support.saleor_bench import SaleorBench

CHANNEL = "wholesale"
REGISTER = """mutation($i: AccountRegisterInput!) { accountRegister(input: $i) { errors { field code } } }"""
FOUND = """query($e: String!) { user(email: $e) { id customerType { slug } } }"""
DELETED = """mutation($id: ID!) { customerDelete(id: $id) { errors { code } } }"""


@pytest.fixture
def ours(saleor: SaleorBench) -> Iterator[Saleor]:
    client = Saleor(SaleorClient(saleor.api_url, saleor.app.token))
    yield client
    client.close()


@pytest.fixture(autouse=True)
def _only_with_the_plugin(saleor: SaleorBench) -> None:
    if saleor.staff.ask("query($id: ID!) { plugin(id: $id) { id } }", id=PLUGIN)["plugin"] is None:
        pytest.skip(f"this Saleor has no plugin {PLUGIN}")


@pytest.fixture
def account(saleor: SaleorBench) -> Iterator[tuple[str, str]]:
    """Somebody who did no more than register: the id and the address of their account."""
    email = f"price-list-{uuid4().hex[:8]}@example.com"
    given = {"email": email, "password": "long-enough-for-a-test", "channel": "consumer"}
    made = saleor.ask(REGISTER, i={**given, "redirectUrl": "http://localhost/"})
    assert made["accountRegister"]["errors"] == []
    key = str(saleor.staff.ask(FOUND, e=email)["user"]["id"])
    yield key, email
    saleor.staff.ask(DELETED, id=key)


def test_a_price_list_is_known_by_the_plugin_that_guards_it(ours: Saleor) -> None:
    found = {one.slug: one for one in ours.price_lists()}
    assert found[CHANNEL].customer_types == ("business",)
    assert found[CHANNEL].name
    assert "consumer" not in found


def test_an_account_gets_the_type_that_opens_a_list_and_loses_it(
    saleor: SaleorBench, ours: Saleor, account: tuple[str, str]
) -> None:
    key, email = account
    before = ours.account_type(key)
    assert before is not None
    assert (before.is_staff, before.now) == (False, before.default)
    for wanted in ("business", before.default):
        for _twice in range(2):
            ours.set_customer_type(key, before.types[wanted])
        after = ours.account_type(key)
        assert after is not None
        assert after.now == wanted
        assert saleor.staff.ask(FOUND, e=email)["user"]["customerType"]["slug"] == wanted


def test_an_account_that_is_gone_has_no_type_and_takes_none(
    saleor: SaleorBench, ours: Saleor, account: tuple[str, str]
) -> None:
    key, _email = account
    known = ours.account_type(key)
    assert known is not None
    saleor.staff.ask(DELETED, id=key)
    assert ours.account_type(key) is None
    ours.set_customer_type(key, known.types["business"])


def test_prices_of_a_list_are_net_and_of_what_is_in_it_alone(ours: Saleor) -> None:
    found = ours.net_prices(CHANNEL, "nl")
    assert {one.product_code: one.net_minor for one in found} == {"SG-001": 17_400, "SG-002": 13_200, "SG-004": 5_900}
    assert all(one.name for one in found)
    assert ours.net_prices("consumer-of-nothing", "fr") == []


def test_the_stand_in_for_vies_answers_in_its_documented_shape(saleor: SaleorBench) -> None:
    if saleor.sandbox is None:
        pytest.skip("VIES itself is asked by no test")
    base = saleor.api_url.removesuffix("/graphql/")
    asked = {"requesterMemberStateCode": "BE", "requesterNumber": "1999001140"}
    right = saleor.http.get(f"{base}/vies/ms/BE/vat/1999001041", params=asked).json()
    assert (right["isValid"], right["userError"], right["vatNumber"]) == (True, "VALID", "1999001041")
    assert set(right) == {
        *("isValid", "requestDate", "userError", "name", "address"),
        *("requestIdentifier", "originalVatNumber", "vatNumber"),
    }
    wrong = saleor.http.get(f"{base}/vies/ms/BE/vat/1999001042").json()
    assert (wrong["isValid"], wrong["userError"], wrong["name"]) == (False, "INVALID", "---")
    assert right["requestIdentifier"].startswith("WAPI")
