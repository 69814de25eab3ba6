"""Orders that are over, and people who are to be forgotten."""

from dataclasses import replace
from datetime import datetime, timedelta

from fulfilment.flows.release_shares import release_shares
from fulfilment.gateways.saleor.people import SaleorAccount
from fulfilment.mail.models import Mail
from fulfilment.orders.models import Recipient
from fulfilment.production.models import Parcel, Task
from tests.support import remote, rows
from tests.support.bought import LAMP, NOW, Bought, ordered

EMAIL = "an@example.com"
ARRIVED = NOW + timedelta(days=5)
RELEASED = ARRIVED + timedelta(days=16)
PERSONAL = (
    *("email", "name", "company", "street", "street_extra", "city", "area", "phone", "gift_message", "customer_note"),
    *("buyer_name", "buyer_company", "buyer_street", "buyer_street_extra", "buyer_postal_code", "buyer_city"),
    *("buyer_area", "buyer_country"),
)


def shipped(found: Bought) -> None:
    """All of it arrived."""
    for task in Task.objects.filter(order=found.order):
        parcel = rows.parcel(task, at=NOW + timedelta(days=3))
        Parcel.objects.filter(pk=parcel.pk).update(delivered_at=ARRIVED, reported_at=ARRIVED)
        Task.objects.filter(pk=task.pk).update(state=Task.State.DELIVERED)


def over(*items: tuple[str, int, int]) -> Bought:
    """An order that was made and arrived, whose time to withdraw is gone and whose shares were released.

    Its invoice goes to somebody else, elsewhere.
    """
    found = ordered(*(items or (LAMP,)))
    found.tell(replace(found.remote, buyer=remote.ELSEWHERE))
    shipped(found)
    day = RELEASED.date() + timedelta(days=1)
    release_shares(as_of=day, now=RELEASED + timedelta(days=2))
    assert found.order.released_at is not None
    return found


def is_known(found: Bought) -> bool:
    """Whether it is still known whose an order was; all of it or nothing."""
    told = Recipient.objects.values(*PERSONAL, "purged_at").get(order=found.order)
    gone = told.pop("purged_at")
    assert bool(gone) == (not any(told.values()))
    return gone is None


def sent(key: str, *, at: datetime = NOW, to: str = EMAIL) -> Mail:
    """A mail that went out."""
    return Mail.objects.create(
        key=key, to=to, subject="Iets", text="Beste An", html="<p>Beste An</p>", created_at=at, sent_at=at
    )


def account(email: str = EMAIL, *, is_staff: bool = False) -> SaleorAccount:
    """An account in Saleor."""
    return SaleorAccount(f"account:{email}", email, "An Peeters", NOW, is_staff, ())
