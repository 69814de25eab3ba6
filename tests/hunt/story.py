"""What the people of a story know: what they did, and what they saw of it with their own eyes."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from http import HTTPStatus
from typing import Any, ClassVar, TypeVar

from django.utils import timezone
from hypothesis import strategies as st

from fulfilment.errors import GatewayError, Refusal
from fulfilment.flows import request_refund
from fulfilment.flows.plan_refund import Choice
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.saleor.connect import connected
from fulfilment.gateways.stripe.api import Stripe
from fulfilment.gateways.stripe.connect import connected as stripe_connected
from fulfilment.orders.models import Order
from fulfilment.partners.models import Partner, User
from fulfilment.payouts.models import Batch, Payout
from fulfilment.production.models import Parcel, Task
from fulfilment.production.rules import UNFINISHED
from fulfilment.returns.models import Return
from sandbox.common.store import Document
from tests.hunt.weather import Weather
from tests.killing.world import Interrupted, Kept, World

T = TypeVar("T")

OPERATOR = "operator@sociaalgemaakt.example"
UNHURRIED = 7.0
"""Seconds that people take: Stripe counts in whole ones, and tells refunds of one second apart by nothing."""
WHICH = st.integers(0, 5)
"""Which of what there is; counted on from the beginning where there is less."""


@dataclass
class Asked:
    """Money that somebody asked back for an order (our id), in minor units, for units of which lines (id → units)."""

    order: int
    kind: str
    amount: int
    units: dict[int, int]


@dataclass
class Memory:
    """All that the people of a story know: lines, orders, partners by our id, the rest by its owner's name for it."""

    baskets: dict[str, dict[str, int]] = field(default_factory=dict)
    """Checkout → SKU → units."""
    pages: list[str] = field(default_factory=list)
    """Payment pages (Stripe's sessions) that a customer has before them."""
    shipped: Counter[int] = field(default_factory=Counter)
    withdrawn: Counter[int] = field(default_factory=Counter)
    """Line → units of which its customer said that they are not wanted."""
    asked: list[Asked] = field(default_factory=list)
    at_stripe: Counter[str] = field(default_factory=Counter)
    """PaymentIntent → what staff gave back in Stripe's own dashboard."""
    divided: Counter[int] = field(default_factory=Counter)
    """Order → how often somebody said what money that went back plainly was for."""
    said: set[int] = field(default_factory=set)
    """Orders of which somebody said what money was for that went back while units left."""
    by_bank: Counter[str] = field(default_factory=Counter)
    """Payee → what our bank paid them, less what came back."""
    by_hand: Counter[str] = field(default_factory=Counter)
    """Checkout → what an operator transferred of money that became no order."""
    read: dict[str, int] = field(default_factory=dict)
    """Key of a mail about money → the amount in it: the customer has it still when its text is forgotten here."""


class Sight:
    """What there is at one moment, read when it is looked at."""

    @cached_property
    def orders(self) -> list[Order]:
        return list(Order.objects.order_by("pk"))

    @cached_property
    def tasks(self) -> list[Task]:
        return list(Task.objects.select_related("producer", "order").order_by("pk"))

    @cached_property
    def at_work(self) -> list[Task]:
        return [task for task in self.tasks if task.state in UNFINISHED]

    @cached_property
    def parcels(self) -> list[Parcel]:
        return list(Parcel.objects.select_related("task__producer", "task__order").order_by("pk"))

    @cached_property
    def returns(self) -> list[Return]:
        return list(Return.objects.select_related("task__producer", "order").order_by("pk"))

    @cached_property
    def batches(self) -> list[Batch]:
        return list(Batch.objects.order_by("pk"))

    @cached_property
    def payouts(self) -> list[Payout]:
        return list(Payout.objects.select_related("batch").order_by("pk"))


class Chapter:
    """What every chapter (a mixin of rules) works with: the world, what people remember, and who they are."""

    world: ClassVar[World]
    beginning: ClassVar[Kept]
    memory: Memory
    sight: Sight

    # --- who ----------------------------------------------------------------------------------------------------------
    @property
    def operator(self) -> User:
        return User.objects.get(email=OPERATOR)

    def coach(self, producer: Partner) -> User:
        return User.objects.get(email=f"jobcoach@{producer.slug}.example")

    # --- where --------------------------------------------------------------------------------------------------------
    @property
    def saleor(self) -> Saleor:
        return connected()

    @property
    def stripe(self) -> Stripe:
        return stripe_connected()

    @property
    def weather(self) -> Weather:
        found = self.world.probe
        assert isinstance(found, Weather)
        return found

    @property
    def now(self) -> datetime:
        return timezone.now()

    def in_stripe(self, kind: str, **equal: Any) -> list[Document]:
        """What stands in Stripe's own store."""
        return self.world.stripe.store.find(kind, equal)

    def in_saleor(self, document: str, **variables: Any) -> dict[str, Any]:
        """What staff do in Saleor's Dashboard, signed in anew: days may have passed."""
        self.world.bench.staff._until = 0
        return self.world.bench.staff.ask(document, **variables)

    def control_stripe(self, path: str, **wanted: Any) -> bool:
        """What happens to money at Stripe by itself; False where it cannot."""
        return self.world.stripe_page.post(f"/control/{path}", json=wanted).status_code == HTTPStatus.OK

    def paid_for(self, checkout: str) -> list[Document]:
        """What was paid for a checkout, as Stripe has it."""
        return [
            one
            for one in self.in_stripe("payment_intent", status="succeeded")
            if one["metadata"]["saleor_checkout"] == checkout
        ]

    # --- what happens -------------------------------------------------------------------------------------------------
    def happens(self) -> None:
        """People take their time, and whatever is due by then happens."""
        self._time_passes()
        self.world._until_idle()
        self._time_passes()

    def _time_passes(self) -> None:
        self.world.clock.to(self.world.clock.seconds + UNHURRIED)

    @contextmanager
    def acting(self) -> Iterator[None]:
        """Somebody does something. That it is refused, or that nobody answers, is no fault; then all that is due
        happens."""
        try:
            with self.world._process():
                yield
        except (Refusal, GatewayError, Interrupted):
            pass
        self.happens()

    def do(self, what: Callable[[], T]) -> T | None:
        """What somebody did; None where it was refused, or where nobody answered."""
        with self.acting():
            return what()
        return None

    def ask_back(self, order: Order, choice: Choice, *, is_back: bool = False) -> None:
        """An operator gives back this much of an order."""
        refund = self.do(
            lambda: request_refund.request(
                order.public_id,
                choice,
                reason="Kras",
                saleor=self.saleor,
                now=self.now,
                by=self.operator,
                seen=request_refund.state_seen(order),
                is_back=is_back,
            )
        )
        if refund is not None:
            self.memory.asked.append(Asked(order.pk, choice.kind, refund.amount_minor, dict(choice.quantities)))


def payee(row: Payout) -> str:
    """Whom a payout is for: a partner, or whoever gets a refund."""
    return f"partner {row.partner_id}" if row.refund_id is None else f"refund {row.refund_id}"


def pick(some: Sequence[T], which: int) -> T:
    """One of them."""
    return some[which % len(some)]
