"""What the customer was told: all that happened, and nothing that did not."""

import re
from collections.abc import Iterator

from fulfilment.flows.accept_order import transferred_key
from fulfilment.ledger.models import Entry
from fulfilment.mail.models import Mail
from fulfilment.money import written
from fulfilment.orders.models import Order, Refund
from fulfilment.payments.models import Payment, PaymentRefund, PaymentRefundStep
from fulfilment.payouts.models import Payout
from fulfilment.production.models import Impediment, Parcel, Task
from fulfilment.returns.life import BACK
from fulfilment.withdrawals.models import Withdrawal
from tests.hunt.story import Chapter

AMOUNT = re.compile(r"€\s?([\d.]+),(\d\d)")


class ToldTruths(Chapter):
    def told_always(self) -> Iterator[str]:
        """Nothing that did not happen."""
        self._read()
        told = set(Mail.objects.values_list("key", flat=True))
        may = set(self._may_be_told())
        for key in sorted(told - may):
            if key.startswith(("order:", "parcel:", "refund:", "return:", "payment:", "withdrawal:")):
                yield f"the customer was told what did not happen: {key}"

    def _may_be_told(self) -> Iterator[str]:
        for order in self.sight.orders:
            if order.routed_at:
                yield f"order:{order.public_id}:confirmed"
        for parcel in self.sight.parcels:
            yield f"parcel:{parcel.public_id}:shipped"
            yield from (f"parcel:{parcel.public_id}:corrected:{at + 1}" for at in range(parcel.corrections))
        for refund in Refund.objects.filter(booked_at__isnull=False):
            yield f"refund:{refund.name}"
            yield from self._after(refund)
        for refund in Refund.objects.exclude(account_asked_at=None):
            asked = range(1, refund.accounts.count() + 2)
            yield from (f"refund:{refund.name}:account:{at}{more}" for at in asked for more in ("", ":again"))
            for payout in refund.payouts.filter(steps__event="confirm"):
                yield f"refund:{refund.name}:{payout.public_id}"
        yield from _acknowledged()
        for found in self.sight.returns:
            yield f"return:{found.public_id}:announced"
            if found.told_at and found.state in BACK:
                yield f"return:{found.public_id}:arrived"
        # Stripe took it: it may fail later, and Saleor make the order after all.
        taken = {one["payment_intent"] for one in self.in_stripe("refund") if one["metadata"].get("asked_by")}
        for payment in Payment.objects.filter(payment_intent_id__in=taken, return_asks__gt=0):
            yield f"payment:{payment.reference}:returned"
        for payment in Payment.objects.filter(checkout_id__in=self.memory.by_hand):
            yield f"payment:{payment.reference}:transferred"

    def _after(self, refund: Refund) -> Iterator[str]:
        """What may be told of a refund later: with more that went back, never above what its units were worth."""
        worth = sum(refund.lines.values_list("amount_minor", flat=True)) + refund.shipping_minor
        told = Mail.objects.filter(key__startswith=f"refund:{refund.name}:after:").values_list("key", flat=True)
        yield from (key for key in told if 0 < int(key.rsplit(":", 1)[1]) < worth)

    def _read(self) -> None:
        mails = Mail.objects.filter(key__startswith="refund:").exclude(key__contains=":account:").exclude(text="")
        for mail in mails.exclude(key__in=self.memory.read):
            self.memory.read[mail.key] = _amount(mail)

    def told_at_rest(self) -> Iterator[str]:
        """All that happened."""
        self._read()
        told = set(Mail.objects.values_list("key", flat=True))
        for key in sorted(set(self._must_be_told()) - told):
            yield f"the customer was not told: {key}"
        for order in self.sight.orders:
            yield from self._money_told(order)

    def _must_be_told(self) -> Iterator[str]:
        for order in self.sight.orders:
            if order.routed_at and not order.cancelled_at and Task.objects.filter(order=order).exists():
                yield f"order:{order.public_id}:confirmed"
        for parcel in Parcel.objects.all():
            yield f"parcel:{parcel.public_id}:shipped"
        yield from _acknowledged()
        for found in self.sight.returns:
            if found.state in BACK:
                yield f"return:{found.public_id}:arrived"
        for impediment in Impediment.objects.exclude(told=""):
            yield f"impediment:{impediment.public_id}:told"
        for payment in Payment.objects.filter(state=Payment.State.REFUNDED, saleor_order_id="", return_asks__gt=0):
            # What Stripe never took was transferred, and that alone is told.
            by_hand = Entry.objects.filter(key=transferred_key(payment)).exists()
            yield f"payment:{payment.reference}:{'transferred' if by_hand else 'returned'}"

    def _money_told(self, order: Order) -> Iterator[str]:
        """What mails say that went back: no less than is away, no more than ever was."""
        payments = Payment.objects.filter(checkout_id=order.checkout_id, paid_at__isnull=False)
        rows = PaymentRefund.objects.filter(payment__in=[one for one in payments if _is_of(order, one)])
        away = sum(rows.filter(state=PaymentRefund.State.SUCCEEDED).values_list("amount_minor", flat=True))
        steps = PaymentRefundStep.objects.filter(refund__in=rows, state=PaymentRefund.State.SUCCEEDED)
        ever = sum(steps.values_list("refund__amount_minor", flat=True))
        confirmed = Payout.objects.filter(refund__order=order, steps__event="confirm")
        ever += sum(confirmed.values_list("amount_minor", flat=True))
        away += sum(confirmed.filter(state=Payout.State.CONFIRMED).values_list("amount_minor", flat=True))
        names = tuple(f"refund:{name}" for name in order.refunds.values_list("name", flat=True))
        told = sum(amount for key, amount in self.memory.read.items() if key.startswith(names))
        waiting = self.undivided(order)
        if not away - waiting <= told <= ever:
            texts = (written(one, order.currency) for one in (told, away, ever, waiting))
            yield "order {}: told {}, away {}, ever {}, undivided {}".format(order.number, *texts)

    def undivided(self, order: Order) -> int:
        raise NotImplementedError


def _acknowledged() -> Iterator[str]:
    """Of a statement hears who made it, and whoever ordered."""
    for said in Withdrawal.objects.all():
        yield from (f"withdrawal:{said.public_id}:{heard}" for heard in ("acknowledged", "told"))


def _is_of(order: Order, payment: Payment) -> bool:
    """Whether Saleor made the order of this payment: not where all of it was asked back before."""
    before = payment.refunds.filter(asked_at__lt=order.placed_at).exclude(state=PaymentRefund.State.FAILED)
    return sum(before.values_list("amount_minor", flat=True)) < payment.amount_minor


def _amount(mail: Mail) -> int:
    """What a mail says that was paid back, in minor units: the first amount in it."""
    found = AMOUNT.search(mail.text.replace("\xa0", " "))
    assert found is not None, mail.text
    return int(found[1].replace(".", "") + found[2])
