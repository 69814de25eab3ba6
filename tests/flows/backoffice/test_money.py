"""Where the money is and whose it is: two sides that hold every account, and make the same sum to the cent."""

from collections import Counter
from unittest import mock

import pytest
from django.test import Client
from django.urls import reverse

from fulfilment.entrypoints.backoffice import money_map as money
from fulfilment.entrypoints.backoffice.money_map import HAVE, WHOSE, Side, money_map
from fulfilment.entrypoints.backoffice.order_page import order_page
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import trial_balance
from tests.support import rows
from tests.support.bought import Bought, two_lamps

FEE = 39


@pytest.fixture
def lamps(db: None) -> Bought:
    return two_lamps()


def sides() -> tuple[Side, Side]:
    there, whose = money_map()["sides"]
    return there, whose


def sums(side: Side) -> dict[str, int]:
    return {group.name: group.minor for group in side.groups}


def test_every_account_of_the_ledger_has_one_place() -> None:
    places = Counter(account for part in (*HAVE, *WHOSE) for account in part.accounts)
    assert places == Counter(Account)


def test_what_there_is_and_whose_it_is_make_the_same_sum(staff: Client, lamps: Bought) -> None:
    lamps.refund(28_900, {lamps.line_id(0): 1})

    there, whose = sides()

    balance = trial_balance()
    for account in ("stripe", "vat_owed", "vat_input", "withholding_owed", "platform_share", "payment_fees"):
        assert balance[account], account
    assert there.minor == whose.minor
    assert sums(there) == {"Geld": 58_750 - 28_900 - FEE, "Krijgen we nog": -balance["vat_input"]}
    assert sums(whose) == {
        "Partners": balance["partner_held"],
        "Klanten": 0,
        "Belastingen": balance["vat_owed"] + balance["withholding_owed"],
        "Het platform, na kosten": 2_000 - FEE + balance.get("rounding", 0),
    }
    page = staff.get(reverse("backoffice:index")).content.decode()
    assert "Beide kanten zijn gelijk, tot op de cent" in page
    assert f"€\u00a0{there.minor // 100:,}".replace(",", ".") in page


def test_after_a_full_refund_the_platform_has_lost_the_payment_fee(lamps: Bought) -> None:
    lamps.refund(58_750)

    there, whose = sides()

    assert sums(there) == {"Geld": -FEE, "Krijgen we nog": 0}
    assert sums(whose) == {"Partners": 0, "Klanten": 0, "Belastingen": 0, "Het platform, na kosten": -FEE}


def test_money_that_is_on_its_way_is_seen_on_both_sides(lamps: Bought) -> None:
    [labeur] = {share.partner for share in lamps.order.shares.all() if share.partner.slug == "labeur"}
    rows.money_at_bank(50_000)
    rows.payable(labeur, 10_000)

    there, whose = sides()

    assert there.minor == whose.minor
    assert [row.minor for row in there.groups[0].rows] == [50_000, -50_000, 58_750 - FEE]


def test_a_bar_is_as_wide_as_its_parts_and_a_debt_takes_no_width(lamps: Bought) -> None:
    for side in sides():
        drawn = [group for group in side.groups if group.minor > 0]
        assert sum(group.width for group in drawn) == pytest.approx(100, abs=0.05)
        assert all(group.width == 0 for group in side.groups if group.minor <= 0)


@pytest.mark.parametrize("name", ["index", "balances"])
def test_two_sides_that_differ_are_cried_out(name: str, staff: Client) -> None:
    with mock.patch.object(money, "trial_balance", return_value={"bank": -100, "customer": 99}):
        page = staff.get(reverse(f"backoffice:{name}")).content.decode()
    assert "Beide kanten zijn niet gelijk" in page


def test_the_page_of_an_order_tells_what_each_partner_had_what_a_refund_took_and_what_is_left(lamps: Bought) -> None:
    before = {row.partner.slug: row for row in order_page(lamps.order)["partners"]}
    assert all(row.taken_back == 0 and row.left > 0 for row in before.values())

    lamps.refund(28_900, {lamps.line_id(0): 1})

    for row in order_page(lamps.order)["partners"]:
        former = before[row.partner.slug]
        assert row.taken_back > 0
        assert row.taken_back + row.left == former.left == row.amount + row.vat - row.withheld
