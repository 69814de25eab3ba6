"""Operators and Saleor's own staff: money goes back, for what is not wanted, came back, as a gesture, or plainly."""

from django.conf import settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from fulfilment.flows import divide_refund, plan_refund, request_refund, say_refund
from fulfilment.flows.plan_refund import Choice
from fulfilment.orders.models import Order, Refund
from fulfilment.revenue.reversal import Bearer
from sandbox.saleor.ids import key_of
from sandbox.saleor.order_state import touch
from tests.hunt.story import WHICH, Asked, Chapter, pick
from tests.support.refunding import GRANT, REQUEST, REQUEST_GRANTED

BEARERS = st.sampled_from(list(Bearer))
KINDS = st.sampled_from([Refund.Kind.NOT_WANTED, Refund.Kind.CAME_BACK])
AMOUNTS = st.integers(1, 12_000)


class Givers(Chapter):
    @precondition(lambda self: self.sight.orders)
    @rule(order=WHICH, kind=KINDS, line=WHICH, units=st.integers(0, 3), shipping=st.booleans(), is_back=st.booleans())
    def give_back(self, order: int, kind: Refund.Kind, line: int, units: int, shipping: bool, is_back: bool) -> None:
        """Some units of a line, or all of what can go back as this where none are named."""
        chosen = pick(self.sight.orders, order)
        found = plan_refund.limits(chosen)
        most = found.open if kind == Refund.Kind.NOT_WANTED else found.shipped
        wanted = {pk: count for pk, count in most.items() if count}
        if units and wanted:
            pk = pick(sorted(wanted), line)
            wanted = {pk: min(units, wanted[pk])}
        self.ask_back(chosen, Choice(kind, wanted, shipping=shipping and found.shipping), is_back=is_back)

    @precondition(lambda self: self.sight.orders)
    @rule(order=WHICH, amount=AMOUNTS, bearer=BEARERS)
    def make_a_gesture(self, order: int, amount: int, bearer: Bearer) -> None:
        self.ask_back(pick(self.sight.orders, order), Choice(Refund.Kind.GESTURE, amount=amount, bearer=bearer))

    @precondition(lambda self: self.sight.orders)
    @rule(order=WHICH)
    def give_what_is_owed(self, order: int) -> None:
        chosen = pick(self.sight.orders, order)
        owed = plan_refund.limits(chosen).owed
        if owed:
            self.ask_back(chosen, Choice(Refund.Kind.OWED, amount=owed))

    @precondition(lambda self: Refund.objects.filter(state="failed").exists())
    @rule(which=WHICH)
    def ask_again(self, which: int) -> None:
        failed = pick(list(Refund.objects.filter(state="failed").order_by("pk")), which)
        self.do(lambda: request_refund.again(failed.name, saleor=self.saleor, now=self.now))

    @precondition(lambda self: any(divide_refund.to_divide(order) for order in self.sight.orders))
    @rule(which=WHICH, kind=KINDS, units=st.integers(0, 2), bearer=BEARERS)
    def divide(self, which: int, kind: Refund.Kind, units: int, bearer: Bearer) -> None:
        """Say what money that went back plainly was for: units of a line, or nothing."""
        order = pick([one for one in self.sight.orders if divide_refund.to_divide(one)], which)
        found = plan_refund.limits(order)
        most = {pk: count for pk, count in (found.open if kind == "not_wanted" else found.shipped).items() if count}
        pk = pick(sorted(most), which) if most else 0
        choice = Choice(kind, {pk: min(units, most[pk])}, bearer=bearer) if units and most else None
        choice = choice or Choice(Refund.Kind.GESTURE, bearer=bearer)
        self.do(lambda: divide_refund.divide(order.public_id, choice, reason="", now=self.now, by=self.operator))

    @precondition(lambda self: any(say_refund.unclear(order) for order in self.sight.orders))
    @rule(which=WHICH, kind=KINDS)
    def say_what_it_was_for(self, which: int, kind: Refund.Kind) -> None:
        refunds = [refund for order in self.sight.orders for refund in say_refund.unclear(order)]
        refund = pick(refunds, which)
        self.memory.said.add(refund.order_id)
        self.do(lambda: say_refund.say(refund.name, kind, now=self.now))

    # --- elsewhere ----------------------------------------------------------------------------------------------------
    @precondition(lambda self: self.in_stripe("payment_intent", status="succeeded"))
    @rule(which=WHICH, amount=AMOUNTS)
    def give_back_at_stripe(self, which: int, amount: int) -> None:
        """In Stripe's own dashboard."""
        intent = pick(self.in_stripe("payment_intent", status="succeeded"), which)
        fields = {"payment_intent": intent["id"], "amount": amount}
        headers = {"Authorization": f"Bearer {settings.STRIPE_SECRET_KEY}"}
        answer = self.world.stripe_page.post("/v1/refunds", data=fields, headers=headers)
        if answer.status_code == 200:
            self.memory.at_stripe[intent["id"]] += amount
        self.happens()

    @precondition(lambda self: self.sight.orders)
    @rule(which=WHICH, amount=AMOUNTS)
    def give_back_plainly_in_saleor(self, which: int, amount: int) -> None:
        order = pick(self.sight.orders, which)
        transaction = self._transaction(order)
        answer = self.in_saleor(REQUEST, t=transaction, a=amount / 100)["transactionRequestAction"]
        if not answer["errors"]:
            self.memory.asked.append(Asked(order.pk, "plain", amount, {}))
        self.happens()

    @precondition(lambda self: self.sight.orders)
    @rule(which=WHICH, line=WHICH, shipping=st.booleans())
    def grant_in_saleor(self, which: int, line: int, shipping: bool) -> None:
        """Staff there name one unit of a line."""
        order = pick(self.sight.orders, which)
        row = pick(list(order.lines.all()), line)
        transaction = self._transaction(order)
        given = {
            "transactionId": transaction,
            "lines": [{"id": row.saleor_id, "quantity": 1}],
            "grantRefundForShipping": shipping,
        }
        granted = self.in_saleor(GRANT, o=order.saleor_id, i=given)["orderGrantRefundCreate"]
        if granted["errors"]:
            return
        made = granted["grantedRefund"]
        amount = max(round(made["amount"]["amount"] * 100), 0)
        asked = self.in_saleor(REQUEST_GRANTED, t=transaction, g=made["id"])
        if not next(iter(asked.values()))["errors"]:
            self.memory.asked.append(Asked(order.pk, "staff", amount, {row.pk: 1}))
        self.happens()

    @precondition(lambda self: self.sight.orders)
    @rule(which=WHICH)
    def cancel_in_saleor(self, which: int) -> None:
        """As its Dashboard does with an order of which nothing left; the money stays where it is."""
        order = pick(self.sight.orders, which)
        core = self.world.saleor.core
        with core.store.write() as tx:
            told = tx.require("order", str(key_of("Order", order.saleor_id)))
            if told["status"] == "UNFULFILLED":
                touch(tx, core, told, status="CANCELED")
        self.happens()

    def _transaction(self, order: Order) -> str:
        document = "query($id: ID!) { order(id: $id) { transactions { id } } }"
        found = self.in_saleor(document, id=order.saleor_id)["order"]["transactions"]
        return str(found[0]["id"])
