"""Money that was paid on a checkout of which Saleor makes no order."""

from datetime import timedelta

from fulfilment.errors import GatewayError
from fulfilment.flows.settle_checkout import settle_checkout
from fulfilment.flows.settle_payment import settle_session
from fulfilment.flows.settle_refund import settle_refund, start_refund
from tests.support.bought import LAMP, Bought, agree, ordered
from tests.support.money import StripeInMemory
from tests.support.remote import PLACED_AT

NOW = PLACED_AT + timedelta(hours=1)
PATIENCE = timedelta(minutes=15)


def orphaned(provider: StripeInMemory) -> Bought:
    """A paid checkout of which Saleor makes no order."""
    agree("SG-001")
    found = ordered(LAMP, paid=False)
    provider.charge(found.payment, fee=39, at=NOW)
    found.saleor.refused = GatewayError("no stock", retry=False, code="INSUFFICIENT_STOCK")
    settle_session(found.payment.stripe_session_id, found.saleor.as_saleor(), provider, now=NOW)
    found.saleor.money_without_order(found.remote.checkout_id, found.payment.saleor_transaction_id, 29_850, at=NOW)
    found.payment.refresh_from_db()
    assert found.payment.state == "paid"
    return found


def at(orphan: Bought, after: timedelta) -> None:
    """A worker looks at the checkout, some time after the payment."""
    settle_checkout(orphan.remote.checkout_id, orphan.saleor.as_saleor(), now=NOW + after)
    orphan.payment.refresh_from_db()


def asked_of_us(orphan: Bought, provider: StripeInMemory, *, amount: int = 29_850) -> str:
    """Saleor's worker asks our payment app, whose answer it takes; the refund at Stripe."""
    name = orphan.payment.saleor_transaction_id
    key = f"request-{len(orphan.saleor.refund_requests)}"
    told = start_refund(provider, transaction_id=name, idempotency_key=key, amount_minor=amount, now=NOW + PATIENCE)
    orphan.saleor.answer(name)
    return told


def told_by_stripe(orphan: Bought, provider: StripeInMemory, refund_id: str) -> None:
    """A worker looks at the refund as it stands at Stripe."""
    settle_refund(refund_id, orphan.saleor.as_saleor(), provider, now=NOW + PATIENCE)
    orphan.payment.refresh_from_db()
