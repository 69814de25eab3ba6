"""What happens in the world around: time, stock, stand-ins that misbehave, and what others do at Stripe."""

from collections.abc import Mapping
from typing import Any

from tests.killing.people import Act, Story
from tests.support.refunding import GRANT, REQUEST_GRANTED


def days(count: int) -> Act:
    return Act(f"{count} days pass", lambda story: story.world.nights(count))


def stock(sku: str, quantity: int) -> Act:
    """So many pieces are left in Saleor."""

    def do(story: Story) -> None:
        with story.world.saleor.core.store.write() as tx:
            for found in tx.find("stock", {"sku": sku}):
                tx.put("stock", f"{sku}@{found['warehouse']}", {**found, "quantity": found["allocated"] + quantity})

    return Act(f"{quantity} × {sku} are left", do)


def fault(program: str, **switches: Any) -> Act:
    """A stand-in misbehaves."""

    def do(story: Story) -> None:
        found = story.world.stripe.faults if program == "stripe" else story.world.saleor.core.faults
        store = story.world.stripe.store if program == "stripe" else story.world.saleor.core.store
        with store.write() as tx:
            found.change(tx, switches, story.world.clock.seconds)

    return Act(f"{program}: {switches}", do)


def mail_server(way: str) -> Act:
    """It refuses connections (`away`), takes letters and breaks off before it says so (`silent`), or works again."""

    def do(story: Story) -> None:
        story.world.network.mail_server = way

    return Act(f"the mail server {f'is {way}' if way else 'works again'}", do)


def wait(rounds: int = 1) -> Act:
    """Nobody does anything for a while."""

    def do(story: Story) -> None:
        for _round in range(rounds):
            story.world.settle()

    return Act("wait", do)


# --- Stripe -----------------------------------------------------------------------------------------------------------
def refund_at_stripe(amount: int) -> Act:
    """Give money back plainly, in Stripe's own dashboard."""

    def do(story: Story) -> None:
        [intent] = story.world.stripe.store.find("payment_intent", {"status": "succeeded"})
        story.world.at_stripe("/v1/refunds", payment_intent=intent["id"], amount=amount)

    return Act(f"refund {amount} at Stripe", do)


def refund_in_saleor(units: Mapping[str, int]) -> Act:
    """Staff give money back for units of SKUs, in Saleor's Dashboard."""

    def do(story: Story) -> None:
        staff = story.world.bench.staff
        read = staff.ask(
            "query($id: ID!) { order(id: $id) { transactions { id } lines { id productSku } } }",
            id=story.order.saleor_id,
        )["order"]
        [transaction] = read["transactions"]
        lines = [{"id": line["id"], "quantity": units.get(line["productSku"], 0)} for line in read["lines"]]
        wanted = {"transactionId": transaction["id"], "lines": [line for line in lines if line["quantity"]]}
        granted = staff.ask(GRANT, o=story.order.saleor_id, i=wanted)["orderGrantRefundCreate"]["grantedRefund"]["id"]
        staff.ask(REQUEST_GRANTED, t=transaction["id"], g=granted)

    return Act(f"refund {dict(units)} in Saleor", do)


def dispute(amount: int | None = None) -> Act:
    """The cardholder goes to their bank."""

    def do(story: Story) -> None:
        [charge] = story.world.stripe.store.find("charge", {"paid": True})
        wanted = {} if amount is None else {"amount": amount}
        story.world.let_at_stripe(f"/control/charge/{charge['id']}/dispute", reason="product_not_received", **wanted)

    return Act(f"dispute {amount or 'all'}", do)


def decide(what: str) -> Act:
    """The bank decides (`win`, `lose`), or has `evidence`."""

    def do(story: Story) -> None:
        [found] = story.world.stripe.store.find("dispute")
        story.world.let_at_stripe(f"/control/dispute/{found['id']}/{what}")

    return Act(f"the dispute: {what}", do)
