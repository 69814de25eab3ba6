"""Somebody asks to be forgotten: it is said beforehand what goes and what stays, and done; after a restore again."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest
from django.conf import settings as configured
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from fulfilment.entrypoints import jobs
from fulfilment.entrypoints.management.commands import forget as command
from fulfilment.errors import GatewayError, Refusal
from fulfilment.flows import forget_person
from fulfilment.flows.forget_person import ask, look_up
from fulfilment.flows.reconcile import take_event
from fulfilment.flows.release_shares import release_shares
from fulfilment.forgetting import proof
from fulfilment.forgetting.models import Erasure
from fulfilment.inbox.issues import raise_issue, resolve
from fulfilment.inbox.models import Mark, OpenIssue, StripeEvent
from fulfilment.ledger.models import Posting
from fulfilment.mail.models import Mail
from fulfilment.newsletter.models import Subscription
from fulfilment.orders.models import Recipient
from fulfilment.restock.models import RestockWish
from tests.support import rows
from tests.support.bought import LAMP, STOOL, Bought, agree, bought, issues
from tests.support.by_bank import by_bank, confirmed, failing
from tests.support.forgetting import EMAIL, RELEASED, account, is_known, over, sent, shipped
from tests.support.wanting_mail import reader, wish

pytestmark = pytest.mark.django_db

NOW = RELEASED + timedelta(days=3)


@pytest.fixture(autouse=True)
def log(settings: Settings, tmp_path: Path) -> Path:
    settings.FORGOTTEN_LOG = str(tmp_path / "kept" / "forgotten.jsonl")
    return Path(settings.FORGOTTEN_LOG)


@pytest.fixture
def found() -> Bought:
    """An order that is over, of somebody with an account, mails and messages of Stripe."""
    agree("SG-001", "SG-003")
    made = over(LAMP)
    made.saleor.people.append(account())
    sent(f"order:{made.order.public_id}:confirmed")
    body = {"data": {"object": {"customer_details": {"email": EMAIL, "name": "An Peeters"}}}}
    StripeEvent.objects.create(event_id="evt_1", type="x", body=body, received_at=NOW)
    StripeEvent.objects.create(event_id="evt_2", type="x", body={"email": "bo@example.com"}, received_at=NOW)
    return made


def work_off(found: Bought, now: object = NOW) -> None:
    """A worker does what was asked of it."""
    with mock.patch.object(jobs, "connected", found.saleor.as_saleor):
        for mark in Mark.objects.filter(kind__in=[Mark.Kind.FORGET, Mark.Kind.FORGET_ORDER]):
            jobs.process(mark.kind, mark.object_id, now)  # type: ignore[arg-type]


def shown(found: Bought, email: str = EMAIL) -> forget_person.Person:
    return look_up(email, found.saleor.as_saleor())


def anywhere(text: str) -> list[str]:
    """The tables of the database in which something stands, asked of PostgreSQL itself."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        found = []
        for name in names:
            cursor.execute(f'SELECT EXISTS (SELECT FROM "{name}" t WHERE t::text ILIKE %s)', [f"%{text}%"])
            if cursor.fetchone()[0]:
                found.append(name)
    return found


# --- beforehand ------------------------------------------------------------------------------------------------------


def test_it_says_beforehand_what_there_is_and_that_nothing_stays(found: Bought) -> None:
    person = shown(found, "AN@Example.com")
    assert [order.number for order in person.orders] == [found.order.number]
    assert (person.mails, person.events, len(person.remote_orders)) == (Mail.objects.count(), 1, 1)
    assert shown(found).remote_accounts[0].email == EMAIL
    assert (person.stays, person.goes, person.kept_for_the_law) == ([], person.orders, True)
    assert not person.is_nobody
    assert shown(found, "nobody@example.com").is_nobody


def test_it_says_what_stays_why_and_until_when(found: Bought) -> None:
    second = bought(STOOL)
    assert second.order.routed_at is not None
    person = shown(found)
    assert [(one.what, one.because) for one in person.stays] == [
        (f"Bestelling {second.order.number}", "er wordt nog aan gewerkt")
    ]
    assert [order.number for order in person.goes] == [found.order.number]
    shipped(second)
    [stays] = shown(found).stays
    assert stays.because.startswith("er kan nog van de koop afgezien worden, tot ")


