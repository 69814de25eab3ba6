"""What `setup_saleor` says: each change, how many there were, and what a Saleor without our plugins means."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from catalogue.file import read_catalogue
from fulfilment.entrypoints.management.commands import setup_saleor
from fulfilment.gateways.models import SetUpValue
from fulfilment.saleor_setup.memory import digest
from tests.support.setup_bench import SHOP, SaleorToSetUp
from tests.support.setup_products import DEMO

pytestmark = pytest.mark.django_db

FILE = read_catalogue(DEMO / "catalogue.toml")
SIGNED_IN = "fulfilment.entrypoints.management.commands.setup_saleor.signed_in"


def said(saleor: SaleorToSetUp, *, plan: bool, **options: bool) -> tuple[list[str], str]:
    @contextmanager
    def signed_in(*_account: str) -> Iterator[SaleorToSetUp]:
        yield saleor

    out, err = StringIO(), StringIO()
    with mock.patch(SIGNED_IN, signed_in):
        call_command("setup_saleor", plan=plan, without_app=True, **options, stdout=out, stderr=err)
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


def lamp_of(saleor: SaleorToSetUp) -> dict[str, Any]:
    edges = saleor.answers["products"]["products"]["edges"]
    found: dict[str, Any] = next(edge["node"] for edge in edges if edge["node"]["externalReference"] == "SG-001")
    return found


@pytest.fixture
def left_by_us(settings: Settings) -> SaleorToSetUp:
    """A Saleor that was set up, and then looked at once more."""
    settings.SHOP_URL = SHOP
    saleor = SaleorToSetUp(FILE)
    saleor.answers["plugin"]["plugin"]["globalConfiguration"] = {"active": False, "configuration": []}
    said(saleor, plan=False)
    saleor.written.clear()
    return saleor


def changed_by_staff(saleor: SaleorToSetUp) -> None:
    """A name, and a price in one channel."""
    lamp = lamp_of(saleor)
    lamp["name"] = "Koord XL"
    lamp["variants"][0]["channelListings"][0]["price"]["amount"] = Decimal("12.34")


@pytest.mark.parametrize("plan", [True, False])
def test_what_staff_changed_since_it_was_written_is_told_and_stays(left_by_us: SaleorToSetUp, plan: bool) -> None:
    changed_by_staff(left_by_us)
    told, _aside = said(left_by_us, plan=plan)
    assert "  product SG-001: name stays as staff changed it" in told
    assert any(line.startswith("  variant ") and "price (" in line for line in told)
    assert "2 fields stay as staff changed them; --overwrite brings them to the file" in told
    assert not {"update_product", "list_variant"} & set(left_by_us.documents())


def test_what_staff_changed_is_brought_back_where_that_is_asked(left_by_us: SaleorToSetUp) -> None:
    changed_by_staff(left_by_us)
    told, _aside = said(left_by_us, plan=False, overwrite=True)
    assert "  product SG-001: change name" in told
    assert {"update_product", "list_variant"} <= set(left_by_us.documents())


def test_what_the_file_changed_is_written_where_staff_did_not(left_by_us: SaleorToSetUp) -> None:
    changed = replace(FILE, products={**FILE.products, "SG-001": replace(FILE.products["SG-001"], name="Touw")})
    with mock.patch("fulfilment.entrypoints.management.commands.setup_saleor.read_catalogue", return_value=changed):
        told, _aside = said(left_by_us, plan=True)
    assert "  product SG-001: change name" in told
    assert not [line for line in told if "staff" in line]


def test_a_run_that_is_broken_off_says_so_and_knows_later_what_it_wrote() -> None:
    """The power goes while it writes: what was kept until then is known, and the rest is not taken for staff's."""
    saleor = SaleorToSetUp(None)
    asked = saleor.mutate_only

    def broken_off(name: str, variables: Mapping[str, Any]) -> Any:
        if name == "setup/create_collection":
            raise KeyboardInterrupt
        return asked(name, variables)

    with (
        mock.patch.object(saleor, "mutate_only", broken_off),
        mock.patch.object(setup_saleor, "KEPT_EVERY", 5),
        mock.patch.object(setup_saleor.Command, "_keep", autospec=True, side_effect=until_it_ends()),
        pytest.raises(CommandError, match="the same command goes on with the rest") as stopped,
    ):
        said(saleor, plan=False)
    assert stopped.value.returncode == 130
    kinds = set(SetUpValue.objects.values_list("kind", flat=True))
    assert "page" in kinds
    assert "collection" not in kinds


def until_it_ends() -> Callable[[setup_saleor.Command], None]:
    """As the command keeps what it knows along the way, and not at the end: it was killed."""
    keep = setup_saleor.Command._keep

    def kept(command: setup_saleor.Command) -> None:
        if command.changes % setup_saleor.KEPT_EVERY == 0:
            keep(command)

    return kept


def test_how_far_it_is_with_many_products_is_said(settings: Settings) -> None:
    settings.SHOP_URL = SHOP
    saleor = SaleorToSetUp(FILE)
    saleor.answers["plugin"]["plugin"]["globalConfiguration"] = {"active": True, "configuration": []}
    with mock.patch.object(setup_saleor, "COUNTED_EVERY", 2):
        _told, aside = said(saleor, plan=True)
    assert [line.strip() for line in aside.splitlines() if " of " in line] == ["2 of 6", "4 of 6"]


def test_the_secrets_alone_are_given_where_that_is_asked() -> None:
    saleor = SaleorToSetUp(None)
    off = {"active": False, "configuration": []}
    saleor.answers["plugin"] = {"plugin": {"globalConfiguration": off, "channelConfigurations": []}}
    told, _aside = said(saleor, plan=False, secrets=True)
    assert saleor.documents() == ["update_plugin"]
    assert told[-1] == "1 changes made"


def test_values_that_say_the_same_are_remembered_as_the_same() -> None:
    noon = datetime(2026, 11, 28, 12, tzinfo=UTC)
    assert digest(noon) == digest(noon.astimezone(ZoneInfo("Europe/Brussels")))
    assert digest((Decimal("1.50"), None)) == digest([Decimal("1.5"), None])
    text = '{"blocks": [{"type": "paragraph", "data": {"text": "a%sb"}}], "time": %s}'
    assert digest(text % ("&nbsp;", 1)) == digest(text % ("\u00a0", 2))
    assert digest("a") != digest("b")
