"""What people do: customers, job coaches, the operator, and the bank. Each act is one that may be cut off and repeated.

An act whose answer never came is done again by whoever waits for it, once all is at rest: unless they see that it was
done (`done`).
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from fulfilment.inbox.models import OpenIssue
from fulfilment.orders.models import Order, Refund
from fulfilment.payouts.models import Batch, Payout
from fulfilment.production.models import Parcel, Task
from tests.killing.world import Interrupted, World

OPERATOR = "operator@sociaalgemaakt.example"
CODES = ("323212345678", "323212345679", "323212345680")


@dataclass
class Story:
    """What the people of a scenario remember of it."""

    world: World
    checkout: str = ""
    waited: dict[str, Any] = field(default_factory=dict)
    again: bool = False
    """Whether the present act is done once more, since nobody answered the first time."""

    @property
    def order(self) -> Order:
        return Order.objects.latest("pk")

    def copy(self) -> "Story":
        return replace(self, waited=dict(self.waited))


@dataclass(frozen=True)
class Act:
    """One thing that somebody does; `done` is what they see when it has happened."""

    name: str
    do: Callable[[Story], None]
    done: Callable[[Story], bool] = lambda story: False


# --- the customer -----------------------------------------------------------------------------------------------------
def fill_basket(*items: tuple[str, int]) -> Act:
    """SKUs and how many."""

    def do(story: Story) -> None:
        bench = story.world.bench
        variants = {found["sku"]: found["id"] for tracked in (True, False) for found in bench.variants(tracked=tracked)}
        story.checkout = bench.checkout([(variants[sku], quantity) for sku, quantity in items])

    return Act(f"fill a basket with {', '.join(f'{quantity} × {sku}' for sku, quantity in items)}", do)


def _page(story: Story) -> str:
    """The payment page that the shop is given."""
    data = {"success_url": f"{settings.SHOP_URL}/nl/bedankt/", "cancel_url": f"{settings.SHOP_URL}/nl/afrekenen/"}
    answer = story.world.bench.initialize(story.checkout, data=data, key=uuid4().hex)
    url = (answer["data"] or {}).get("url")
    if not url:
        raise Interrupted(f"no page to pay on: {answer['transactionEvent']}")
    return str(url).rpartition("/")[2]


def _submit(story: Story, session: str, action: str) -> None:
    client = story.world.stripe_page
    assert client.post(f"/pay/{session}", data={"action": action, "method": "bancontact"}).status_code == 303


def pay(action: str = "pay", *, after: Sequence[Act] = ()) -> Act:
    """Go to the payment page and pay there (or `decline`), `after` something else happened meanwhile."""

    def do(story: Story) -> None:
        page = _page(story)
        for meanwhile in after:
            meanwhile.do(story)
        _submit(story, page, action)

    return Act("pay" if action == "pay" else "be declined", do)


# --- the workshop -----------------------------------------------------------------------------------------------------
def _coach(story: Story, slug: str) -> Any:
    return story.world.person(f"jobcoach@{slug}.example")


def _tasks(story: Story) -> list[Task]:
    return list(Task.objects.select_related("producer").exclude(state=Task.State.CANCELLED).order_by("pk"))


def make() -> Act:
    """Every workshop makes what it was asked."""

    def do(story: Story) -> None:
        for task in _tasks(story):
            for step, reached in (("accept", "waiting"), ("start", "accepted"), ("finish", "making")):
                task.refresh_from_db()
                if task.state == reached:
                    _coach(story, task.producer.slug).post(reverse(f"portal:{step}", args=[task.public_id]))

    return Act("make everything", do)


def ship(quantities: Mapping[str, int] | None = None) -> Act:
    """Every workshop sends what it has, or so many of each SKU."""

    def do(story: Story) -> None:
        for code, task in zip(CODES, _tasks(story), strict=False):
            _ship(story, task, code, quantities)

    return Act("ship" + (f" {dict(quantities)}" if quantities else ""), do)


def _ship(story: Story, task: Task, code: str, quantities: Mapping[str, int] | None) -> None:
    lines = task.lines.select_related("line")
    units = {
        f"quantity-{line.pk}": min(line.open_quantity, (quantities or {}).get(line.line.sku, line.open_quantity))
        for line in lines
        if line.open_quantity
    }
    if task.state != Task.State.READY or not sum(units.values()):
        return
    form = {"carrier": "bpost", "tracking_code": code, "form_key": f"form-of-{code}", **units}
    _coach(story, task.producer.slug).post(reverse("portal:ship", args=[task.public_id]), form)


def deliver() -> Act:
    """Every parcel arrives."""

    def do(story: Story) -> None:
        for parcel in Parcel.objects.filter(delivered_at=None).select_related("task__producer"):
            _coach(story, parcel.task.producer.slug).post(reverse("portal:deliver", args=[parcel.public_id]))

    return Act("deliver", do)


# --- the operator -----------------------------------------------------------------------------------------------------
def _operator(story: Story) -> Any:
    return story.world.person(OPERATOR)


def refund(
    units: Mapping[str, int] | None = None,
    *,
    kind: str = "not_wanted",
    amount: str = "",
    shipping: bool = False,
    way: str = "refund",
) -> Act:
    """Give back units of SKUs, or an amount; way `divide`: say that what went back plainly was for these.

    `kind` is why, as the back office asks it.
    """

    def do(story: Story) -> None:
        order = story.order
        story.waited.setdefault("refunds", order.refunds.count())
        form: dict[str, Any] = {"kind": kind, "reason": "Op vraag van de klant", "bearer": "platform"}
        form |= {f"line-{line.pk}": (units or {}).get(line.sku, 0) for line in order.lines.all()} if units else {}
        form |= {"amount": amount} if amount else {}
        form |= {"shipping": "on"} if shipping else {}
        address = reverse(f"backoffice:orders_order_{way}", args=[order.pk])
        page = _operator(story).get(f"{address}?{urlencode(form)}")
        seen = page.partition('name="seen" value="')[2].partition('"')[0]
        _operator(story).post(address, {**form, "seen": seen})

    def done(story: Story) -> bool:
        return bool(story.order.refunds.count() != story.waited["refunds"])

    about = f"{dict(units or {})}{' and the shipping' if shipping else ''}{amount and f'€ {amount}'}"
    return Act(f"{way} ({kind}) {about}", do, done)


def ask_again() -> Act:
    """Have what failed asked once more."""

    def do(story: Story) -> None:
        failed = story.order.refunds.filter(state=Refund.State.FAILED).get()
        address = reverse("backoffice:orders_order_refund_again", args=[story.order.pk])
        _operator(story).post(address, {"refund": failed.name})

    return Act("ask again for what failed", do, lambda story: not story.order.refunds.filter(state="failed").exists())


def heed(story: Story, exceptions: Collection[str]) -> bool:
    """The operator does what the list asks them to; whether there was anything that they can do."""
    if not any(line.startswith(OpenIssue.Kind.REFUND_FAILED) for line in exceptions):
        return False
    ask_again().do(story)
    return True


def refund_at_stripe(amount: int) -> Act:
    """Give money back plainly, in Stripe's own dashboard."""

    def do(story: Story) -> None:
        [intent] = story.world.stripe.store.find("payment_intent", {"status": "succeeded"})
        story.world.at_stripe("/v1/refunds", payment_intent=intent["id"], amount=amount)

    return Act(f"refund {amount} at Stripe", do)


