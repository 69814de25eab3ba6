"""Banks: those of customers, who dispute, and send back what Stripe gave them; and ours, that pays partners."""

from collections.abc import Callable

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from fulfilment.flows import bear_dispute, collect_money, order_payouts, plan_payouts, settle_payouts
from fulfilment.payments.models import Dispute
from fulfilment.payouts.models import Batch, Payout
from tests.hunt.story import WHICH, Chapter, payee, pick

WHAT = st.sampled_from(["evidence", "win", "lose", "escalate", "close"])


class Banks(Chapter):
    # --- customers' ---------------------------------------------------------------------------------------------------
    @precondition(lambda self: self.in_stripe("charge", paid=True))
    @rule(which=WHICH, all_of_it=st.booleans(), amount=st.integers(500, 9_000), is_inquiry=st.booleans())
    def dispute(self, which: int, all_of_it: bool, amount: int, is_inquiry: bool) -> None:
        charge = pick(self.in_stripe("charge", paid=True), which)
        wanted = {"kind": "inquiry"} if is_inquiry else {}
        self.control_stripe(f"charge/{charge['id']}/dispute", **wanted, **({} if all_of_it else {"amount": amount}))
        self.happens()

    @precondition(lambda self: self.in_stripe("dispute"))
    @rule(which=WHICH, what=WHAT, fee=st.booleans())
    def decide(self, which: int, what: str, fee: bool) -> None:
        found = pick(self.in_stripe("dispute"), which)
        self.control_stripe(f"dispute/{found['id']}/{what}", fee_returned=fee)
        self.happens()

    @precondition(lambda self: Dispute.objects.filter(state="lost").exists())
    @rule(which=WHICH, policy=st.sampled_from(list(Dispute.Policy)))
    def bear(self, which: int, policy: Dispute.Policy) -> None:
        found = pick(list(Dispute.objects.filter(state="lost")), which)
        self.do(lambda: bear_dispute.bear(found.stripe_dispute_id, policy, by=self.operator, now=self.now))

    @rule()
    def refuse_the_next_refund(self) -> None:
        with self.world.stripe.store.write() as tx:
            self.world.stripe.faults.change(tx, {"fail_next_refunds": 1}, self.world.clock.seconds)

    @precondition(lambda self: self.in_stripe("refund"))
    @rule(which=WHICH)
    def send_a_refund_back(self, which: int) -> None:
        """Also days after it succeeded."""
        found = pick(self.in_stripe("refund"), which)
        self.control_stripe(f"refund/{found['id']}/fail")
        self.happens()

    # --- ours ---------------------------------------------------------------------------------------------------------
    @rule()
    def collect(self) -> None:
        self.do(lambda: collect_money.collect_money(self.stripe, by=self.operator, now=self.now))

    @precondition(lambda self: self.in_stripe("payout"))
    @rule(which=WHICH)
    def refuse_a_collection(self, which: int) -> None:
        """Also days after it arrived."""
        self.control_stripe(f"payout/{pick(self.in_stripe('payout'), which)['id']}/fail")
        self.happens()

    @rule()
    def plan(self) -> None:
        day = timezone.localdate(self.now)
        self.do(lambda: plan_payouts.create_batch(as_of=day, by=self.operator, now=self.now))

    @precondition(lambda self: self.sight.batches)
    @rule(which=WHICH, what=st.sampled_from(["approve", "fetch", "approve and fetch", "cancel", "withdraw"]))
    def go_on_with_a_round(self, which: int, what: str) -> None:
        name = pick(self.sight.batches, which).public_id
        steps: dict[str, Callable[[], object]] = {
            "approve": lambda: order_payouts.approve(batch=name, by=self.operator, now=self.now),
            "fetch": lambda: order_payouts.fetch_file(batch=name, by=self.operator, now=self.now, again=True),
            "cancel": lambda: plan_payouts.cancel(batch=name, by=self.operator, now=self.now),
            "withdraw": lambda: settle_payouts.withdraw(batch=name, by=self.operator, now=self.now),
        }
        for step in what.split(" and "):
            self.do(steps[step])

    @precondition(lambda self: any(one.batch.state == Batch.State.FETCHED for one in self.sight.payouts))
    @rule(which=WHICH, pays=st.booleans())
    def work_through(self, which: int, pays: bool) -> None:
        """Our bank pays one payout of a file, or cannot; the operator reads it on the statement."""
        row = pick([one for one in self.sight.payouts if one.batch.state == Batch.State.FETCHED], which)
        if row.state != Payout.State.SENT:
            return
        batch, name = row.batch.public_id, row.public_id
        if pays:
            self.do(lambda: settle_payouts.confirm(batch=batch, payout=name, by=self.operator, now=self.now))
            self.memory.by_bank[payee(row)] += row.amount_minor
        else:
            self.do(
                lambda: settle_payouts.fail(batch=batch, payout=name, reason="Dicht", by=self.operator, now=self.now)
            )

    @precondition(lambda self: any(one.state == Payout.State.CONFIRMED for one in self.sight.payouts))
    @rule(which=WHICH)
    def send_a_payout_back(self, which: int) -> None:
        row = pick([one for one in self.sight.payouts if one.state == Payout.State.CONFIRMED], which)
        batch, name = row.batch.public_id, row.public_id
        self.do(
            lambda: settle_payouts.take_back(batch=batch, payout=name, reason="Dicht", by=self.operator, now=self.now)
        )
        self.memory.by_bank[payee(row)] -= row.amount_minor