def test_an_account_number_stays_as_long_as_a_bank_may_send_the_money_back() -> None:
    found = bought(LAMP, STOOL)
    refund = by_bank(failing(found))
    assert "er moet nog geld naartoe" in {one.because for one in shown(found).stays}
    confirmed()
    refund.refresh_from_db()
    stays = next(one for one in shown(found).stays if one.until)
    assert stays.because == "de bank kan het geld nog terugsturen"
    assert "IBAN" not in stays.what
    assert "••••" in stays.what
    assert stays.until is not None


def test_who_works_here_or_with_us_is_not_forgotten_by_it(found: Bought) -> None:
    rows.user(EMAIL, staff=True)
    partner = rows.partner("labeur")
    partner.email = EMAIL
    partner.save()
    found.saleor.people = [account(is_staff=True)]
    person = shown(found)
    assert not any(one.by_itself for one in person.stays)
    told = {one.what for one in person.stays}
    assert told == {"Het account om hier in te loggen", "Het adres van partner Labeur", "Het account in Saleor"}
    ask(EMAIL, now=NOW, by=None)
    work_off(found)
    partner.refresh_from_db()
    assert (partner.email, len(found.saleor.people)) == (EMAIL, 1)


# --- forgotten -------------------------------------------------------------------------------------------------------


def test_all_of_somebody_is_forgotten_here_and_in_saleor_and_the_books_stay(found: Bought) -> None:
    operator = rows.user("operator@example.com", staff=True)
    before = list(Posting.objects.order_by("pk").values())
    Recipient.objects.filter(order=found.order).update(gift_message="Voor mijn Annie", customer_note="Bel Annie op")
    erasure = ask(EMAIL, now=NOW, by=operator)
    assert not is_known(found)
    assert anywhere("Annie") == []
    assert dict(StripeEvent.objects.values_list("event_id", "body")) == {
        "evt_1": {},
        "evt_2": {"email": "bo@example.com"},
    }
    work_off(found)
    erasure.refresh_from_db()
    assert (erasure.done_at, erasure.email, erasure.asked_by) == (NOW, "", operator)
    assert set(found.saleor.forgotten) == {found.remote.id, f"account:{EMAIL}"}
    assert anywhere(EMAIL) == []
    assert anywhere("An Peeters") == []
    assert list(Posting.objects.order_by("pk").values()) == before
    assert shown(found).is_nobody


def test_what_stripe_tells_again_does_not_bring_it_back(found: Bought) -> None:
    told: dict[str, object] = {
        "id": "evt_3",
        "type": "payment_intent.succeeded",
        "data": {"object": {"id": "pi_x", "email": EMAIL}},
    }
    assert take_event(told, now=NOW)
    ask(EMAIL, now=NOW, by=None)
    assert not take_event(told, now=NOW)
    assert anywhere(EMAIL) == ["forgetting_erasure"]


def test_what_is_still_needed_is_forgotten_when_it_is_over_and_only_then(found: Bought) -> None:
    second = bought(STOOL)
    second.saleor.orders |= found.saleor.orders
    second.saleor.people = found.saleor.people
    ask(EMAIL, now=NOW, by=None)
    work_off(second)
    assert (is_known(found), is_known(second)) == (False, True)
    erasure = Erasure.objects.get()
    assert (erasure.email, erasure.waits_for, erasure.done_at) == (EMAIL, f"bestelling {second.order.number}", None)
    assert second.remote.id not in second.saleor.forgotten
    shipped(second)
    later = NOW + timedelta(days=60)
    release_shares(as_of=later.date(), now=later)
    forget_person.sweep(now=later)
    work_off(second, later)
    erasure.refresh_from_db()
    assert (erasure.email, erasure.waits_for, erasure.done_at) == ("", "", later)
    assert not is_known(second)
    assert second.remote.id in second.saleor.forgotten


def test_asked_twice_it_is_one_request(found: Bought) -> None:
    assert ask(EMAIL, now=NOW, by=None) == ask("An@Example.com", now=NOW, by=None)
    assert Erasure.objects.count() == 1