def cancel_in_saleor() -> Act:
    """Cancel the order in Saleor's dashboard, and give all of it back."""

    def do(story: Story) -> None:
        story.world.bench.staff.ask(
            "mutation($id: ID!) { orderCancel(id: $id) { errors { code } } }", id=story.order.saleor_id
        )

    return Act("cancel the order in Saleor", do)


def collect() -> Act:
    def do(story: Story) -> None:
        _operator(story).post(reverse("backoffice:payouts_batch_collect"), _as_of())

    return Act("collect the money at Stripe", do)


def plan() -> Act:
    def do(story: Story) -> None:
        _operator(story).post(reverse("backoffice:payouts_batch_create"), _as_of())

    return Act("plan the payouts", do, lambda story: Batch.objects.filter(state=Batch.State.PLANNED).exists())


def batch(what: str) -> Act:
    """Do to the last batch: approve, fetch (the file), confirm, cancel, withdraw."""

    def do(story: Story) -> None:
        name = "file" if what == "fetch" else what
        address = reverse(f"backoffice:payouts_batch_{name}", args=[Batch.objects.latest("pk").pk])
        _operator(story).post(address, {"again": "on"} if what == "fetch" and story.again else {})

    return Act(f"{what} the payouts", do)


def fail_payout() -> Act:
    """The bank could not carry out the first of the last batch."""

    def do(story: Story) -> None:
        last = Batch.objects.latest("pk")
        row = last.payouts.exclude(state=Payout.State.CONFIRMED).order_by("partner__slug").first()
        assert row is not None
        _operator(story).post(
            reverse("backoffice:payouts_batch_fail", args=[last.pk, row.public_id]), {"reason": "Rekening bestaat niet"}
        )

    return Act("fail the first payout", do)


def _as_of() -> dict[str, str]:
    return {"as_of": timezone.localdate().isoformat()}


# --- the world --------------------------------------------------------------------------------------------------------
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
