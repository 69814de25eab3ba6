"""Before a discount is given: what it would leave whom, by the agreements of the day."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from unittest import mock

import pytest
from django.core.management import call_command

from catalogue.file import read_catalogue
from fulfilment.agreements.models import Agreement, Term
from fulfilment.flows.foresee_shares import Outlook, outlook
from fulfilment.gateways.saleor.offers import SaleorChannel, SaleorListing, SaleorOffer, SaleorPrice
from fulfilment.partners.models import Partner
from fulfilment.policies import DiscountPolicy
from fulfilment.saleor_setup.offers import channels_of, offers_of, prices_of
from tests.support import rows
from tests.support.setup_bench import SaleorToSetUp
from tests.support.setup_products import DEMO

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 27)
CONSUMER = SaleorChannel("consumer", "EUR", with_tax=True, is_active=True)
WHOLESALE = SaleorChannel("wholesale", "EUR", with_tax=False, is_active=True)
LAMP = SaleorPrice("consumer", "EUR", "SG-001", "Koord", "", "wonen", frozenset({"om-te-geven"}), 28_900, 23_884)
HALF = SaleorOffer(
    name="Half",
    codes=("HALF",),
    type="ENTIRE_ORDER",
    is_percentage=True,
    is_for_cheapest=False,
    funded_by="",
    starts_at=datetime(2026, 1, 1, tzinfo=UTC),
    ends_at=None,
    listings={"consumer": SaleorListing(Decimal(80), 0)},
    products=frozenset(),
    collections=frozenset(),
    categories=frozenset(),
)


@pytest.fixture
def labeur() -> Partner:
    """A workshop with € 95 fixed for each lamp, and the platform for the rest."""
    maker, platform = rows.partner("labeur"), rows.partner("platform", kind="platform")
    _agree(maker, platform)
    return maker


def _agree(
    maker: Partner, platform: Partner, price_list: str = "", policy: str = DiscountPolicy.SHARED_BY_ALL
) -> Agreement:
    made = Agreement.objects.create(
        product_code="SG-001",
        version=1,
        price_list=price_list,
        producer=maker,
        valid_from=date(2025, 1, 1),
        discount_policy=policy,
    )
    Term.objects.create(agreement=made, rank=1, kind="fixed", partner=maker, amount_minor=9_500)
    Term.objects.create(agreement=made, rank=2, kind="percent", partner=maker, basis_points=2_500)
    Term.objects.create(agreement=made, rank=3, kind="percent", partner=platform, basis_points=7_500)
    rows.bind(made)
    return made


def seen(*offers: SaleorOffer, prices: tuple[SaleorPrice, ...] = (LAMP,)) -> Outlook:
    return outlook([CONSUMER, WHOLESALE], prices, offers, on=TODAY)


def test_each_product_is_told_at_its_price_with_what_each_partner_gets(labeur: Partner) -> None:
    [sale] = seen().prices
    assert [(part.partner, part.amount, part.fixed, part.short) for part in sale.parts] == [
        ("Labeur", 9_500 + 3_596, 9_500, 0),
        ("Platform", 10_788, 0, 0),
    ]
    assert sale.short == ()


def test_a_voucher_that_bites_into_a_fixed_amount_is_seen_with_who_lacks_how_much(labeur: Partner) -> None:
    [(offer, [sale])] = seen(HALF).vouchers
    assert offer is HALF
    assert sale.net == 4_777
    assert [(part.partner, part.short) for part in sale.short] == [("Labeur", 9_500 - 4_777)]


def test_what_the_platform_funds_bites_nobody(labeur: Partner) -> None:
    [(_offer, [sale])] = seen(replace(HALF, funded_by="platform")).vouchers
    assert (sale.short, sale.borne) == ((), 23_884 - 4_777)


def test_where_fixed_amounts_are_guaranteed_the_platform_adds_what_lacks() -> None:
    _agree(rows.partner("labeur"), rows.partner("platform", kind="platform"), policy=DiscountPolicy.PLATFORM_TOPS_UP)
    [(_offer, [sale])] = seen(HALF).vouchers
    assert (sale.short, sale.borne) == ((), 9_500 - 4_777)


def test_a_price_that_was_set_too_low_is_seen_without_any_voucher(labeur: Partner) -> None:
    [sale] = seen(prices=(replace(LAMP, gross_minor=5_000, net_minor=4_132),)).prices
    assert [part.short for part in sale.short] == [5_368]


@pytest.mark.parametrize(
    ("narrow", "is_for_it"),
    [
        ({"products": frozenset({"SG-001"})}, True),
        ({"products": frozenset({"SG-002"})}, False),
        ({"collections": frozenset({"om-te-geven"})}, True),
        ({"categories": frozenset({"wonen"})}, True),
        ({"categories": frozenset({"tafel"})}, False),
        ({"type": "SHIPPING"}, False),
        ({"listings": {"wholesale": SaleorListing(Decimal(50), 0)}}, False),
    ],
)
def test_a_voucher_is_held_against_what_it_is_for_and_nothing_else(
    labeur: Partner, narrow: dict[str, object], is_for_it: bool
) -> None:
    [(_offer, sales)] = seen(replace(HALF, **narrow)).vouchers  # type: ignore[arg-type]
    assert bool(sales) is is_for_it


def test_a_price_list_is_seen_by_its_own_agreement_and_without_tax(labeur: Partner) -> None:
    own = _agree(labeur, Partner.objects.get(slug="platform"), "wholesale")
    price = replace(LAMP, channel="wholesale", gross_minor=21_054, net_minor=17_400)
    offer = replace(HALF, is_percentage=False, listings={"wholesale": SaleorListing(Decimal("100.00"), 0)})
    [(_offer, [sale])] = seen(offer, prices=(price,)).vouchers
    assert (sale.agreement.id, sale.net) == (own.pk, 7_400)


def test_of_a_product_without_an_agreement_nothing_is_said(labeur: Partner) -> None:
    assert seen(HALF, prices=(replace(LAMP, product_code="SG-404"),)).prices == ()


def test_the_file_is_seen_as_saleor_will_tell_it(labeur: Partner) -> None:
    file = read_catalogue(DEMO / "catalogue.toml")
    found = outlook(channels_of(file), prices_of(file), offers_of(file), on=TODAY)
    lamps = [sale.price for sale in found.prices]
    assert [(price.channel, price.gross_minor, price.net_minor) for price in lamps] == [
        ("consumer", 28_900, 23_884),
        ("wholesale", 21_054, 17_400),
    ]
    assert [offer.codes[0] for offer, _sales in found.vouchers] == ["WELKOM", "VRIEND25", "CADEAU", "GRATIS", "ZOMER"]


def test_the_set_up_warns_of_what_would_leave_somebody_too_little(labeur: Partner) -> None:
    file = read_catalogue(DEMO / "catalogue.toml")
    steep = replace(file, vouchers=(replace(file.vouchers[0], percent=Decimal(80), funded_by=""),))

    @contextmanager
    def signed_in(*_account: str) -> Iterator[SaleorToSetUp]:
        saleor = SaleorToSetUp(steep)
        saleor.answers["plugin"] = {"plugin": None}
        yield saleor

    command = "fulfilment.entrypoints.management.commands.setup_saleor"
    err = StringIO()
    with (
        mock.patch(f"{command}.signed_in", signed_in),
        mock.patch(f"{command}.read_catalogue", return_value=steep),
        mock.patch(f"{command}.connect_app"),
    ):
        call_command("setup_saleor", plan=True, stdout=StringIO(), stderr=err)
    warning = "SG-001 with WELKOM in consumer: Labeur gets as little as €\u00a047,77 of the €\u00a095,00 that are fixed"
    assert warning in err.getvalue()
