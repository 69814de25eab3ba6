"""A checkout may be paid: refused while that is free, or one page at Stripe, whatever goes wrong on the way."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.conf import settings

from fulfilment.agreements.models import Agreement
from fulfilment.errors import GatewayError, Refusal
from fulfilment.flows.start_payment import (
    Item,
    NotForSale,
    PaymentRequest,
    Stopped,
    page_lines,
    start_payment,
    stop_payment,
)
from fulfilment.flows.update_order import update_order
from fulfilment.gateways.stripe.values import PageLine
from fulfilment.inbox.models import Mark
from fulfilment.orders.models import Order
from fulfilment.payments.models import Payment
from fulfilment.production.models import Task
from fulfilment.routing.models import Decision, Plan
from tests.support import rows
from tests.support.money import StripeInMemory, pay
from tests.support.remote import PLACED_AT, SaleorInMemory, paid_order

pytestmark = pytest.mark.django_db

NOW = PLACED_AT
DOWN = GatewayError("Stripe did not answer", retry=True)


def asked(
    key: str = "key-1", *, checkout: str = "checkout-1", amount: int = 28_900, channel: str = "consumer"
) -> PaymentRequest:
    return PaymentRequest(
        idempotency_key=key,
        transaction_id=f"transaction-{key}",
        checkout_id=checkout,
        channel=channel,
        amount_minor=amount,
        currency="EUR",
        email="an@example.com",
        language="nl",
        items=(Item("SG-001", "Koord", 1, amount),),
        delivery_minor=0,
        success_url=f"{settings.SHOP_URL}/nl/bedankt/",
        cancel_url=f"{settings.SHOP_URL}/nl/afrekenen/overzicht/?stap=2",
    )


@pytest.fixture
def agreed() -> Agreement:
    return rows.agreement("SG-001", rows.partner("labeur"))


@pytest.fixture
def provider() -> StripeInMemory:
    return StripeInMemory()


def start(provider: StripeInMemory, request: PaymentRequest, *, after: timedelta = timedelta()) -> Payment:
    return start_payment(request, provider, now=NOW + after)


def test_a_checkout_gets_a_page_and_its_route_is_kept(agreed: Agreement, provider: StripeInMemory) -> None:
    payment = start(provider, asked())
    assert (payment.state, payment.amount_minor, payment.currency) == ("open", 28_900, "EUR")
    assert payment.reference.startswith("pay_")
    assert payment.stripe_url.endswith(payment.stripe_session_id)
    assert Plan.objects.get().assignments == {"SG-001": agreed.pk}
    wanted = provider.opened[0]
    assert wanted["success_url"] == f"{settings.SHOP_URL}/nl/bedankt/?ref={payment.reference}"
    assert wanted["cancel_url"] == f"{settings.SHOP_URL}/nl/afrekenen/overzicht/?stap=2&ref={payment.reference}"
    assert wanted["lines"] == [PageLine("1 × Koord", 28_900)]
    assert wanted["metadata"] == {
        "reference": payment.reference,
        "saleor_transaction": "transaction-key-1",
        "saleor_checkout": "checkout-1",
    }


def test_what_is_bought_from_a_price_list_is_planned_by_its_own_agreement(
    agreed: Agreement, provider: StripeInMemory
) -> None:
    wholesale = rows.agreement("SG-001", rows.partner("wholesale-maker"), version=2, bound=False)
    Agreement.objects.filter(pk=wholesale.pk).update(price_list="wholesale", bound_at=NOW)
    for channel, agreement in (("wholesale", wholesale), ("consumer", agreed)):
        start_payment(asked(channel, checkout=channel, channel=channel), provider, now=NOW)
        assert Plan.objects.get(checkout_id=channel).assignments == {"SG-001": agreement.pk}


def test_the_page_names_every_product_and_the_delivery_and_their_sum_is_saleors_to_the_cent() -> None:
    items = (Item("SG-001", "Koord", 1, 28_900), Item("SG-003", "Zit", 3, 79_501))
    request = replace(asked(amount=109_351), items=items, delivery_minor=950)
    assert page_lines(request) == [
        PageLine("1 × Koord", 28_900),
        PageLine("3 × Zit", 79_501),
        PageLine("Levering", 950),
    ]


def test_what_is_sold_at_a_discount_stands_at_what_it_costs_now_and_says_so() -> None:
    items = (Item("SG-001", "Koord", 1, 26_010, is_discounted=True), Item("SG-003", "Zit", 1, 26_500))
    request = replace(asked(amount=26_010 + 26_500), items=items, delivery_minor=0)
    assert page_lines(request) == [PageLine("1 × Koord, met korting", 26_010), PageLine("1 × Zit", 26_500)]


def test_what_no_line_accounts_for_is_paid_in_one_line_that_names_goods_and_delivery() -> None:
    items = (Item("SG-001", "Koord", 1, 28_900), Item("SG-003", "Zit", 2, 53_000))
    request = replace(asked(amount=80_000), items=items, delivery_minor=950)
    assert page_lines(request) == [PageLine("1 × Koord, 2 × Zit, met levering", 80_000)]
    request = replace(request, items=items * 60, delivery_minor=0, amount_minor=81_900 * 60)
    [line] = page_lines(request)
    assert (line.amount_minor, len(line.name)) == (81_900 * 60, 230)


def test_a_page_lives_no_shorter_than_stripe_allows(agreed: Agreement, provider: StripeInMemory) -> None:
    start(provider, asked())
    lives = provider.opened[0]["expires_at"] - NOW
    assert timedelta(minutes=30) < lives < timedelta(minutes=32)


def test_what_nobody_makes_is_refused_in_dutch_with_its_code_and_nothing_is_kept(
    agreed: Agreement, provider: StripeInMemory
) -> None:
    request = replace(
        asked(), items=(Item("SG-001", "Koord", 1, 0), Item("SG-404", "Spook", 2, 0), Item("", "Zonder code", 1, 0))
    )
    with pytest.raises(NotForSale) as refused:
        start(provider, request)
    assert refused.value.product_codes == ["SG-404", ""]
    assert refused.value.code == "NOT_FOR_SALE"
    assert refused.value.message == (
        "Dit kan nu niet gemaakt worden: Spook, Zonder code. Haal het uit je mandje om verder te gaan."
    )
    assert not Payment.objects.exists()
    assert not Plan.objects.exists()
    assert provider.opened == []


@pytest.mark.parametrize(
    ("signed", "starts", "ends"),
    [(False, date(2025, 1, 1), None), (True, date(2026, 11, 24), None), (True, date(2025, 1, 1), date(2026, 11, 22))],
    ids=["not signed by all", "not yet in force", "ended yesterday"],
)
def test_an_agreement_that_does_not_bind_today_sells_nothing(
    provider: StripeInMemory, signed: bool, starts: date, ends: date | None
) -> None:
    rows.agreement("SG-001", rows.partner("labeur"), bound=signed, valid_from=starts, valid_until=ends)
    with pytest.raises(NotForSale):
        start(provider, asked())


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/nl/bedankt/",
        "",
        "/nl/bedankt/",
        f"{settings.SHOP_URL}.evil.example/",
        f"{settings.SHOP_URL}@evil.example/",
        f"{settings.SHOP_URL}\\@evil.example/",
        "http://[::1",
        "javascript:alert(1)",
    ],
)
def test_the_customer_returns_to_our_shop_or_nowhere(agreed: Agreement, provider: StripeInMemory, url: str) -> None:
    for request in (replace(asked(), success_url=url), replace(asked(), cancel_url=url)):
        with pytest.raises(Refusal) as refused:
            start(provider, request)
        assert refused.value.code == "FOREIGN_URL"
    assert not Payment.objects.exists()


def test_nothing_to_pay_is_refused(agreed: Agreement, provider: StripeInMemory) -> None:
    for request in (replace(asked(), amount_minor=0), replace(asked(), items=())):
        with pytest.raises(Refusal) as refused:
            start(provider, request)
        assert refused.value.code == "NOTHING_TO_PAY"


def test_the_same_request_gets_the_same_page(agreed: Agreement, provider: StripeInMemory) -> None:
    first = start(provider, asked())
    second = start(provider, asked(), after=timedelta(minutes=5))
    assert (first.pk, first.stripe_url) == (second.pk, second.stripe_url)
    assert len(provider.opened) == 1
    assert Plan.objects.count() == 1


def test_the_same_request_gets_its_page_also_when_the_agreement_ended_since(
    agreed: Agreement, provider: StripeInMemory
) -> None:
    first = start(provider, asked())
    Agreement.objects.update(valid_until=date(2026, 11, 22))
    assert start(provider, asked()).pk == first.pk


def test_a_key_that_was_used_for_something_else_is_refused(agreed: Agreement, provider: StripeInMemory) -> None:
    start(provider, asked())
    for request in (asked(checkout="checkout-2"), asked(amount=1)):
        with pytest.raises(Refusal) as refused:
            start(provider, request)
        assert refused.value.code == "KEY_USED"
    assert Payment.objects.count() == 1


def test_a_second_attempt_closes_the_page_of_the_first(agreed: Agreement, provider: StripeInMemory) -> None:
    first = start(provider, asked("key-1"))
    second = start(provider, asked("key-2"))
    assert [session.id for session in provider.live()] == [second.stripe_session_id]
    first.refresh_from_db()
    assert first.state == "expired"


def test_pages_of_other_checkouts_stay_open(agreed: Agreement, provider: StripeInMemory) -> None:
    start(provider, asked("key-1", checkout="checkout-1"))
    start(provider, asked("key-2", checkout="checkout-2"))
    assert len(provider.live()) == 2


def test_who_has_paid_already_cannot_pay_again_and_the_payment_is_looked_at(
    agreed: Agreement, provider: StripeInMemory
) -> None:
    first = start(provider, asked("key-1"))
    provider.charge(first, fee=None)
    with pytest.raises(Refusal) as refused:
        start(provider, asked("key-2"))
    assert refused.value.code == "ALREADY_PAID"
    assert refused.value.message == "Deze bestelling is al betaald. We verwerken ze nu."
    assert Mark.objects.get().object_id == first.stripe_session_id
    assert Payment.objects.count() == 1


def test_who_got_the_money_back_may_pay_again(agreed: Agreement, provider: StripeInMemory) -> None:
    first = start(provider, asked("key-1"))
    provider.charge(first, fee=None)
    Payment.objects.update(state=Payment.State.REFUNDED)
    assert start(provider, asked("key-2")).state == "open"


def test_when_stripe_is_down_the_next_try_with_the_same_key_goes_on(
    agreed: Agreement, provider: StripeInMemory
) -> None:
    provider.down = DOWN
    with pytest.raises(GatewayError):
        start(provider, asked())
    provider.down = None
    payment = start(provider, asked(), after=timedelta(seconds=10))
    assert payment.stripe_url
    assert Payment.objects.count() == Plan.objects.count() == 1


def test_a_page_whose_address_got_lost_is_found_again_or_made_anew_when_it_would_live_too_short(
    agreed: Agreement, provider: StripeInMemory
) -> None:
    payment = start(provider, asked())
    Payment.objects.update(stripe_session_id="", stripe_url="")  # the answer never came

    again = start(provider, asked(), after=timedelta(seconds=10))
    assert again.stripe_session_id == payment.stripe_session_id

    Payment.objects.update(stripe_session_id="", stripe_url="")
    late = start(provider, asked(), after=timedelta(minutes=20))
    assert late.stripe_session_id != payment.stripe_session_id
    assert provider.opened[-1]["expires_at"] - (NOW + timedelta(minutes=20)) > timedelta(minutes=30)


def test_a_page_of_the_former_attempt_that_cannot_be_closed_opens_no_second_one(
    agreed: Agreement, provider: StripeInMemory
) -> None:
    start(provider, asked("key-1"))
    provider.down = DOWN
    with pytest.raises(GatewayError):
        start(provider, asked("key-2"))
    assert len(provider.live()) == 1


def test_nobody_pays_again_before_what_was_paid_is_asked_back(agreed: Agreement, provider: StripeInMemory) -> None:
    first = start(provider, asked("key-1"))
    Payment.objects.update(state=Payment.State.RETURNING)
    with pytest.raises(Refusal) as refused:
        start(provider, asked("key-2"))
    assert refused.value.code == "RETURNING"
    first.refunds.create(idempotency_key="request", amount_minor=28_900, asked_at=NOW)
    assert start(provider, asked("key-2")).state == "open"


def stop(provider: StripeInMemory, payment: Payment) -> Stopped | None:
    result = stop_payment(payment.reference, provider, now=NOW)
    payment.refresh_from_db()
    return result


def test_before_a_basket_changes_the_page_that_is_open_for_it_is_closed(
    agreed: Agreement, provider: StripeInMemory
) -> None:
    payment = start(provider, asked())
    assert stop(provider, payment) is Stopped.CLOSED
    assert (payment.state, provider.live()) == ("expired", [])
    assert stop(provider, payment) is Stopped.OVER


def test_a_page_that_was_paid_cannot_be_closed_any_more_and_is_looked_at(
    agreed: Agreement, provider: StripeInMemory
) -> None:
    payment = start(provider, asked())
    provider.charge(payment, fee=None)
    assert stop(provider, payment) is Stopped.PAID
    assert Mark.objects.get().object_id == payment.stripe_session_id
    Payment.objects.update(state=Payment.State.PAID)
    assert stop(provider, payment) is Stopped.PAID
    Payment.objects.update(state=Payment.State.ORDERED)
    assert stop(provider, payment) is Stopped.PAID
    Payment.objects.update(state=Payment.State.RETURNING)
    assert stop(provider, payment) is Stopped.OVER


def test_an_agreement_that_ends_between_payment_and_order_still_routes_it(
    agreed: Agreement, provider: StripeInMemory
) -> None:
    remote = paid_order("1", [("SG-001", 1, 27_950)], checkout_id="checkout-1")
    payment = start(provider, asked(amount=remote.total_gross_minor))
    Agreement.objects.update(valid_until=date(2026, 11, 22))
    saleor = SaleorInMemory({remote.id: remote}, {"checkout-1": remote.id})
    pay(payment, saleor)
    update_order(remote.id, saleor.as_saleor(), now=NOW)

    order = Order.objects.get()
    assert order.routed_at is not None
    assert Decision.objects.get().reason == Decision.Reason.PLANNED
    assert Task.objects.get().producer == agreed.producer
