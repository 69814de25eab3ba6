"""What customers and job coaches do; what the operator does is in `office`, what happens around them in `happenings`.

Each act is one that may be cut off and repeated: it is done again by whoever waits for an answer that never came, once
all is at rest, unless they see that it was done (`done`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from fulfilment.orders.models import Order, Refund
from fulfilment.orders.tokens import account_token, tracking_token
from fulfilment.production.models import Parcel, Task
from fulfilment.returns.life import TO_COME
from fulfilment.returns.models import Return
from tests.killing.world import Interrupted, World
from tests.support.saleor_vouchers import ADD

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
def fill_basket(*items: tuple[str, int], code: str = "") -> Act:
    """SKUs and how many; with the code of a voucher."""

    def do(story: Story) -> None:
        bench = story.world.bench
        variants = {found["sku"]: found["id"] for tracked in (True, False) for found in bench.variants(tracked=tracked)}
        story.checkout = bench.checkout([(variants[sku], quantity) for sku, quantity in items])
        if code:
            given = bench.ask(ADD, id=story.checkout, code=code)["checkoutAddPromoCode"]
            assert given["errors"] == [], given

    about = ", ".join(f"{quantity} × {sku}" for sku, quantity in items)
    return Act(f"fill a basket with {about}{code and f', {code}'}", do)


def _page(story: Story) -> str:
    """The payment page that the shop is given."""
    data = {"success_url": f"{settings.SHOP_URL}/nl/bedankt/", "cancel_url": f"{settings.SHOP_URL}/nl/afrekenen/"}
    answer = story.world.bench.initialize(story.checkout, data=data, key=uuid4().hex)
    url = (answer["data"] or {}).get("url")
    if not url:
        raise Interrupted(f"no page to pay on: {answer['transactionEvent']}")
    return str(url).rpartition("/")[2]


def pay(action: str = "pay", *, method: str = "bancontact", after: Sequence[Act] = ()) -> Act:
    """Go to the payment page and pay there (or `decline`), `after` something else happened meanwhile."""

    def do(story: Story) -> None:
        page = _page(story)
        for meanwhile in after:
            meanwhile.do(story)
        answer = story.world.stripe_page.post(f"/pay/{page}", data={"action": action, "method": method})
        assert answer.status_code == 303, answer.text

    return Act(f"{'pay' if action == 'pay' else 'be declined'} with {method}", do)


def give_account(iban: str = "BE71096123456769") -> Act:
    """Say on the page of the mail to which account money may go back."""

    def do(story: Story) -> None:
        [refund] = story.order.refunds.filter(state=Refund.State.BY_BANK)
        given = {"holder": "Ann Peeters", "iban": iban, "confirmed": True}
        token = account_token(refund.name, until=timezone.now() + timedelta(days=1))
        story.world.shop_tells(f"/api/storefront/refunds/{token}/account", given)

    return Act("give an account", do)


def withdraw(*sku: str) -> Act:
    """Withdraw from all that can be of these, whether it left or not."""

    def do(story: Story) -> None:
        address = f"/api/storefront/withdrawals/{tracking_token(story.order.public_id)}"
        page = story.world.shop_asks(address)
        codes = set(story.order.lines.filter(sku__in=sku).values_list("product_code", flat=True))
        units = {line["units"]: line["quantity"] for line in page["lines"] if line["product_code"] in codes}
        typed = {"name": "Ann Peeters", "email": "ann@example.com", "form_key": "form-of-statement"}
        story.world.shop_tells(address, {**typed, "units": units, "confirmed": True})

    return Act(f"withdraw from {', '.join(sku)}", do, lambda story: story.order.withdrawals.exists())


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


def decline() -> Act:
    """The first workshop says that it will not make what it was asked."""

    def do(story: Story) -> None:
        task = _tasks(story)[0]
        form = {"form_key": "form-of-decline", "kind": "declined", "reason": "busy", "told": "another_workshop"}
        _coach(story, task.producer.slug).post(reverse("portal:trouble", args=[task.public_id]), form)

    return Act("decline the first task", do)


def receive() -> Act:
    """What comes back has arrived."""

    def do(story: Story) -> None:
        for found in Return.objects.filter(state__in=TO_COME).select_related("task__producer"):
            form = {f"quantity-{line.pk}": line.quantity for line in found.lines.all()}
            _coach(story, found.task.producer.slug).post(reverse("portal:receive", args=[found.public_id]), form)

    return Act("receive what comes back", do)


def judge(verdict: str = "new") -> Act:
    """Every piece that came back is `new`, to `mend` or `spoilt`."""

    def do(story: Story) -> None:
        for found in Return.objects.filter(state=Return.State.RECEIVED).select_related("task__producer"):
            pieces = [(line.pk, at) for line in found.lines.all() for at in range(1, line.quantity + 1)]
            form = {f"piece-{pk}-{at}": verdict for pk, at in pieces}
            _coach(story, found.task.producer.slug).post(reverse("portal:judge", args=[found.public_id]), form)

    return Act(f"judge what came back as {verdict}", do)
