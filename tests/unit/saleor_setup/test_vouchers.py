"""The vouchers of the file in Saleor: made once, changed where they differ, known by any of their codes."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from catalogue.file import read_catalogue
from catalogue.values import CatalogueFile, Voucher
from fulfilment.saleor_setup.setup import SetUpError
from tests.support.setup_bench import SaleorToSetUp
from tests.support.setup_products import DEMO

FILE = read_catalogue(DEMO / "catalogue.toml")
WELCOME = FILE.vouchers[0]
FRIENDS = FILE.vouchers[1]


def with_voucher(one: Voucher) -> CatalogueFile:
    """The file with that voucher alone."""
    return replace(FILE, vouchers=(one,))


def holding(one: Voucher) -> SaleorToSetUp:
    return SaleorToSetUp(with_voucher(one))


def test_vouchers_that_are_there_are_left_alone() -> None:
    saleor = SaleorToSetUp(FILE)
    assert saleor.run(FILE) == []


def test_a_new_voucher_is_made_then_given_its_channel_its_funder_and_its_names() -> None:
    saleor = SaleorToSetUp(replace(FILE, vouchers=()))
    told = saleor.run(with_voucher(WELCOME))
    assert [(change.kind, change.key, change.is_new) for change in told] == [("voucher", "WELKOM", True)]
    assert saleor.documents() == [
        "create_voucher",
        "list_voucher",
        "fund_voucher",
        "translate_voucher",
        "translate_voucher",
    ]
    made, listed, funded, *_told = [variables for _document, variables in saleor.written]
    assert made["input"]["addCodes"] == ["WELKOM"]
    assert made["input"]["startDate"] == "2025-01-01T00:00:00+00:00"
    assert listed["input"]["addChannels"] == [
        {"channelId": "channel:consumer", "discountValue": "10", "minAmountSpent": None}
    ]
    assert funded["funder"] == "platform"


@pytest.mark.parametrize(
    ("change", "fields", "document"),
    [
        ({"name": "Hallo"}, ("name",), "update_voucher"),
        ({"percent": Decimal("12.5")}, ("value",), "list_voucher"),
        ({"minimum": 5_000}, ("value",), "list_voucher"),
        ({"funded_by": ""}, ("funded_by",), "fund_voucher"),
        ({"usage_limit": 10}, ("usageLimit",), "update_voucher"),
        ({"valid_until": datetime(2027, 1, 1, tzinfo=UTC)}, ("endDate",), "update_voucher"),
        ({"codes": ("WELKOM", "HALLO")}, ("codes",), "update_voucher"),
        ({"translations": {"en": {"name": "Hello"}}}, ("name (en)",), "translate_voucher"),
    ],
)
def test_only_what_differs_of_a_voucher_is_changed(
    change: dict[str, Any], fields: tuple[str, ...], document: str
) -> None:
    saleor = holding(WELCOME)
    (told,) = saleor.run(with_voucher(replace(WELCOME, **change)))
    assert (told.kind, told.key, told.is_new, told.fields) == ("voucher", "WELKOM", False, fields)
    assert saleor.documents() == [document]


def test_an_amount_is_written_in_euros_with_what_must_be_bought() -> None:
    saleor = holding(replace(FRIENDS, amount=1_000))
    saleor.run(with_voucher(FRIENDS))
    listed = saleor.written[0][1]["input"]["addChannels"]
    assert listed == [{"channelId": "channel:consumer", "discountValue": "25.00", "minAmountSpent": "150.00"}]


def test_a_voucher_leaves_the_channels_that_it_no_longer_names() -> None:
    saleor = holding(replace(WELCOME, channels=("consumer", "wholesale")))
    saleor.run(with_voucher(WELCOME))
    assert saleor.written[0][1]["input"]["removeChannels"] == ["channel:wholesale"]


def test_a_code_that_staff_added_stays_good() -> None:
    saleor = holding(replace(WELCOME, codes=("WELKOM", "VAN-DE-BALIE")))
    assert saleor.run(with_voucher(WELCOME)) == []


def test_codes_of_one_voucher_that_belong_to_two_in_saleor_are_refused() -> None:
    saleor = SaleorToSetUp(FILE)
    both = replace(WELCOME, codes=("WELKOM", "VRIEND25"))
    with pytest.raises(SetUpError, match="WELKOM, VRIEND25 belong to 2 vouchers"):
        saleor.run(with_voucher(both))
