"""A round stops at no stone: what fails is put off, counted, and stands on the list; what comes after it is done."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from unittest import mock

import pytest
from django.db import DataError, OperationalError
from psycopg.errors import LockNotAvailable
from pytest_django import Settings
from structlog.contextvars import bind_contextvars, clear_contextvars, get_contextvars

from fulfilment.errors import Conflict, GatewayError
from fulfilment.flows import reconcile, release_shares, watch_returns
from fulfilment.flows.send_mail import send_mail
from fulfilment.gateways import mailbox
from fulfilment.inbox.issues import raise_issue
from fulfilment.inbox.models import OpenIssue, PutOff
from fulfilment.inbox.rounds import AWAY, TRIES, Told, each
from fulfilment.mail.models import Mail
from fulfilment.orders.models import Order, Recipient
from fulfilment.outside import NOT_ASKED
from tests.support import rows
from tests.support.bought import LAMP, agree, issues, ordered
from tests.support.postbox import Postbox
from tests.support.remote import PLACED_AT

pytestmark = pytest.mark.django_db

NOW = PLACED_AT + timedelta(hours=1)
ITEMS = ("a", "b", "c")


def round_over(do: Callable[[str], object], **more: object) -> list[object]:
    return each("try", ITEMS, do, named=lambda item: item, now=NOW, **more)  # type: ignore[arg-type]


def failing(*broken: str, error: Exception | None = None) -> Callable[[str], str]:
    def do(item: str) -> str:
        if item in broken:
            raise error or RuntimeError("not this one")
        return item.upper()

    return do


def test_what_fails_is_counted_and_what_comes_after_it_is_done() -> None:
    assert round_over(failing("a")) == ["B", "C"]
    assert PutOff.objects.get().failures == 1
    assert issues() == []


def test_the_order_that_one_item_is_about_is_said_of_no_other() -> None:
    clear_contextvars()
    seen = []

    def do(item: str) -> None:
        seen.append(get_contextvars().get("order"))
        bind_contextvars(order=item)

    round_over(do)
    assert seen == [None] * len(ITEMS)
    assert "order" not in get_contextvars()


def test_after_a_few_tries_it_stands_on_the_list_and_leaves_it_once_it_was_done(
    caplog: pytest.LogCaptureFixture,
) -> None:
    for _try in range(TRIES):
        round_over(failing("a"))
    assert issues() == ["fault:try:a"]
    assert OpenIssue.objects.get().message == "Hier loopt het programma op vast. Waarom, staat in het logboek."
    assert "RuntimeError: not this one" in caplog.text  # with the way that led there
    assert round_over(failing()) == ["A", "B", "C"]
    assert issues() == []
    assert not PutOff.objects.exists()


def test_what_is_no_more_in_the_round_is_over_unless_the_round_has_only_what_is_new() -> None:
    for all_there, left in ((False, ["fault:try:a"]), (True, [])):
        round_over(failing("a"), tries=1)
        each("try", "bc", failing(), named=str, now=NOW, all_there=all_there)
        assert issues() == left


def test_a_round_that_comes_seldom_tells_at_once() -> None:
    round_over(failing("b"), tries=1)
    assert issues() == ["fault:try:b"]


def test_a_failure_that_was_foreseen_has_its_own_words() -> None:
    told = Told(OpenIssue.Kind.NOT_RELEASED, "1", "De boeken kloppen niet.")
    round_over(failing("b"), tell=lambda _item, _error: told)
    assert issues() == ["not_released:1"]


def test_a_lock_that_somebody_keeps_is_no_fault_of_the_item_yet() -> None:
    held = OperationalError("lock timeout")
    held.__cause__ = LockNotAvailable()
    for told in ([], [], ["fault:try:a"]):
        assert round_over(failing("a", error=held), tries=1) == ["B", "C"]
        assert issues() == told


def test_a_database_that_is_away_ends_the_round() -> None:
    with pytest.raises(OperationalError):
        round_over(failing("a", error=OperationalError("the server closed the connection")))
    assert not PutOff.objects.exists()


@pytest.mark.parametrize("answered", ["", "ab"])
def test_a_neighbour_that_is_away_or_goes_away_is_no_fault_of_an_item(answered: str) -> None:
    def do(item: str) -> None:
        if item not in answered:
            raise GatewayError("no answer", retry=True)

    with pytest.raises(GatewayError):
        each("try", "abcdefgh", do, named=str, now=NOW)
    assert not PutOff.objects.exists()


def test_stones_beside_each_other_keep_nobody_waiting_who_comes_after_them() -> None:
    stones = "abcd"
    assert len(stones) > AWAY

    def do(item: str) -> str:
        if item in stones:
            raise GatewayError("502", retry=True)
        return item.upper()

    assert each("try", "abcdef", do, named=str, now=NOW) == ["E", "F"]
    assert sorted(PutOff.objects.values_list("item", flat=True)) == list(stones)


def test_one_item_to_which_a_neighbour_gives_no_good_answer_is_put_off() -> None:
    assert round_over(failing("c", error=GatewayError("502", retry=True))) == ["A", "B"]
    assert PutOff.objects.get().item == "c"


def test_an_item_whose_name_and_failure_no_database_takes_stands_on_the_list_too() -> None:
    def do(_item: str) -> None:
        raise ValueError("x\0\ud800")

    each("try", ["an\0" * 200], do, named=str, now=NOW, tries=1)
    assert len(issues()) == 1
    raise_issue(OpenIssue.Kind.FAULT, "s\0" * 300, "\0", NOW)
    assert len(issues()) == 2


# --- the rounds that there are ---------------------------------------------------------------------------------------


def two_orders() -> tuple[Order, Order]:
    found = [rows.order([("SG-001", "Koord", 1, 28_900)], number=number) for number in ("1", "2")]
    return found[0], found[1]


@pytest.mark.parametrize("error", [Conflict("books"), RuntimeError("a bug"), DataError("too long")])
def test_the_release_goes_on_after_any_failure_of_one_order(error: Exception) -> None:
    first, second = two_orders()
    Order.objects.update(routed_at=NOW)

    def release(pk: int, *_rest: object) -> bool:
        if pk == first.pk:
            raise error
        return True

    with mock.patch.object(release_shares, "_release", release):
        released = release_shares.release_shares(as_of=NOW.date(), now=NOW)
    assert released == [second.public_id]
    assert len(issues()) == 1


def test_the_sweep_of_returns_goes_on_after_any_failure_of_one_order() -> None:
    first, second = two_orders()
    for order in (first, second):
        raise_issue(OpenIssue.Kind.RETURN_LATE, order.number, "te laat", NOW)
    seen: list[str] = []

    def watch(order: Order, _now: object) -> None:
        if order == first:
            raise RuntimeError("a bug")
        seen.append(order.number)

    with mock.patch.object(watch_returns, "watch", watch):
        watch_returns.sweep_returns(now=NOW)
    assert seen == [second.number]


def test_one_part_of_our_records_that_fails_leaves_out_no_other() -> None:
    seen: list[str] = []

    def broken(_late: object, _now: object) -> None:
        raise RuntimeError("a bug")

    def well(_late: object, _now: object) -> None:
        seen.append("well")

    with mock.patch.object(reconcile, "RECORDS", (broken, well)):
        reconcile.sweep_records(now=NOW)
    assert seen == ["well"]


@pytest.mark.parametrize("address", ["an@1مثال.com", "é" * 60 + ".be", "an@" + "é" * 60 + ".be"])
def test_a_mail_whose_address_cannot_be_written_holds_up_no_other(address: str, settings: Settings) -> None:
    mails = [
        Mail(key=to, to=to, subject="Dag", text="Dag", html="<p>Dag</p>", created_at=NOW) for to in (address, "an@x.be")
    ]
    Mail.objects.bulk_create(mails)
    moment = NOW
    with Postbox() as postbox:
        settings.MAIL_URL = postbox.url
        for _try in range(TRIES):
            send_mail(now=moment)
            moment += timedelta(hours=5)
    assert len(postbox.handed_in) == 1
    assert not Mail.objects.get(to=address).sent_at
    [issue] = OpenIssue.objects.all()
    assert issue.kind == "gateway"
    assert "Zo kan hij niet geschreven worden" in issue.message


def test_a_mail_server_that_is_away_is_told_at_once_and_however_long_no_mail_is_given_up(settings: Settings) -> None:
    for number in range(2):
        Mail.objects.create(key=str(number), to="an@x.be", subject="Dag", text="Dag", html="Dag", created_at=NOW)
    settings.MAIL_URL = "smtp://127.0.0.1:9"
    for minutes in range(20):
        assert send_mail(now=NOW + timedelta(minutes=minutes)) == 0
        assert issues() == ["mail_away:mail:server"]
    with Postbox() as postbox:
        settings.MAIL_URL = postbox.url
        assert send_mail(now=NOW + timedelta(minutes=20)) == 2
    assert issues() == []


def test_mails_that_nobody_tried_to_hand_over_were_not_tried(settings: Settings) -> None:
    mails = [Mail(key=str(n), to="an@x.be", subject="Dag", text="", html="", created_at=NOW) for n in range(3)]
    Mail.objects.bulk_create(mails)
    settings.MAIL_URL = "smtp://127.0.0.1:9"
    not_asked = GatewayError("mail hangs", retry=True, code=NOT_ASKED)
    with mock.patch.object(mailbox, "send", side_effect=not_asked) as send:
        assert send_mail(now=NOW) == 0
    assert send.call_count == 1
    assert set(Mail.objects.values_list("failures", "leased_until")) == {(0, None)}


def test_an_order_with_an_address_that_nobody_has_is_taken_in_and_made() -> None:
    agree("SG-001")
    found = ordered(LAMP)
    address = "a" * 250 + "@voorbeeld.com."
    assert len(address) == 265
    found.tell(replace(found.remote, email=address))
    assert Recipient.objects.get().email == address
    assert found.order.routed_at is not None
