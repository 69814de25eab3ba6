"""What `setup_saleor` says: each change, how many there were, and what a Saleor without our plugins means."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from unittest import mock

import pytest
from django.core.management import call_command
from pytest_django import Settings

from catalogue.file import read_catalogue
from tests.support.setup_bench import DEMO, SHOP, SaleorToSetUp

FILE = read_catalogue(DEMO / "catalogue.toml")
SIGNED_IN = "fulfilment.entrypoints.management.commands.setup_saleor.signed_in"


def said(saleor: SaleorToSetUp, *, plan: bool) -> tuple[list[str], str]:
    @contextmanager
    def signed_in(*_account: str) -> Iterator[SaleorToSetUp]:
        yield saleor

    out, err = StringIO(), StringIO()
    with mock.patch(SIGNED_IN, signed_in):
        call_command("setup_saleor", plan=plan, without_app=True, stdout=out, stderr=err)
    return out.getvalue().splitlines(), err.getvalue()


def test_a_saleor_without_our_plugins_is_told_what_that_means(settings: Settings) -> None:
    settings.SHOP_URL = SHOP
    saleor = SaleorToSetUp(FILE)
    saleor.answers["plugin"] = {"plugin": None}
    told, aside = said(saleor, plan=False)
    assert told == ["  channel wholesale: change isActive", "1 changes made"]
    assert "sociaalgemaakt.wholesale is not installed in this Saleor: its price lists stay closed" in aside
    assert "sociaalgemaakt.order_routing is not installed in this Saleor: orders reach us by its webhooks" in aside


@pytest.mark.parametrize("plan", [True, False])
def test_a_price_list_is_told_from_its_customer_type_to_its_opening(plan: bool) -> None:
    saleor = SaleorToSetUp(None)
    off = {"active": False, "configuration": []}
    saleor.answers["plugin"] = {"plugin": {"globalConfiguration": off, "channelConfigurations": []}}
    told, aside = said(saleor, plan=plan)
    at = told.index("  customer_type business: new")
    assert told[at : at + 5] == [
        "  customer_type business: new",
        "  channel consumer: new",
        "  channel wholesale: new",
        "  channel.price_list wholesale: change customer_types, minimum_net, active",
        "  channel wholesale: change isActive",
    ]
    assert told[-1].endswith("changes would be made" if plan else "changes made")
    assert "not installed" not in aside
    assert bool(saleor.written) is not plan
