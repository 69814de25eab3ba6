"""What is held becomes payable once the time to withdraw is over, and not an hour before."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pytest_django import Settings

from fulfilment.errors import Refusal
from fulfilment.flows.release_shares import end_of, releasable_at, release_shares
from fulfilment.inbox.models import OpenIssue
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import balance, by_tags
from fulfilment.ledger.book import Move, record
from fulfilment.ledger.models import Entry
from fulfilment.orders.models import Order, Refund
from fulfilment.partners.models import Partner
from fulfilment.production.models import Parcel, Task
from tests.support import rows
from tests.support.bought import LAMP, STOOL, Bought, agree, bought

pytestmark = pytest.mark.django_db

HERE = ZoneInfo("Europe/Brussels")
SHIPPED_AT = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def makers() -> list[Partner]:
    return agree("SG-001", "SG-003")


def ship(task: Task, *, at: datetime = SHIPPED_AT, arrived: datetime | None = None) -> Parcel:
    parcel = rows.parcel(task, at=at)
    parcel.delivered_at = arrived
    parcel.save()
    task.state = Task.State.DELIVERED if arrived else Task.State.SHIPPED
    task.save()
    return parcel


def ship_all(found: Bought, *, at: datetime = SHIPPED_AT, arrived: datetime | None = None) -> None:
    for task in Task.objects.filter(order=found.order).exclude(state=Task.State.CANCELLED):
        ship(task, at=at, arrived=arrived)


def release(on: date, *, today: datetime = datetime(2027, 1, 1, tzinfo=UTC)) -> list[str]:
    return release_shares(as_of=on, now=today)


def test_two_weeks_and_the_margin_after_the_last_parcel_arrived(makers: list[Partner]) -> None:
    found = bought(LAMP, STOOL)
    lamp, stool = Task.objects.order_by("pk")
    ship(lamp, arrived=datetime(2026, 12, 3, 9, 0, tzinfo=UTC))
    ship(stool, arrived=datetime(2026, 12, 5, 9, 0, tzinfo=UTC))
    assert releasable_at(found.order) == datetime(2026, 12, 21, 9, 0, tzinfo=UTC)
    held = {partner: balance(Account.PARTNER_HELD, partner_id=partner.pk) for partner in Partner.objects.all()}

    assert release(date(2026, 12, 20)) == []
    assert release(date(2026, 12, 21)) == [found.order.public_id]
    for partner, amount in held.items():
        assert balance(Account.PARTNER_HELD, partner_id=partner.pk) == 0
        assert balance(Account.PARTNER_PAYABLE, partner_id=partner.pk) == amount
    assert found.order.released_at == datetime(2026, 12, 21, 9, 0, tzinfo=UTC)
    assert Entry.objects.get(kind="shares_released").happened_at == found.order.released_at


def test_releasing_again_moves_nothing(makers: list[Partner]) -> None:
    found = bought(LAMP)
    ship_all(found)
    assert release(date(2027, 1, 1)) == [found.order.public_id]
    assert release(date(2027, 1, 2)) == []
    assert Entry.objects.filter(kind="shares_released").count() == 1


def test_where_nobody_tells_a_parcel_is_taken_to_arrive_after_ten_days(makers: list[Partner]) -> None:
    found = bought(LAMP)
    ship_all(found)
    assert releasable_at(found.order) == SHIPPED_AT + timedelta(days=10 + 14 + 2)


@pytest.mark.parametrize("state", ["waiting", "accepted", "making", "ready"])
def test_nothing_is_released_while_something_has_still_to_be_shipped(makers: list[Partner], state: str) -> None:
    found = bought(LAMP, STOOL)
    lamp, stool = Task.objects.order_by("pk")
    ship(lamp, arrived=SHIPPED_AT)
    Task.objects.filter(pk=stool.pk).update(state=state)
    assert releasable_at(found.order) is None
    assert release(date(2030, 1, 1)) == []


@pytest.mark.parametrize("state", ["asked", "granted", "under_way", "failed", "by_bank"])
def test_nothing_is_released_while_the_customer_has_still_to_get_money_back(makers: list[Partner], state: str) -> None:
    found = bought(LAMP)
    ship_all(found, arrived=SHIPPED_AT)
    refund = rows.refund(found.order, 1_000)
    Refund.objects.update(state=state)
    assert releasable_at(found.order) is None
    assert release(date(2027, 1, 1)) == []
    Refund.objects.filter(pk=refund.pk).update(state="withdrawn")
    assert release(date(2027, 1, 1)) == [found.order.public_id]


def test_nothing_is_released_while_a_line_waits_for_a_workshop() -> None:
    agree("SG-001")
    found = bought(LAMP, STOOL)
    ship_all(found)
    assert release(date(2030, 1, 1)) == []
    assert balance(Account.PARTNER_PAYABLE) == 0


def test_what_was_refunded_is_not_released_and_the_rest_is(makers: list[Partner]) -> None:
    found = bought(LAMP, STOOL)
    found.refund(20_000, {found.line_id(1): 1})
    ship_all(found)
    held = balance(Account.PARTNER_HELD, partner_id=makers[1].pk)
    assert held == 16_529 + 392
    assert release(date(2027, 1, 1)) == [found.order.public_id]
    assert balance(Account.PARTNER_PAYABLE, partner_id=makers[1].pk) == held


def test_an_order_refunded_whole_has_nothing_to_release_and_is_closed_with_no_claim(makers: list[Partner]) -> None:
    found = bought(LAMP)
    found.refund(29_850)
    assert releasable_at(found.order) is None
    assert release(date(2027, 1, 1)) == []
    found.order.refresh_from_db()
    assert found.order.released_at is not None
    assert not Entry.objects.filter(kind="shares_released").exists()


def test_what_was_released_is_not_releasable_again(makers: list[Partner]) -> None:
    found = bought(LAMP)
    ship_all(found)
    release(date(2027, 1, 1))
    assert releasable_at(found.order) is None


@pytest.mark.parametrize(
    ("today", "day"),
    [
        (datetime(2026, 12, 20, 12, 0, tzinfo=UTC), date(2026, 12, 21)),
        (datetime(2026, 12, 20, 22, 59, tzinfo=UTC), date(2026, 12, 21)),
        (datetime(2026, 12, 20, 12, 0, tzinfo=UTC), date(2030, 1, 1)),
    ],
)
def test_nothing_is_released_for_a_day_that_has_not_come(
    makers: list[Partner], settings: Settings, today: datetime, day: date
) -> None:
    """A customer may still withdraw, and every partner would then owe what was paid out."""
    found = bought(LAMP)
    ship_all(found, arrived=datetime(2026, 12, 5, 9, 0, tzinfo=UTC))
    settings.IS_DEMO = False
    with pytest.raises(Refusal, match="moet nog komen"):
        release(day, today=today)
    assert balance(Account.PARTNER_PAYABLE) == 0

    assert release(date(2026, 12, 21), today=datetime(2026, 12, 20, 23, 1, tzinfo=UTC)) == [found.order.public_id]


def test_the_demo_may_look_ahead(makers: list[Partner], settings: Settings) -> None:
    settings.IS_DEMO = True
    found = bought(LAMP)
    ship_all(found)
    assert release(date(2030, 1, 1)) == [found.order.public_id]


def test_an_order_whose_books_contradict_themselves_is_put_off_and_the_others_go_on(makers: list[Partner]) -> None:
    odd, sound = bought(LAMP), bought(STOOL)
    for found in (odd, sound):
        ship_all(found)
    key = f"order:{odd.order.public_id}:released"
    moves = [Move(Account.PARTNER_HELD, Account.PARTNER_PAYABLE, 1, partner_id=makers[0].pk)]
    record(key, "shares_released", moves, currency="EUR", happened_at=SHIPPED_AT, now=SHIPPED_AT)

    assert release(date(2027, 1, 1)) == [sound.order.public_id]

    [issue] = OpenIssue.objects.all()
    assert (issue.kind, issue.subject) == (OpenIssue.Kind.NOT_RELEASED, odd.order.number)
    odd.order.refresh_from_db()
    assert odd.order.released_at is None


def test_a_cancelled_order_earns_nobody_anything_before_or_after_its_money_went_back(makers: list[Partner]) -> None:
    found = bought(LAMP)
    found.tell(replace(found.remote, status="CANCELED"))
    assert release(date(2030, 1, 1)) == []
    found.refund(29_850)
    assert release(date(2030, 1, 1)) == []
    assert balance(Account.PARTNER_PAYABLE) == balance(Account.PARTNER_HELD) == 0


def test_the_lines_and_partners_keep_their_names_on_what_is_released(makers: list[Partner]) -> None:
    found = bought(LAMP, STOOL)
    before = by_tags(Account.PARTNER_HELD, "line_id", "partner_id", order_id=found.order.pk)
    ship_all(found)
    release(date(2027, 1, 1))
    after = by_tags(Account.PARTNER_PAYABLE, "line_id", "partner_id", order_id=found.order.pk)
    assert {tags: amount for tags, amount in after.items() if amount} == before


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (date(2026, 11, 23), datetime(2026, 11, 23, 23, 0, tzinfo=UTC)),
        (date(2026, 7, 1), datetime(2026, 7, 1, 22, 0, tzinfo=UTC)),
        # The day on which summer begins ends at summer time, the day before at winter time; and the other way round.
        (date(2027, 3, 27), datetime(2027, 3, 27, 23, 0, tzinfo=UTC)),
        (date(2027, 3, 28), datetime(2027, 3, 28, 22, 0, tzinfo=UTC)),
        (date(2026, 10, 24), datetime(2026, 10, 24, 22, 0, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 25, 23, 0, tzinfo=UTC)),
    ],
)
def test_a_day_ends_at_midnight_here(day: date, end: datetime) -> None:
    assert end_of(day) == end


@pytest.mark.parametrize(
    ("arrived", "first_day"),
    [
        (datetime(2026, 12, 1, 23, 59, tzinfo=HERE), date(2026, 12, 17)),
        (datetime(2026, 12, 2, 0, 1, tzinfo=HERE), date(2026, 12, 18)),
        # Sixteen times twenty-four hours later it is an hour later by the clock: summer came in between.
        (datetime(2027, 3, 20, 22, 30, tzinfo=HERE), date(2027, 4, 5)),
        (datetime(2027, 3, 20, 23, 30, tzinfo=HERE), date(2027, 4, 6)),
        # … and an hour earlier, when winter did.
        (datetime(2026, 10, 20, 0, 30, tzinfo=HERE), date(2026, 11, 4)),
    ],
)
def test_around_midnight_and_the_changes_of_the_clock_the_day_here_counts(
    makers: list[Partner], arrived: datetime, first_day: date
) -> None:
    found = bought(LAMP)
    Order.objects.update(placed_at=datetime(2026, 10, 1, tzinfo=UTC))
    ship_all(found, at=arrived.astimezone(UTC), arrived=arrived.astimezone(UTC))
    assert release(first_day - timedelta(days=1)) == []
    assert release(first_day) == [found.order.public_id]
