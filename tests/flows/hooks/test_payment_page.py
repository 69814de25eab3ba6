"""What Saleor tells of the prices is for show: the page to pay on stands also where they make no sum."""

import json

import pytest

from fulfilment.gateways.stripe.values import PageLine
from tests.support import rows
from tests.support.money import StripeInMemory
from tests.support.signed import SaleorKey, checkout_payment, from_saleor, known_keys

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("prices", [None, (289.005,)], ids=["that do not make the sum", "finer than a cent"])
def test_prices_never_keep_anybody_from_paying(prices: tuple[float, ...] | None) -> None:
    known_keys(SaleorKey())
    rows.agreement("SG-001", rows.partner("labeur"))
    body = checkout_payment(amount="279.00", prices=prices, delivery=9.5)
    with StripeInMemory().connected() as provider:
        answer = from_saleor("/saleor/payment/initialize", body)
    assert json.loads(answer.content)["result"] == "CHARGE_ACTION_REQUIRED"
    assert provider.opened[0]["lines"] == [PageLine("1 × Koord, met levering", 27_900)]


@pytest.mark.parametrize(("code", "told"), [(None, "1 × Koord"), ("WELKOM", "1 × Koord, met korting")])
def test_what_costs_everybody_less_is_no_discount_on_the_page_to_pay_on(code: str | None, told: str) -> None:
    """The law wants the prior price beside a reduction, and Stripe's page has no place for it."""
    known_keys(SaleorKey())
    rows.agreement("SG-001", rows.partner("labeur"))
    body = checkout_payment(amount="240.70", prices=(231.20,), undiscounted=(289.0,), code=code, delivery=9.5)
    with StripeInMemory().connected() as provider:
        from_saleor("/saleor/payment/initialize", body)
    assert provider.opened[0]["lines"] == [PageLine(told, 23_120), PageLine("Levering", 950)]
