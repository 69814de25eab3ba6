"""The page of discounts: which codes leave whom how much, before anybody uses them; and what an operator does then."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from fulfilment.agreements.models import Agreement, Term
from fulfilment.errors import GatewayError
from fulfilment.gateways.saleor.offers import SaleorChannel, SaleorListing, SaleorOffer, SaleorPrice
from fulfilment.inbox.issues import raise_issue
from fulfilment.inbox.models import OpenIssue
from fulfilment.orders.models import Order
from tests.support import rows
from tests.support.furnished import House
from tests.support.pages import told

LAMP = SaleorPrice("consumer", "EUR", "SG-001", "Koord", "", "wonen", frozenset(), 28_900, 23_884)
OFFER = SaleorOffer(
    name="Tachtig",
    codes=("TACHTIG",),
    type="ENTIRE_ORDER",
    is_percentage=True,
    is_for_cheapest=False,
    funded_by="",
    starts_at=datetime(2026, 1, 1, tzinfo=UTC),
    ends_at=datetime(2026, 12, 31, tzinfo=UTC),
    listings={slug: SaleorListing(Decimal("80.00"), 10_000) for slug in ("consumer", "overseas")},
    products=frozenset(),
    collections=frozenset(),
    categories=frozenset(),
)


class SaleorOffering:
    """A Saleor with these offers."""

    def __init__(self, *offers: SaleorOffer) -> None:
        self._offers = offers
        self.down = False

    def channels(self) -> list[SaleorChannel]:
        if self.down:
            raise GatewayError("no answer", retry=True)
        on, over = (SaleorChannel(slug, "EUR", True, slug == "consumer") for slug in ("consumer", "former"))
        return [on, over, SaleorChannel("overseas", "USD", True, is_active=True)]

    def prices(self, channel: str, currency: str) -> Iterator[SaleorPrice]:
        assert channel == "consumer"  # nothing is asked of a channel that is closed, or sells in dollars
        yield from (LAMP, LAMP, replace(LAMP, product_code="SG-404", product_name="Onbekend"))

    def vouchers(self) -> Iterator[SaleorOffer]:
        yield from self._offers


@pytest.fixture
def saleor(monkeypatch: pytest.MonkeyPatch) -> SaleorOffering:
    free = replace(OFFER, name="Gratis levering", codes=("GRATIS",), type="SHIPPING", funded_by="platform")
    found = SaleorOffering(replace(OFFER, name="Tien", codes=("TIEN",), funded_by="platform"), OFFER, free)
    monkeypatch.setattr("fulfilment.entrypoints.backoffice.discounts.connected", lambda: found)
    return found


@pytest.fixture
def agreed(db: None) -> Agreement:
    labeur = rows.partner("labeur")
    made = rows.agreement("SG-001", labeur, bound=False)
    Term.objects.filter(agreement=made).update(rank=2)
    Term.objects.create(agreement=made, rank=1, kind="fixed", partner=labeur, amount_minor=9_500)
    rows.bind(made)
    return made


def page(staff: Client, **query: str) -> str:
    return told(staff.get(reverse("backoffice:discounts"), query))


def test_a_code_that_bites_stands_first_and_names_who_gets_how_much_less(
    staff: Client, agreed: Agreement, saleor: SaleorOffering
) -> None:
    html = page(staff)
    assert "Eén prijs of kortingscode laat iemand minder dan het vaste bedrag." in html
    assert html.index("TACHTIG") < html.index("TIEN")
    for text in (
        "80 % van de hele bestelling vanaf €\u00a0100,00 (consumer)",
        "€\u00a047,23 te weinig",
        "€\u00a047,77",
        "in plaats van €\u00a0238,84",
        "tot en met 31 december 2026",
    ):
        assert text in html


def test_what_the_platform_bears_is_told_with_how_much(
    staff: Client, agreed: Agreement, saleor: SaleorOffering
) -> None:
    html = page(staff)
    assert "Het platform draagt ze" in html
    assert "€\u00a0191,07" in html
    assert "Het platform betaalt de makers wat de klant minder betaalt voor de levering." in html


def test_each_product_is_told_once_and_one_without_an_agreement_is_not(
    staff: Client, agreed: Agreement, saleor: SaleorOffering
) -> None:
    html = page(staff)
    assert html.split("Zonder korting")[1].count("Koord") == 1
    assert "Onbekend" not in html


def test_the_page_of_one_product_is_where_its_agreement_leads(
    staff: Client, agreed: Agreement, saleor: SaleorOffering
) -> None:
    agreement = told(staff.get(reverse("backoffice:agreements_agreement_change", args=[agreed.pk])))
    address = f"{reverse('backoffice:discounts')}?product=SG-001"
    assert f'href="{address}"' in agreement
    assert "Kortingen op SG-001" in page(staff, product="SG-001")
    assert "Koord" not in page(staff, product="SG-002")


def test_what_is_sold_in_another_currency_is_not_spoken_of(
    staff: Client, saleor: SaleorOffering, agreed: Agreement
) -> None:
    assert "overseas" not in page(staff)


def test_while_saleor_is_away_the_page_says_so(staff: Client, saleor: SaleorOffering) -> None:
    saleor.down = True
    assert "Saleor antwoordt nu niet" in page(staff)


def test_nobody_but_staff_sees_it(saleor: SaleorOffering, db: None) -> None:
    assert Client().get(reverse("backoffice:discounts")).status_code == 302


def test_an_exception_about_a_partner_who_got_less_goes_off_the_list_with_one_button(staff: Client) -> None:
    raise_issue(OpenIssue.Kind.SHORT_OF_FIXED, "42", "Labeur krijgt minder.", rows.NOW)
    issue = OpenIssue.objects.get()
    address = reverse("backoffice:inbox_openissue_change", args=[issue.pk])
    html = told(staff.get(address))
    assert '<input type="hidden" name="note" value="Gezien">' in html
    assert reverse("backoffice:discounts") in html
    staff.post(address, {"note": "Gezien"})
    issue.refresh_from_db()
    assert issue.resolved_at is not None


def test_the_page_of_an_order_tells_its_voucher_who_bears_it_and_the_price_without(staff: Client, house: House) -> None:
    Order.objects.filter(pk=house.order.pk).update(
        voucher_code="WELKOM", voucher_name="Welkom", voucher_funded_by="platform"
    )
    line = house.order.lines.all()[0]
    line.undiscounted_gross_minor = line.gross_minor + 1_000
    line.save()
    html = told(staff.get(reverse("backoffice:orders_order_change", args=[house.order.pk])))
    assert "Korting “Welkom” met code WELKOM, gedragen door het platform" in html
    assert "in plaats van" in html
