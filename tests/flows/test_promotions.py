"""Who bears what everybody got off for a time: the agreement says so, and a voucher beside it bears its own part."""

from dataclasses import replace
from datetime import date

import pytest

from catalogue import entries
from catalogue.file import read_catalogue
from catalogue.promotions import read_promotion
from fulfilment.flows.foresee_shares import outlook
from fulfilment.gateways.saleor.offers import SaleorChannel, SaleorPrice
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.models import Entry, Posting
from fulfilment.partners.models import Partner
from fulfilment.payments.models import Payment
from fulfilment.policies import DiscountPolicy
from fulfilment.saleor_setup.offers import channels_of, offers_of, prices_of
from tests.flows.test_discounts import FIXED, agreed
from tests.support import rows
from tests.support.bought import LAMP, NOW, Bought, ordered
from tests.support.money import pay
from tests.support.remote import with_discounts
from tests.support.saleor_bench import CATALOGUE

pytestmark = pytest.mark.django_db

PROMOTION, VOUCHER = 5_780, 2_312
"""A fifth off a lamp of € 289, and a tenth of what is left: € 231.20, and € 208.08."""

DELIVERY = {
    (Account.CUSTOMER, Account.SHIPPING, ""): 785,
    (Account.SHIPPING, Account.PARTNER_HELD, "labeur"): 785,
}


@pytest.fixture
def labeur() -> Partner:
    return rows.partner("labeur")


@pytest.fixture
def sep() -> Partner:
    return rows.partner("sep", kind="designer")


def sold(promotion: int, *, voucher: int = 0, funded_by: str = "") -> Bought:
    """One lamp, from which a promotion took so much off, and then a voucher, where there is one."""
    found = ordered(LAMP, paid=False)
    told = with_discounts(found.remote, [(promotion + voucher, voucher)], funded_by=funded_by)
    found.remote = found.saleor.put(told if voucher else replace(told, voucher=None))
    Payment.objects.update(amount_minor=found.remote.total_gross_minor)
    found.payment.refresh_from_db()
    pay(found.payment, found.saleor)
    found.update()
    return found


def journal() -> dict[tuple[str, str, str], int]:
    """What the entry of the division moved: from which account to which, of whom."""
    moved: dict[tuple[str, str, str], int] = {}
    for posting in Posting.objects.filter(entry__kind="order_split").select_related("partner"):
        key = (posting.debit, posting.credit, posting.partner.slug if posting.partner else "")
        moved[key] = moved.get(key, 0) + posting.amount_minor
    return moved


def test_all_share_in_a_promotion_by_default_and_vat_is_of_what_was_paid(labeur: Partner, sep: Partner) -> None:
    agreed(labeur, sep)
    found = sold(PROMOTION)
    line = found.order.lines.get()
    assert (line.net_minor, line.undiscounted_net_minor, line.voucher_net_minor) == (19_107, 23_884, 0)
    assert (line.price_minor, line.gross_minor) == (23_120, 23_120)
    assert journal() == {
        (Account.CUSTOMER, Account.PARTNER_HELD, "labeur"): FIXED,
        (Account.CUSTOMER, Account.PARTNER_HELD, "sep"): 19_107 - FIXED,
        (Account.CUSTOMER, Account.VAT_OWED, ""): 23_120 - 19_107 + 165,
        **DELIVERY,
    }
    assert Entry.objects.get(kind="order_split").policy["discount"] == "shared_by_all"


def test_where_the_platform_bears_discounts_it_bears_promotions_too(labeur: Partner, sep: Partner) -> None:
    agreed(labeur, sep, DiscountPolicy.PLATFORM_BEARS)
    sold(PROMOTION)
    assert journal() == {
        (Account.CUSTOMER, Account.PARTNER_HELD, "labeur"): FIXED,
        (Account.PLATFORM_DISCOUNTS, Account.CUSTOMER, ""): 23_884 - 19_107,
        (Account.CUSTOMER, Account.PARTNER_HELD, "sep"): 23_884 - FIXED,
        (Account.CUSTOMER, Account.VAT_OWED, ""): 23_120 - 19_107 + 165,
        **DELIVERY,
    }


