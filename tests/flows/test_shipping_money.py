"""The shipping money of an order goes to those of its makers who ship, and to the platform where none of them does."""

import pytest

from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import balance
from fulfilment.ledger.models import Entry
from fulfilment.partners.models import Partner, TaxRegime
from fulfilment.revenue.models import Share
from tests.support import rows
from tests.support.bought import LAMP, NOW, STOOL, Bought, agree, bought

pytestmark = pytest.mark.django_db

EQUALLY, PLATFORM = "equally_per_producer", "platform"
NET = 785


@pytest.fixture
def platform() -> Partner:
    return rows.partner("sociaal-gemaakt", kind="platform", ships=False)


@pytest.fixture
def makers() -> list[Partner]:
    """Of the lamp and of the stool."""
    return agree("SG-001", "SG-003")


def ship(maker: Partner, does: bool) -> None:
    Partner.objects.filter(pk=maker.pk).update(ships=does)


def shipping() -> dict[str, int]:
    """Who earned how much of it."""
    found = Share.objects.filter(line=None).select_related("partner")
    return {share.partner.slug: share.amount_minor for share in found}


def policy(kind: str = "order_split") -> str:
    return str(Entry.objects.filter(kind=kind).latest("pk").policy["shipping"])


def only_the_payment_is_left(found: Bought) -> bool:
    return set(found.books()) <= {Account.UNALLOCATED, Account.STRIPE}


def test_all_makers_who_ship_share_it_equally(makers: list[Partner]) -> None:
    bought(LAMP, STOOL)
    assert shipping() == {"maker-sg-001": 393, "maker-sg-003": 392}
    assert policy() == EQUALLY


def test_a_maker_who_does_not_ship_gets_none_of_it(makers: list[Partner], platform: Partner) -> None:
    ship(makers[1], False)
    found = bought(LAMP, STOOL)
    assert shipping() == {"maker-sg-001": NET}
    assert policy() == EQUALLY
    assert balance(Account.PARTNER_HELD, partner_id=makers[1].pk) == 33_058  # the stools, and nothing more
    found.refund(68_900 + 950)
    assert only_the_payment_is_left(found)


def test_where_no_maker_ships_it_is_the_platforms_by_a_policy_that_stands_with_the_entry(
    makers: list[Partner], platform: Partner
) -> None:
    for maker in makers:
        ship(maker, False)
    found = bought(LAMP, STOOL)
    assert shipping() == {"sociaal-gemaakt": NET}
    assert policy() == PLATFORM
    assert Account.SHIPPING not in found.books()
    assert found.books()[Account.PLATFORM_SHARE] == NET
    assert balance(Account.PARTNER_HELD, partner_id=platform.pk) == 0


def test_the_platforms_shipping_money_goes_back_from_where_it_stands(makers: list[Partner], platform: Partner) -> None:
    for maker in makers:
        ship(maker, False)
    found = bought(LAMP, STOOL)
    found.refund(950, {}, shipping=True)
    assert Account.PLATFORM_SHARE not in found.books()
    assert Account.SHIPPING not in found.books()
    found.refund(68_900)
    assert only_the_payment_is_left(found)


def test_the_platform_charges_itself_no_tax_on_it(makers: list[Partner], platform: Partner) -> None:
    TaxRegime.objects.create(partner=platform, regime="vat_liable", valid_from=NOW.date(), vat_basis_points=2_100)
    for maker in makers:
        ship(maker, False)
    found = bought(LAMP, STOOL)
    assert Account.VAT_INPUT not in found.books()
    assert found.books()[Account.PLATFORM_SHARE] == NET


def test_what_was_divided_stays_divided_when_somebody_stops_shipping(makers: list[Partner], platform: Partner) -> None:
    found = bought(LAMP, STOOL)
    for maker in makers:
        ship(maker, False)
    found.update()
    assert shipping() == {"maker-sg-001": 393, "maker-sg-003": 392}
    found.refund(68_900 + 950)
    assert only_the_payment_is_left(found)


def test_a_maker_who_came_later_counts_too(platform: Partner) -> None:
    [lamps] = agree("SG-001")
    ship(lamps, False)
    found = bought(LAMP, STOOL)
    assert shipping() == {}
    agree("SG-003")
    found.update()
    assert shipping() == {"maker-sg-003": NET}


def test_an_order_without_shipping_money_says_nothing_of_it(makers: list[Partner]) -> None:
    for maker in makers:
        ship(maker, False)
    found = bought(LAMP, STOOL, shipping=0)
    assert shipping() == {}
    assert policy() == EQUALLY
    assert Account.CUSTOMER not in found.books()


def test_nothing_is_booked_for_a_partner_whose_taxes_nobody_knows(makers: list[Partner]) -> None:
    untaxed = rows.partner("nieuw", taxed=False)
    rows.agreement("SG-006", untaxed)  # as no flow makes it: signing asks for the regime
    with pytest.raises(AssertionError, match="nobody knows how these are taxed on 2026-11-23"):
        bought(LAMP, ("SG-006", 1, 1_200))
    assert not Share.objects.exists()