def test_a_press_of_before_it_was_done_is_no_other_request(found: Bought) -> None:
    """Of two presses at once, the second may come in after a worker did what the first asked."""
    first = ask(EMAIL, now=NOW, by=None)
    work_off(found, NOW + timedelta(seconds=1))
    assert ask(EMAIL, now=NOW, by=None) == first
    assert Erasure.objects.count() == 1


def test_it_is_known_afterwards_when_somebody_was_forgotten_also_by_a_former_key(
    found: Bought, settings: Settings
) -> None:
    assert shown(found).erased_at is None
    ask(EMAIL, now=NOW, by=None)
    work_off(found)
    settings.SECRET_KEY_FALLBACKS = [configured.SECRET_KEY]
    settings.SECRET_KEY = "another key since"
    person = shown(found, "An@Example.com")
    assert (person.is_nobody, person.erased_at, person.can_be_asked) == (True, NOW, False)


def test_it_is_written_before_anything_is_forgotten_and_refused_where_it_cannot_be(
    found: Bought, log: Path, settings: Settings
) -> None:
    settings.FORGOTTEN_LOG = "/proc/nowhere/forgotten.jsonl"
    with pytest.raises(Refusal, match="Niets gewist"):
        ask(EMAIL, now=NOW, by=None)
    assert is_known(found)
    assert not Erasure.objects.exists()


