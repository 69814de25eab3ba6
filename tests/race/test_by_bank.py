"""A refund is paid by the bank or by Stripe: whoever is first under the order's lock wins, and the other one is refused."""

from contextlib import nullcontext

import pytest

from fulfilment.errors import Refusal
from fulfilment.flows import order_payouts, refund_by_bank, settle_refund
from fulfilment.flows.update_order import update_order
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import balance
from fulfilment.orders.models import Order, Refund
from fulfilment.payments.models import PaymentRefund
from fulfilment.payouts.models import Payout
from tests.support import remote
from tests.support.at_once import at_once
from tests.support.bought import LAMP, NOW, STOOL, Bought, agree, bought
from tests.support.by_bank import IBAN, OTHER_IBAN, at_the_bank, by_bank, failing, ordered_round, planned
from tests.support.money import StripeInMemory

pytestmark = pytest.mark.django_db(transaction=True)