def test_a_fixed_amount_that_is_guaranteed_is_so_under_a_promotion(labeur: Partner, sep: Partner) -> None:
    agreed(labeur, sep, DiscountPolicy.PLATFORM_TOPS_UP)
    sold(28_900 - 5_000)
    assert journal() == {
        (Account.PLATFORM_DISCOUNTS, Account.CUSTOMER, ""): FIXED - 4_132,
        (Account.CUSTOMER, Account.PARTNER_HELD, "labeur"): FIXED,
        (Account.CUSTOMER, Account.VAT_OWED, ""): 5_000 - 4_132 + 165,
        **DELIVERY,
    }


def test_beside_a_promotion_the_platform_bears_its_voucher_alone(labeur: Partner, sep: Partner) -> None:
    agreed(labeur, sep)
    found = sold(PROMOTION, voucher=VOUCHER, funded_by="platform")
    line = found.order.lines.get()
    assert (line.gross_minor, line.net_minor, line.voucher_net_minor) == (20_808, 17_197, 1_910)
    assert line.price_minor == 23_120
    assert journal() == {
        (Account.CUSTOMER, Account.PARTNER_HELD, "labeur"): FIXED,
        (Account.PLATFORM_DISCOUNTS, Account.CUSTOMER, ""): 1_910,
        (Account.CUSTOMER, Account.PARTNER_HELD, "sep"): 19_107 - FIXED,  # as much as without the voucher
        (Account.CUSTOMER, Account.VAT_OWED, ""): 20_808 - 17_197 + 165,
        **DELIVERY,
    }


def test_what_nobody_funds_beside_a_promotion_is_shared_as_that_is(labeur: Partner, sep: Partner) -> None:
    agreed(labeur, sep)
    sold(PROMOTION, voucher=VOUCHER)
    assert journal() == {
        (Account.CUSTOMER, Account.PARTNER_HELD, "labeur"): FIXED,
        (Account.CUSTOMER, Account.PARTNER_HELD, "sep"): 17_197 - FIXED,
        (Account.CUSTOMER, Account.VAT_OWED, ""): 20_808 - 17_197 + 165,
        **DELIVERY,
    }


@pytest.mark.parametrize(
    ("policy", "sep_gets", "borne"),
    [
        (DiscountPolicy.SHARED_BY_ALL, 19_107 - FIXED, 0),
        (DiscountPolicy.PLATFORM_TOPS_UP, 19_107 - FIXED, 0),
        (DiscountPolicy.PLATFORM_BEARS, 23_884 - FIXED, 23_884 - 19_107),
    ],
)
def test_what_a_promotion_leaves_whom_is_foreseen_as_it_will_be_booked(
    labeur: Partner, sep: Partner, policy: DiscountPolicy, sep_gets: int, borne: int
) -> None:
    agreed(labeur, sep, policy)
    channel = SaleorChannel("consumer", "EUR", with_tax=True, is_active=True)
    price = SaleorPrice(
        channel="consumer",
        currency="EUR",
        product_code="SG-001",
        product_name="Koord",
        variant_name="",
        category="wonen",
        collections=frozenset(),
        gross_minor=23_120,
        net_minor=19_107,
        undiscounted_net_minor=23_884,
    )
    [sale] = outlook([channel], [price], [], on=NOW.date()).prices
    assert (sale.net, sale.borne) == (19_107, borne)
    assert {part.partner: part.amount for part in sale.parts}[sep.name] == sep_gets


def test_a_promotion_of_the_file_is_foreseen_before_it_is_given(labeur: Partner, sep: Partner) -> None:
    """Four fifths off: what is left of the lamp is less than the labour that is fixed in it."""
    agreed(labeur, sep)
    table = {"slug": "weg", "name": "Alles weg", "percent": "80", "from": date(2026, 12, 1), "products": ["SG-001"]}
    given = read_promotion(entries.Entry("[[promotion]] weg", table), "consumer")
    file = replace(read_catalogue(CATALOGUE), vouchers=(), promotions=(given,))
    [(offer, sales)] = outlook(channels_of(file), prices_of(file), offers_of(file), on=NOW.date()).vouchers
    assert offer.name == "Alles weg"
    [lamp] = [sale for sale in sales if sale.price.channel == "consumer"]
    assert lamp.net == 4_777
    assert [(part.partner, part.amount, part.short) for part in lamp.short] == [(labeur.name, 4_777, FIXED - 4_777)]
