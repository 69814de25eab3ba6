"""A business asks to buy from us: kept once, decided once, and nobody learns from it who is a customer."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pytest_django import Settings

from fulfilment.companies import rules
from fulfilment.companies.models import Application, Company, Invitation, Member
from fulfilment.companies.queries import numbers_of, terms_of, under_way
from fulfilment.errors import Refusal
from fulfilment.flows import apply_company, decide_company, invite_member, join_company, keep_addresses, leave_company
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.mail.models import Mail
from tests.support import rows
from tests.support.at_once import said
from tests.support.companies import (
    BO,
    NUMBERS,
    SOFIE,
    TERMS,
    applied,
    asked,
    customer,
    invited,
    joined,
    key_in,
    led,
    operator,
)

pytestmark = pytest.mark.django_db

NOW = rows.NOW
LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _shop(settings: Settings) -> None:
    settings.SHOP_URL = "https://winkel.example"


def mails() -> list[str]:
    return list(Mail.objects.order_by("pk").values_list("subject", flat=True))


def states(company: Company) -> list[tuple[str, str]]:
    return list(company.steps.values_list("event", "note"))


# --- asking ----------------------------------------------------------------------------------------------------------


def test_an_application_is_kept_and_mailed() -> None:
    company = applied()
    assert (company.state, company.name, company.legal_number) == ("applied", "Hotel De Reep", NUMBERS[0])
    mail = Mail.objects.get()
    assert (mail.to, mail.subject) == (SOFIE.email, "We kregen je aanvraag voor Hotel De Reep")


def test_the_same_form_twice_is_one_application() -> None:
    first, second = applied(key="form-key-a"), applied(key="form-key-a", name="Iets anders")
    assert first == second
    assert (Application.objects.count(), Company.objects.count(), len(mails())) == (1, 1, 1)


def test_whoever_asks_for_a_company_that_we_know_hears_the_same_and_the_operator_sees_it() -> None:
    company = customer()
    again = applied(email="ander@elders.example", contact_name="Iemand Anders", now=LATER)
    assert again == company
    assert company.applications.count() == 2
    assert OpenIssue.objects.get(resolved_at=None).kind == OpenIssue.Kind.COMPANY_AGAIN
    told = Mail.objects.filter(to="ander@elders.example").values_list("subject", flat=True)
    assert list(told) == ["We kregen je aanvraag voor Hotel De Reep"]


def test_whoever_asked_for_a_company_that_we_know_never_comes_to_act_for_it() -> None:
    customer()
    stranger = replace(BO, email="ander@elders.example")
    applied(email=stranger.email, now=LATER)
    assert join_company.memberships(stranger, now=LATER) == []
    assert [one.name for one in under_way(stranger.email, now=LATER)] == ["Hotel De Reep"]
    assert under_way(stranger.email, now=LATER + timedelta(days=15)) == []


def test_a_company_that_was_refused_or_has_ended_may_ask_anew() -> None:
    refused = applied()
    decide_company.refuse(refused.pk, "Niet nu.", by=operator(), now=NOW)
    ended = customer(now=LATER)
    decide_company.move(ended.pk, "end", "", by=operator(), now=LATER)
    assert applied(now=LATER) not in (refused, ended)


def test_abroad_a_vat_number_tells_companies_apart() -> None:
    first = applied(legal_number="", vat_number="NL 0044.95.445.B01")
    assert (first.vat_number, numbers_of(first)) == ("NL004495445B01", rules.Numbers("", "NL004495445B01"))
    assert applied(legal_number="", vat_number="NL004495445B01") == first
    assert Mark.objects.get(kind=Mark.Kind.VAT_CHECK).object_id == first.public_id


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("name", "x" * 161),
        ("contact_name", "\u200b"),
        ("email", "geen adres"),
        ("email", "=SOM(1)@example.com"),
        ("legal_number", "1999001042"),
        ("legal_number", ""),
        ("vat_number", "BE1999001042"),
        ("purpose", "x" * 2_001),
        ("phone", "1" * 41),
    ],
)
def test_what_is_wrong_is_said_by_field(field: str, value: str) -> None:
    assert set(apply_company.faults(asked(**{field: value}))) == {field}


def test_a_belgian_vat_number_alone_is_not_enough() -> None:
    wrong = apply_company.faults(asked(legal_number="", vat_number=f"BE{NUMBERS[0]}"))
    assert wrong == {"legal_number": "Vul ook je ondernemingsnummer in."}
    assert apply_company.faults(asked(vat_number=f"BE{NUMBERS[0]}")) == {}


def test_nobody_keeps_us_busy_from_one_address() -> None:
    for minute in range(apply_company.MOST_OPEN):
        number = 19_990_020 + minute
        applied(legal_number=f"{number}{97 - number % 97:02d}", now=NOW + timedelta(minutes=minute))
    assert set(apply_company.faults(asked())) == {"email"}
    assert len(mails()) == 1  # within ten minutes


# --- deciding --------------------------------------------------------------------------------------------------------


def test_who_is_approved_buys_on_its_terms_and_reads_how_to_begin() -> None:
    company = customer()
    assert (company.state, terms_of(company)) == ("approved", TERMS)
    mail = Mail.objects.latest("pk")
    assert mail.subject == "Hotel De Reep kan bij ons kopen"
    assert f"https://winkel.example/nl/zakelijk/bedrijf/{company.public_id}/" in mail.text


def test_who_is_refused_reads_why() -> None:
    company = applied()
    decide_company.refuse(company.pk, "We leveren nog niet in <b>Spanje</b>.", by=operator(), now=NOW)
    mail = Mail.objects.latest("pk")
    assert "We leveren nog niet in <b>Spanje</b>." in mail.text
    assert "&lt;b&gt;Spanje" in mail.html
    assert states(company) == [("refuse", "We leveren nog niet in <b>Spanje</b>.")]


def test_nothing_is_decided_twice() -> None:
    company = customer()
    for again in (
        lambda: decide_company.approve(company.pk, TERMS, by=operator(), now=LATER),
        lambda: decide_company.refuse(company.pk, "Nee", by=operator(), now=LATER),
    ):
        assert said(again) == "WRONG_STATE"
    assert len(mails()) == 2


def test_terms_change_for_who_saw_them_as_they_are() -> None:
    company = customer()
    member = led(company)
    Mark.objects.all().delete()
    seen = decide_company.terms_seen(company)
    others = rules.Terms("wholesale", "prepaid")
    decide_company.change_terms(company.pk, others, seen=seen, now=LATER)
    company.refresh_from_db()
    assert terms_of(company) == others
    assert Mark.objects.get().object_id == member.account_id
    assert said(lambda: decide_company.change_terms(company.pk, TERMS, seen=seen, now=LATER)) == "STALE"
    waiting = applied(legal_number=NUMBERS[1])
    assert said(lambda: decide_company.change_terms(waiting.pk, TERMS, seen="", now=LATER)) == "WRONG_STATE"


def test_what_is_suspended_goes_on_or_ends_and_its_administrators_read_it() -> None:
    company = customer()
    led(company)
    joined(company, BO)
    Mark.objects.all().delete()
    for event in ("suspend", "resume", "end"):
        decide_company.move(company.pk, event, "Omdat.", by=operator(), now=LATER)
    assert mails()[-3:] == [
        "Hotel De Reep kan nu niet bij ons kopen",
        "Hotel De Reep kan weer bij ons kopen",
        "Hotel De Reep is geen klant meer",
    ]
    assert set(Mail.objects.order_by("-pk").values_list("to", flat=True)[:3]) == {SOFIE.email}
    assert set(Mark.objects.values_list("object_id", flat=True)) == {SOFIE.id, BO.id}
    assert said(lambda: decide_company.move(company.pk, "resume", "", by=operator(), now=LATER)) == "WRONG_STATE"


def test_what_has_ended_takes_nobody_in_any_more() -> None:
    company = customer()
    led(company)
    asked_in = invited(company, BO.email)
    decide_company.move(company.pk, "end", "", by=operator(), now=LATER)
    assert join_company.accept(asked_in, BO, now=LATER) == "over"
    assert join_company.memberships(SOFIE, now=LATER) == []


def test_numbers_are_corrected_and_looked_up_but_not_to_those_of_another() -> None:
    first, second = customer(), customer(legal_number=NUMBERS[1])
    numbers = rules.Numbers(NUMBERS[1], "")
    assert said(lambda: decide_company.correct(first.pk, "Hotel", numbers, now=LATER)) == "KNOWN"
    decide_company.correct(second.pk, "Hotel Zuid", rules.Numbers(NUMBERS[1], f"BE{NUMBERS[1]}"), now=LATER)
    second.refresh_from_db()
    assert (second.name, second.vat_number) == ("Hotel Zuid", f"BE{NUMBERS[1]}")
    assert Mark.objects.get(kind=Mark.Kind.VAT_CHECK).object_id == second.public_id


# --- who acts for it -------------------------------------------------------------------------------------------------


def test_the_contact_becomes_its_administrator_once_they_are_logged_in() -> None:
    waiting = applied()
    assert join_company.memberships(SOFIE, now=NOW) == []
    decide_company.approve(waiting.pk, TERMS, by=operator(), now=NOW)
    assert join_company.memberships(BO, now=NOW) == []
    for _twice in range(2):
        [member] = join_company.memberships(SOFIE, now=LATER)
    assert (member.role, member.since, member.company) == ("administrator", LATER, waiting)
    assert Mark.objects.get(kind=Mark.Kind.CUSTOMER_TYPE).object_id == SOFIE.id


def test_somebody_stays_a_member_under_another_address_and_name() -> None:
    led()
    [member] = join_company.memberships(replace(SOFIE, email="sofie@elders.example", name="Sofie C."), now=LATER)
    assert Member.objects.get().email == member.email == "sofie@elders.example"
    assert join_company.memberships(replace(BO, email=SOFIE.email), now=LATER) == []


def test_who_was_invited_says_yes_once_with_their_own_account() -> None:
    company = customer()
    led(company)
    asked_in = invited(company, "Bo@Hotel.example", "approver", limit_minor=50_000)
    mail = Mail.objects.latest("pk")
    assert mail.subject == "Je bent uitgenodigd bij Hotel De Reep"
    assert "goedkeurder" in mail.text
    found = join_company.invitation(key_in(mail))
    assert found == asked_in
    assert join_company.accept(asked_in, SOFIE, now=NOW) == "wrong_account"
    for _twice in range(2):
        assert join_company.accept(asked_in, BO, now=LATER) == "joined"
    asked_in.refresh_from_db()
    assert join_company.stand_of(asked_in, now=LATER) == "accepted"
    assert join_company.accept(asked_in, SOFIE, now=LATER) == "over"
    [member] = join_company.memberships(BO, now=LATER)
    assert (member.role, member.limit_minor) == ("approver", 50_000)


def test_an_invitation_ends_after_fourteen_days_or_by_hand() -> None:
    company = customer()
    first, second = invited(company, BO.email), invited(company, "an@hotel.example")
    days = invite_member.GOOD_FOR
    assert join_company.stand_of(first, now=NOW + days - timedelta(seconds=1)) == "open"
    assert join_company.stand_of(first, now=NOW + days) == "over"
    assert join_company.accept(first, BO, now=NOW + days) == "over"
    for _twice in range(2):
        invite_member.withdraw(company.pk, second.public_id, now=LATER)
    second.refresh_from_db()
    assert (second.withdrawn_at, join_company.stand_of(second, now=LATER)) == (LATER, "over")
    assert join_company.invitation("inv_nobody.signature") is None


def test_who_is_asked_again_gets_a_new_link_and_the_first_is_over() -> None:
    company = customer()
    first = invited(company, BO.email)
    soon = invite_member.invite(
        company.pk, "form-key-soon", invite_member.Invited(BO.email, "buyer"), language="nl", now=NOW
    )
    assert set(soon) == {"email"}
    second = invited(company, BO.email, "bookkeeper", now=LATER)
    first.refresh_from_db()
    assert join_company.accept(first, BO, now=LATER) == "over"
    assert join_company.accept(second, BO, now=LATER) == "joined"


def test_the_same_form_twice_invites_once() -> None:
    company = customer()
    given = invite_member.Invited(BO.email, "buyer")
    for _twice in range(2):
        assert invite_member.invite(company.pk, "form-key-b", given, language="fr", now=NOW) == {}
    assert Invitation.objects.count() == 1
    assert Mail.objects.latest("pk").subject == "Vous êtes invité·e chez Hotel De Reep"


def test_who_belongs_to_it_is_not_asked_and_neither_is_anybody_while_it_waits() -> None:
    company = customer()
    led(company)
    given = invite_member.Invited(SOFIE.email.upper(), "buyer")
    assert set(invite_member.invite(company.pk, "form-key-c", given, language="nl", now=NOW)) == {"email"}
    waiting = applied(legal_number=NUMBERS[1])
    assert set(invite_member.invite(waiting.pk, "form-key-d", given, language="nl", now=NOW)) == {"email"}
    assert set(invite_member.faults(invite_member.Invited("x", "king", -1))) == {"email", "role", "limit_minor"}


def test_a_company_asks_only_so_many_at_once() -> None:
    company = customer()
    for number in range(invite_member.MOST_OPEN):
        invited(company, f"collega{number}@hotel.example")
    given = invite_member.Invited(BO.email, "buyer")
    assert set(invite_member.invite(company.pk, "form-key-e", given, language="nl", now=NOW)) == {"email"}


def test_who_leaves_has_no_door_at_once_and_hears_it_from_us_where_somebody_else_said_so() -> None:
    company = customer()
    sofie = led(company)
    bo = joined(company, BO)
    Mark.objects.all().delete()
    for _twice in range(2):
        leave_company.let_go(company.pk, bo.public_id, asked_by=sofie, now=LATER)
    assert join_company.memberships(BO, now=LATER) == []
    assert mails().count("Je koopt niet meer voor Hotel De Reep") == 1
    assert Mark.objects.get().object_id == BO.id
    again = joined(company, BO, now=LATER + timedelta(days=1))
    leave_company.let_go(company.pk, again.public_id, asked_by=again, now=LATER)
    assert mails().count("Je koopt niet meer voor Hotel De Reep") == 1


def test_there_is_always_an_administrator() -> None:
    company = customer()
    sofie = led(company)
    with pytest.raises(Refusal, match="minstens één beheerder"):
        leave_company.let_go(company.pk, sofie.public_id, asked_by=sofie, now=LATER)
    with pytest.raises(Refusal, match="minstens één beheerder"):
        leave_company.change(company.pk, sofie.public_id, "buyer", None, asked_by=sofie)
    bo = joined(company, BO, "administrator")
    leave_company.change(company.pk, sofie.public_id, "buyer", 10_000, asked_by=bo)
    sofie.refresh_from_db()
    assert (sofie.role, sofie.limit_minor) == ("buyer", 10_000)
    assert said(lambda: leave_company.change(company.pk, bo.public_id, "buyer", None, asked_by=sofie)) == (
        "NOT_ADMINISTRATOR"
    )
    assert said(lambda: leave_company.change(company.pk, "mem_nobody", "buyer", None, asked_by=bo)) == "NOT_FOUND"


# --- its addresses ---------------------------------------------------------------------------------------------------


def test_addresses_are_kept_changed_and_taken_away() -> None:
    company = customer()
    given = keep_addresses.cleaned({"label": " Zuid ", "street_1": "Kaai 1", "city": "Gent", "country": "be"})
    assert keep_addresses.faults(given) == {}
    for _twice in range(2):
        assert keep_addresses.add(company.pk, "form-key-f", given) == {}
    address = company.addresses.get()
    assert (address.label, address.country) == ("Zuid", "BE")
    assert keep_addresses.change(company.pk, address.public_id, {**given, "city": "Aalst"})
    assert company.addresses.get().city == "Aalst"
    other = customer(legal_number=NUMBERS[1])
    assert not keep_addresses.change(other.pk, address.public_id, given)
    keep_addresses.remove(other.pk, address.public_id)
    for _twice in range(2):
        assert company.addresses.exists() is not _twice
        keep_addresses.remove(company.pk, address.public_id)


def test_what_is_wrong_with_an_address_is_said_by_field() -> None:
    given = keep_addresses.cleaned({"label": "x" * 81, "country": "België", "street_1": "\u200b"})
    assert set(keep_addresses.faults(given)) == {"label", "street_1", "city", "country"}