def test_whoever_dies_in_between_is_followed(found: Bought) -> None:
    with (
        mock.patch.object(forget_person, "empty_here", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        ask(EMAIL, now=NOW, by=None)
    assert is_known(found)
    work_off(found)
    assert not is_known(found)
    assert Erasure.objects.get().done_at == NOW


def test_saleor_that_is_away_is_asked_again_and_one_that_refuses_stands_on_the_list(found: Bought) -> None:
    ask(EMAIL, now=NOW, by=None)
    found.saleor.down = GatewayError("away", retry=True, at="Saleor")
    work_off(found)
    assert Erasure.objects.get().done_at is None
    found.saleor.down = None
    found.saleor.refused = GatewayError("no right", retry=False, code="PermissionDenied", at="Saleor")
    work_off(found)
    [subject] = issues("not_forgotten")
    assert subject == f"forget:{Erasure.objects.get().public_id}"
    found.saleor.refused = None
    work_off(found)
    assert issues("not_forgotten") == []
    assert Erasure.objects.get().done_at == NOW


def test_an_order_that_saleor_alone_knows_is_emptied_where_it_is_over(found: Bought) -> None:
    for number, status in (("900", "CANCELED"), ("901", "UNCONFIRMED")):
        found.saleor.put(replace(found.remote, id=f"Order:{number}", number=number, status=status))
    assert [one.what for one in shown(found).stays] == ["Bestelling 901 in Saleor"]
    ask(EMAIL, now=NOW, by=None)
    work_off(found)
    assert "Order:900" in found.saleor.forgotten
    assert Erasure.objects.get().waits_for == "bestelling 901"


def test_a_mail_that_waits_goes_out_first(found: Bought) -> None:
    Mail.objects.update(sent_at=NOW)
    waiting = sent("order:x:shipped")
    Mail.objects.filter(pk=waiting.pk).update(sent_at=None)
    ask(EMAIL, now=NOW, by=None)
    work_off(found)
    waiting.refresh_from_db()
    assert (waiting.to, waiting.text) == (EMAIL, "Beste An")
    erasure = Erasure.objects.get()
    assert (erasure.done_at, erasure.waits_for) == (None, "mail die nog moet vertrekken")
    Mail.objects.update(sent_at=NOW)
    forget_person.sweep(now=NOW + timedelta(hours=1))
    work_off(found, NOW + timedelta(hours=1))
    assert Erasure.objects.get().done_at is not None
    assert anywhere(EMAIL) == []


def test_solved_exceptions_with_the_address_go_and_open_ones_stay(found: Bought) -> None:
    raise_issue(OpenIssue.Kind.GATEWAY, "mail:1", f"refused: {EMAIL}", NOW)
    raise_issue(OpenIssue.Kind.GATEWAY, "mail:2", f"refused: {EMAIL}", NOW)
    resolve(OpenIssue.Kind.GATEWAY, "mail:1", NOW)
    ask(EMAIL, now=NOW, by=None)
    assert issues("gateway") == ["mail:2"]
    assert OpenIssue.objects.filter(subject="mail:1").count() == 0


# --- a backup --------------------------------------------------------------------------------------------------------


def test_outside_of_the_database_stands_a_hash_that_only_this_shop_can_make(log: Path, found: Bought) -> None:
    ask(EMAIL, now=NOW, by=None)
    [line] = log.read_text().strip().splitlines()
    told = json.loads(line)
    assert EMAIL not in line
    assert told == {"at": NOW.isoformat(), "who": proof.address_hash(" AN@example.com ")}
    assert proof.address_hash(EMAIL, secret="another") != told["who"]
    assert Erasure.objects.get().address_hash == told["who"]


def test_a_backup_that_is_restored_does_not_bring_the_forgotten_back(
    found: Bought, log: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a restore leaves it: rows of before the request, and none of the request."""
    before = list(Recipient.objects.values())
    ask(EMAIL, now=NOW, by=None)
    work_off(found)
    Recipient.objects.all().delete()
    Recipient.objects.bulk_create(Recipient(**row) for row in before)
    Erasure.objects.all().delete()
    found.saleor.people.append(account("another@example.com"))
    found.saleor.put(found.remote)
    settings.SECRET_KEY_FALLBACKS = [configured.SECRET_KEY]
    settings.SECRET_KEY = "another key since"
    with mock.patch.object(command, "connected", found.saleor.as_saleor):
        call_command("forget", "--again", str(log))
    assert "1 asked to be forgotten, 1 of them were here again" in capsys.readouterr().out
    work_off(found)
    assert not is_known(found)
    assert found.saleor.orders[found.remote.id].email == ""
    assert [one.email for one in found.saleor.people] == ["another@example.com"]


def test_who_has_an_account_in_a_restored_saleor_and_no_order_is_found_too(found: Bought, log: Path) -> None:
    ask("bo@example.com", now=NOW, by=None)
    work_off(found)
    found.saleor.people.append(account("bo@example.com"))
    hashes, unreadable = proof.noted(log)
    assert (len(hashes), unreadable) == (1, 0)
    assert forget_person.ask_again(hashes, found.saleor.as_saleor(), now=NOW) == 1
    work_off(found)
    assert [one.email for one in found.saleor.people] == [EMAIL]
    assert is_known(found)


def test_a_line_that_was_cut_off_hides_none_of_the_others(log: Path) -> None:
    proof.note("one", at=NOW)
    with log.open("a") as file:
        file.write('{"at": "2026-')
    proof.note("two", at=NOW)
    proof.note("one", at=NOW)
    assert proof.noted(log) == (["one", "two"], 1)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command("forget", "--again", str(tmp_path / "none"))


def test_who_wants_mail_is_shown_it_and_all_of_it_goes_at_once(found: Bought) -> None:
    wish(now=NOW)
    reader(now=NOW)
    person = shown(found)
    assert (person.wishes, person.is_reader, person.something_goes) == (1, True, True)
    ask(EMAIL, now=NOW, by=None)
    assert not RestockWish.objects.exists()
    kept = Subscription.objects.get()
    assert (kept.email, kept.address_hash, kept.ended_at) == ("", proof.address_hash(EMAIL), NOW)
    assert not shown(found).wants_mail


def test_who_only_ever_asked_for_mail_is_somebody_and_is_forgotten_again_after_a_restore(
    found: Bought, log: Path
) -> None:
    reader("Bo@Example.com", now=NOW)
    wish(email="cas@example.com", now=NOW)
    assert not shown(found, "bo@example.com").is_nobody
    hashes = [proof.address_hash(one) for one in ("bo@example.com", "cas@example.com")]
    Mail.objects.all().delete()
    assert forget_person.ask_again(hashes, found.saleor.as_saleor(), now=NOW) == 2
    assert not RestockWish.objects.exists()
    assert not Subscription.objects.filter(ended_at=None).exists()
