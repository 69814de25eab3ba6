"""On a product in Saleor's Dashboard: its workshop, its agreement, what its prices leave whom, and what it lacks."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from fulfilment.agreements.models import Agreement, Signature, Term
from fulfilment.errors import GatewayError
from fulfilment.gateways.models import SaleorProduct
from fulfilment.partners.models import Partner
from neighbours.budget import left
from tests.support import rows
from tests.support.in_dashboard import looked_at
from tests.support.pages import told

LAMP = "UHJvZHVjdDox"


def channel(slug: str, *, with_tax: bool = True) -> dict[str, Any]:
    return {
        "slug": slug,
        "name": {"consumer": "Webwinkel", "wholesale": "Groothandel"}[slug],
        "isActive": True,
        "currencyCode": "EUR",
        "taxConfiguration": {"pricesEnteredWithTax": with_tax},
    }


def node(*prices: tuple[str, str], code: str | None = "SG-001") -> dict[str, Any]:
    """A product whose variants cost (gross, net) in a channel."""
    variants = [
        {"id": str(at), "name": str(at), "sku": str(at), "pricing": {"price": taxed(gross, net)}}
        for at, (gross, net) in enumerate(prices)
    ]
    unpriced = {"id": "9", "name": "9", "sku": "9", "pricing": None}
    return {
        "externalReference": code,
        "name": "Koord",
        "category": {"slug": "wonen"},
        "collections": [],
        "variants": [*variants, unpriced],
    }


def taxed(gross: str, net: str) -> dict[str, Any]:
    return {"gross": {"amount": Decimal(gross)}, "net": {"amount": Decimal(net)}}


class SaleorWithOneProduct:
    """What Saleor says of the lamp; `away` while it answers nothing."""

    def __init__(self, told: dict[str, Any] | None) -> None:
        self.told = told
        self.away = False
        self.patience: list[float] = []

    def told_of_product(self, product_id: str) -> dict[str, Any] | None:
        self.patience.append(left(60))
        if self.away:
            raise GatewayError("no answer", retry=True, at="Saleor")
        return self.told if product_id == LAMP else None


Saying = Callable[..., SaleorWithOneProduct]


@pytest.fixture
def saying(monkeypatch: pytest.MonkeyPatch) -> Saying:
    def connected(told: dict[str, Any] | None = None) -> SaleorWithOneProduct:
        told = told or {"channels": [channel("consumer")], "products": {"consumer": node(("289.00", "238.84"))}}
        made = SaleorWithOneProduct(told)
        monkeypatch.setattr("fulfilment.entrypoints.dashboard.product.connected", lambda: made)
        return made

    return connected


@pytest.fixture
def labeur() -> Partner:
    return rows.partner("labeur")


@pytest.fixture
def sep() -> Partner:
    return rows.partner("sep", kind="designer", name="Sep Verboom", iban=rows.IBANS[2])


@pytest.fixture
def agreed(labeur: Partner, sep: Partner) -> Agreement:
    return rows.agreement("SG-001", labeur, designer=sep, version=3)


def page() -> str:
    answer = looked_at("product", "MANAGE_PRODUCTS", productId=LAMP)
    assert answer.status_code == 200
    return told(answer).replace("\u00a0", " ")


def test_it_says_its_workshop_its_agreement_and_who_signed_that(saying: Saying, agreed: Agreement) -> None:
    saying()
    shown = page()
    assert "<h2>Labeur</h2>" in shown
    assert "Overeenkomst SG-001, versie 3" in shown
    assert "Geldt sinds 1 januari 2025. Getekend door Labeur, Sep Verboom." in shown
    assert f"/backoffice/agreements/agreement/{agreed.pk}/change/" in shown


def test_it_says_what_its_price_leaves_whom_to_the_cent(saying: Saying, agreed: Agreement) -> None:
    saying()
    shown = page()
    assert "Wat € 289,00 laat" in shown
    assert "€ 143,31" in shown  # sixty percent of 238.84, and the cent that is left
    assert "€ 95,53" in shown
    assert "€ 238,84" in shown


def test_each_price_is_told_once_for_each_channel(saying: Saying, agreed: Agreement) -> None:
    prices = {
        "consumer": node(("289.00", "238.84"), ("289.00", "238.84"), ("320.00", "264.46")),
        "wholesale": node(("242.00", "200.00")),
    }
    saying({"channels": [channel("consumer"), channel("wholesale", with_tax=False)], "products": prices})
    shown = page()
    assert [shown.count(f"Wat € {price} laat") for price in ("289,00", "320,00", "242,00")] == [1, 1, 1]
    assert "Groothandel" in shown


def test_a_price_that_leaves_somebody_too_little_is_pointed_out(saying: Saying, labeur: Partner) -> None:
    made = rows.agreement("SG-001", labeur, bound=False)
    Term.objects.filter(agreement=made).update(rank=2)
    Term.objects.create(agreement=made, rank=1, kind="fixed", partner=labeur, amount_minor=25_000)
    rows.bind(made)
    saying()
    shown = page()
    assert "De prijs laat iemand minder dan het vaste bedrag." in shown
    assert "€ 11,16 te weinig" in shown


def test_a_product_without_a_code_is_not_sold(saying: Saying) -> None:
    saying({"channels": [channel("consumer")], "products": {"consumer": node(("9.00", "7.44"), code=None)}})
    assert "geen externe referentie" in page()


def test_a_product_without_an_agreement_is_made_by_nobody(saying: Saying) -> None:
    saying()
    shown = page()
    assert "Er geldt geen overeenkomst voor SG-001" in shown
    assert "Overeenkomst maken" in shown


def test_an_agreement_that_waits_for_hands_says_whose(saying: Saying, labeur: Partner, sep: Partner) -> None:
    draft = rows.agreement("SG-001", labeur, designer=sep, bound=False)
    Signature.objects.create(agreement=draft, partner=labeur, signed_at=rows.NOW)
    saying()
    shown = page()
    assert "Er geldt geen overeenkomst voor SG-001" in shown
    assert "Versie 1 met Labeur is nog niet door allen getekend." in shown
    assert "Wacht op Sep Verboom." in shown
    assert "Overeenkomst maken" not in shown


def test_an_agreement_that_is_over_is_none(saying: Saying, labeur: Partner) -> None:
    rows.agreement("SG-001", labeur, valid_until=timezone.localdate() - timedelta(days=1))
    saying()
    assert "Er geldt geen overeenkomst voor SG-001" in page()


def test_one_that_ends_says_when(saying: Saying, labeur: Partner) -> None:
    rows.agreement("SG-001", labeur, valid_until=date(2099, 12, 31))
    saying()
    assert "Geldt van 1 januari 2025 tot en met 31 december 2099." in page()


def test_a_product_without_a_price_cannot_be_sold(saying: Saying, agreed: Agreement) -> None:
    saying({"channels": [channel("consumer")], "products": {"consumer": node()}})
    shown = page()
    assert "Het heeft in geen enkel kanaal een prijs" in shown
    assert "Labeur" in shown


def test_where_nothing_is_sold_at_all_it_is_known_still(saying: Saying, agreed: Agreement) -> None:
    saying({"channels": [], "products": {"": node()}})
    assert "Overeenkomst SG-001, versie 3" in page()


def test_while_saleor_is_slow_it_says_what_saleor_said_last_and_when(saying: Saying, agreed: Agreement) -> None:
    saleor = saying()
    page()
    saleor.away = True
    shown = page()
    assert "Wat € 289,00 laat" in shown
    assert "€ 143,31" in shown
    assert "Saleor antwoordt nu niet. Dit zei het op" in shown
    assert all(patience <= 3 for patience in saleor.patience)


def test_of_a_product_that_saleor_never_told_of_nothing_can_be_said_meanwhile(saying: Saying) -> None:
    saying().away = True
    answer = looked_at("product", productId=LAMP)
    assert answer.status_code == 503
    assert answer["Retry-After"] == "60"


def test_a_product_that_is_gone_is_forgotten(saying: Saying, agreed: Agreement) -> None:
    saleor = saying()
    page()
    assert SaleorProduct.objects.count() == 1
    saleor.told = None
    assert "Saleor kent dit product niet meer." in page()
    assert SaleorProduct.objects.count() == 0


@pytest.mark.parametrize("asked", ["", "\x00", "x" * 900, "<script>"])
def test_what_can_be_no_product_of_saleors_is_not_asked_for(saying: Saying, asked: str) -> None:
    saleor = saying()
    assert "Saleor kent dit product niet meer." in told(looked_at("product", productId=asked))
    assert saleor.patience == []
