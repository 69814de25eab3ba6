"""What fulfilment tells the shop of who is logged in has the shape of the golden examples, and is theirs alone."""

import json
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from fulfilment.entrypoints import storefront_customers
from fulfilment.flows.tell_account import deletion_asked
from fulfilment.forgetting.models import Erasure
from fulfilment.gateways.saleor.customers import SaleorCustomer
from fulfilment.mail.models import Mail
from fulfilment.orders.models import Recipient
from tests.support.bought import LAMP, STOOL, Bought, agree, bought
from tests.support.shape import differences
from tests.support.storefront_api import golden

pytestmark = pytest.mark.django_db

AN = SaleorCustomer("an@example.com", "An", "NL", (), "VXNlcjox")


@pytest.fixture(autouse=True)
def log(settings: Settings, tmp_path: Path) -> None:
    settings.FORGOTTEN_LOG = str(tmp_path / "kept" / "forgotten.jsonl")


@pytest.fixture
def order() -> Bought:
    agree("SG-001", "SG-003")
    return bought(LAMP, STOOL)


def post(path: str, given: dict[str, str] | None = None, *, who: SaleorCustomer | None = AN, status: int = 200) -> Any:
    bearer = {"Authorization": f"Bearer {django_settings.STOREFRONT_API_TOKEN}"}
    with mock.patch.object(storefront_customers, "customer_of", return_value=who) as asked:
        answer = Client().post(
            f"/api/storefront/customers/{path}", given or {"token": "t"}, "application/json", headers=bearer
        )
    assert answer.status_code == status, answer.content
    if given is None and "deletion/" not in path:
        asked.assert_called_once_with("t")
    return json.loads(answer.content)


def get(path: str, saleor: Any, status: int = 200) -> Any:
    bearer = {"Authorization": f"Bearer {django_settings.STOREFRONT_API_TOKEN}"}
    with mock.patch.object(storefront_customers, "connected", return_value=saleor):
        answer = Client().get(f"/api/storefront/customers/{path}", headers=bearer)
    assert answer.status_code == status, answer.content
    return json.loads(answer.content)


def test_orders_have_the_shape_that_the_shop_reads(order: Bought) -> None:
    Recipient.objects.update(email="An@Example.com")
    told = post("orders")
    assert [one["number"] for one in told["orders"]] == [order.order.number]
    assert differences(golden("customer_orders"), told) == []


def test_an_order_of_another_address_is_told_where_saleor_has_it_on_the_account(order: Bought) -> None:
    Recipient.objects.update(email="an@vroeger.be")
    assert post("orders")["orders"] == []
    known = SaleorCustomer("an@example.com", "An", "NL", (order.order.saleor_id,), "VXNlcjox")
    assert len(post("orders", who=known)["orders"]) == 1


@pytest.mark.parametrize("path", ["orders", "export", "deletion"])
def test_who_is_logged_in_nowhere_is_told_nothing(path: str, order: Bought) -> None:
    assert post(path, who=None, status=404)["error"]["code"] == "NOT_FOUND"
    assert not Mail.objects.filter(key__startswith="customer_link:").exists()


def test_the_mail_behind_which_all_of_it_goes_is_theirs(order: Bought) -> None:
    assert post("deletion") == {"result": "mailed"}
    assert Mail.objects.get(key__startswith="customer_link:").to == "an@example.com"


def test_the_link_says_what_stays_and_then_forgets(order: Bought) -> None:
    Recipient.objects.update(email=AN.email)
    deletion_asked(AN.email, name="An", language="NL", now=timezone.now())
    token = Mail.objects.get(key__startswith="customer_link:").text.partition("verwijderen/")[2].partition("/")[0]
    told = get(f"deletion/{token}", order.saleor)
    assert differences(golden("deletion"), told) == []
    assert [one["what"] for one in told["stays"]] == [f"Bestelling {order.order.number}"]
    assert not Erasure.objects.exists()
    for _ in range(2):
        assert post(f"deletion/{token}") == {"result": "asked"}
    assert Erasure.objects.get().email == AN.email
    assert get("deletion/another", order.saleor, 404)["error"]["code"] == "NOT_FOUND"
