"""Who may order from a price list and from which amount on, and which configuration of it can be meant."""

from decimal import Decimal

import pytest
from sociaalgemaakt_wholesale.rules import Buyer, PriceList, Reason, configuration_problems, price_list, refusal

AGREED = PriceList(frozenset({"wholesale", "shop-partner"}), Decimal("250.00"))
WITHOUT_MINIMUM = PriceList(frozenset({"wholesale"}), Decimal(0))
RETAILER = Buyer(is_active=True, customer_type="wholesale", is_default_type=False)
CONSUMER = Buyer(is_active=True, customer_type="default", is_default_type=True)
KNOWN = {"default": True, "wholesale": False, "shop-partner": False}


def reason(agreed: PriceList, buyer: Buyer | None, goods: str = "250.00") -> Reason | None:
    return refusal(agreed, buyer, lambda: Decimal(goods))


def not_to_be_reckoned() -> Decimal:
    raise AssertionError("nobody should reckon a basket that decides nothing")


def problems(customer_types: str = "wholesale", minimum_net: str = "250.00", decimals: int = 2) -> dict[str, str]:
    return configuration_problems(customer_types, minimum_net, known=KNOWN, currency="EUR", decimals=decimals)


def test_a_customer_of_an_entitled_type_orders_from_the_minimum_on() -> None:
    assert reason(AGREED, RETAILER, "250.00") is None
    assert reason(AGREED, RETAILER, "1000.00") is None


def test_every_type_that_is_named_is_entitled() -> None:
    assert reason(AGREED, Buyer(is_active=True, customer_type="shop-partner", is_default_type=False)) is None


def test_whoever_has_no_account_is_refused() -> None:
    assert reason(AGREED, None) is Reason.NO_ACCOUNT
    assert reason(WITHOUT_MINIMUM, None) is Reason.NO_ACCOUNT


@pytest.mark.parametrize(
    "buyer",
    [
        CONSUMER,
        Buyer(is_active=True, customer_type="school", is_default_type=False),
        Buyer(is_active=True, customer_type="", is_default_type=True),
        Buyer(is_active=True, customer_type="Wholesale", is_default_type=False),
    ],
)
def test_a_customer_of_another_type_is_refused(buyer: Buyer) -> None:
    assert reason(AGREED, buyer) is Reason.NOT_ENTITLED


def test_a_type_that_became_the_default_opens_nothing_any_more() -> None:
    assert reason(AGREED, Buyer(is_active=True, customer_type="wholesale", is_default_type=True)) is Reason.NOT_ENTITLED


def test_an_account_that_was_closed_is_refused() -> None:
    closed = Buyer(is_active=False, customer_type="wholesale", is_default_type=False)
    assert reason(AGREED, closed) is Reason.NOT_ENTITLED


def test_an_order_one_cent_under_the_minimum_is_refused() -> None:
    assert reason(AGREED, RETAILER, "249.99") is Reason.BELOW_MINIMUM


def test_who_may_not_order_is_told_so_before_anything_about_the_minimum() -> None:
    assert reason(AGREED, CONSUMER, "1.00") is Reason.NOT_ENTITLED


def test_the_basket_is_reckoned_only_where_it_decides() -> None:
    assert refusal(AGREED, None, not_to_be_reckoned) is Reason.NO_ACCOUNT
    assert refusal(AGREED, CONSUMER, not_to_be_reckoned) is Reason.NOT_ENTITLED
    assert refusal(WITHOUT_MINIMUM, RETAILER, not_to_be_reckoned) is None


def test_a_configuration_without_types_entitles_nobody() -> None:
    assert reason(price_list("", "0"), RETAILER) is Reason.NOT_ENTITLED
    assert reason(price_list("", "0"), Buyer(is_active=True, customer_type="", is_default_type=False)) is not None


def test_what_was_saved_is_read_as_it_was_meant() -> None:
    assert price_list(" wholesale ,shop-partner,", "250.00") == AGREED
    assert price_list("wholesale", "0") == WITHOUT_MINIMUM


@pytest.mark.parametrize("minimum_net", ["0", "0.00", "250", "250.5", "250.00", "999999999.99"])
def test_an_amount_of_the_currency_can_be_a_minimum(minimum_net: str) -> None:
    assert problems(minimum_net=minimum_net) == {}


@pytest.mark.parametrize(
    ("minimum_net", "complaint"),
    [
        ("", "Vul het minimum in"),
        ("-1", "lager zijn dan 0"),
        ("250,00", "punt: 250.00"),
        ("1.250.00", "punt: 250.00"),
        ("€ 250", "alleen cijfers"),
        ("250.001", "alleen cijfers"),
        ("250.", "alleen cijfers"),
        ("2e3", "alleen cijfers"),
        ("NaN", "alleen cijfers"),
        ("٢٥٠", "alleen cijfers"),
        ("250\n", "alleen cijfers"),
        ("1" * 10, "alleen cijfers"),
    ],
)
def test_a_minimum_that_is_no_amount_is_named_as_such(minimum_net: str, complaint: str) -> None:
    found = problems(minimum_net=minimum_net)
    assert list(found) == ["minimum_net"]
    assert complaint in found["minimum_net"]


def test_a_currency_without_cents_takes_whole_amounts_only() -> None:
    assert problems(minimum_net="25000", decimals=0) == {}
    assert problems(minimum_net="250.00", decimals=0)["minimum_net"].endswith("alleen cijfers: 250.")
    assert problems(minimum_net="250.123", decimals=3) == {}


@pytest.mark.parametrize(
    ("customer_types", "complaint"),
    [
        ("", "minstens één klanttype"),
        (" , ", "minstens één klanttype"),
        ("wholesale, grootandel", "kent dit klanttype niet: grootandel."),
        ("Wholesale", "kent dit klanttype niet: Wholesale."),
        ("wholesale,default", "klanttype default krijgt iedereen"),
    ],
)
def test_types_that_would_open_it_to_everybody_or_nobody_are_named_as_such(customer_types: str, complaint: str) -> None:
    found = problems(customer_types=customer_types)
    assert list(found) == ["customer_types"]
    assert complaint in found["customer_types"]


def test_both_fields_are_complained_about_at_once() -> None:
    assert set(problems(customer_types="", minimum_net="")) == {"customer_types", "minimum_net"}
