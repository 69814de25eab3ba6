"""The promotions of the file in Saleor: made once, changed where they differ, and left to staff where they changed."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, cast

import pytest

from catalogue.entries import Entry
from catalogue.file import read_catalogue
from catalogue.promotions import read_promotion
from catalogue.values import CatalogueFile, Promotion
from fulfilment.gateways.saleor.client import SaleorClient
from fulfilment.saleor_setup.memory import Memory
from fulfilment.saleor_setup.promotions import set_up_promotions
from fulfilment.saleor_setup.setup import Setup
from fulfilment.saleor_setup.steps import STEPS
from tests.support.setup_bench import SHOP, SaleorToSetUp
from tests.support.setup_products import DEMO

FILE = read_catalogue(DEMO / "catalogue.toml")
TABLE = {
    "slug": "winter",
    "name": "Winterkorting",
    "percent": "20",
    "from": date(2026, 12, 1),
    "until": date(2026, 12, 24),
    "products": ["SG-001"],
    "collections": ["om-te-geven"],
    "en": {"name": "Winter"},
    "fr": {"name": "Hiver"},
}
WINTER = read_promotion(Entry("[[promotion]] winter", TABLE), "consumer")
PREDICATE = {
    "OR": [
        {"productPredicate": {"ids": ["product:SG-001"]}},
        {"collectionPredicate": {"ids": ["collection:om-te-geven"]}},
    ]
}


def with_promotion(one: Promotion) -> CatalogueFile:
    return replace(FILE, promotions=(one,))


def holding(one: Promotion) -> SaleorToSetUp:
    return SaleorToSetUp(with_promotion(one))


def node_of(saleor: SaleorToSetUp) -> dict[str, Any]:
    node: dict[str, Any] = saleor.answers["promotions"]["promotions"]["edges"][0]["node"]
    return node


def test_a_promotion_that_is_there_is_left_alone() -> None:
    assert holding(WINTER).run(with_promotion(WINTER)) == []


def test_a_new_promotion_is_made_with_its_rule_then_marked_as_ours_and_translated() -> None:
    saleor = SaleorToSetUp(FILE)
    told = saleor.run(with_promotion(WINTER))
    assert [(change.kind, change.key, change.is_new) for change in told] == [("promotion", "winter", True)]
    assert saleor.documents() == [
        "create_promotion",
        "keep_digest",
        "translate_promotion",
        "translate_promotion",
    ]
    made, marked = [variables for _document, variables in saleor.written][:2]
    assert made["input"] == {
        "name": "Winterkorting",
        "type": "CATALOGUE",
        "startDate": "2026-11-30T23:00:00+00:00",
        "endDate": "2026-12-24T22:59:59+00:00",
        "rules": [
            {
                "rewardValueType": "PERCENTAGE",
                "rewardValue": "20",
                "cataloguePredicate": PREDICATE,
                "channels": ["channel:consumer"],
            }
        ],
    }
    assert marked["input"] == [{"key": "setup.promotion", "value": "winter"}]


def test_a_plan_writes_nothing() -> None:
    saleor = SaleorToSetUp(FILE)
    (told,) = saleor.run(with_promotion(WINTER), apply=False)
    assert (told.kind, told.key, told.is_new) == ("promotion", "winter", True)
    assert saleor.written == []


@pytest.mark.parametrize(
    ("change", "fields", "document"),
    [
        ({"name": "Wintersolden"}, ("name",), "update_promotion"),
        ({"valid_until": datetime(2027, 1, 1, tzinfo=UTC)}, ("endDate",), "update_promotion"),
        ({"valid_until": None}, ("endDate",), "update_promotion"),
        ({"percent": Decimal("12.5")}, ("value",), "update_promotion_rule"),
        ({"percent": None, "amount": 1_000}, ("value",), "update_promotion_rule"),
        ({"products": ("SG-002",)}, ("for",), "update_promotion_rule"),
        ({"channels": ("wholesale",)}, ("channels",), "update_promotion_rule"),
        ({"translations": {"en": {"name": "Cold"}}}, ("name (en)",), "translate_promotion"),
    ],
)
def test_only_what_differs_of_a_promotion_is_changed(
    change: dict[str, Any], fields: tuple[str, ...], document: str
) -> None:
    saleor = holding(WINTER)
    (told,) = saleor.run(with_promotion(replace(WINTER, **change)))
    assert (told.kind, told.key, told.is_new, told.fields) == ("promotion", "winter", False, fields)
    assert saleor.documents() == [document]


def test_an_amount_is_written_in_euros_and_channels_are_gained_and_lost() -> None:
    saleor = holding(WINTER)
    saleor.run(with_promotion(replace(WINTER, percent=None, amount=2_550, channels=("wholesale",))))
    assert saleor.written[0][1]["input"] == {
        "rewardValueType": "FIXED",
        "rewardValue": "25.50",
        "addChannels": ["channel:wholesale"],
        "removeChannels": ["channel:consumer"],
    }


def test_one_that_a_run_made_and_had_no_time_to_mark_is_known_by_its_name() -> None:
    saleor = holding(WINTER)
    node_of(saleor)["key"] = None
    (told,) = saleor.run(with_promotion(WINTER))
    assert (told.is_new, told.fields) == (False, ("key",))
    assert saleor.documents() == ["keep_digest"]


def test_one_that_staff_gave_another_name_is_the_same_one() -> None:
    saleor, memory = holding(WINTER), Memory()
    assert run(saleor, memory).kept == []
    node_of(saleor)["name"] = "Eindejaar"
    again = run(saleor, memory)
    assert [(one.key, one.fields) for one in again.kept] == [("winter", ("name",))]
    assert saleor.written == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"rewardValue": Decimal("25")}, "value"),
        ({"cataloguePredicate": {"productPredicate": {"ids": ["product:SG-001"]}}}, "for"),
        ({"cataloguePredicate": {"OR": [{"variantPredicate": {"ids": ["x"]}}]}}, "for"),
        ({"channels": []}, "channels"),
    ],
)
def test_what_staff_changed_of_its_rule_stays(changed: dict[str, Any], field: str) -> None:
    saleor, memory = holding(WINTER), Memory()
    run(saleor, memory)
    node_of(saleor)["rules"][0] |= changed
    again = run(saleor, memory)
    assert [(one.key, one.fields) for one in again.kept] == [("winter", (field,))]
    assert saleor.written == []
    run(saleor, memory, overwrite=True)
    assert saleor.documents() == ["update_promotion_rule"]


def test_rules_that_staff_added_are_theirs() -> None:
    saleor = holding(WINTER)
    rules = node_of(saleor)["rules"]
    rules.append(dict(rules[0]))
    setup = run(saleor, Memory())
    assert [(one.key, one.fields) for one in setup.kept] == [("winter", ("rules",))]
    assert saleor.written == []


def run(saleor: SaleorToSetUp, memory: Memory, *, overwrite: bool = False) -> Setup:
    setup = Setup(
        cast(SaleorClient, saleor),
        with_promotion(WINTER),
        DEMO / "pictures",
        SHOP,
        apply=True,
        tell=lambda change: None,
        memory=memory,
        overwrite=overwrite,
    )
    for _title, step in STEPS:
        step(setup)
    assert (STEPS[-1][1]) is set_up_promotions
    return setup
