"""Staff note that a partner signed: the partner's contacts read of it at once, and can say that it is not right."""

from datetime import date

import pytest
from pytest_django import Settings

from fulfilment.agreements.models import Agreement, Term
from fulfilment.flows.sign_agreement import sign
from fulfilment.mail.models import Mail
from fulfilment.partners.models import Membership, Partner, User
from tests.support import rows
from tests.support.rows import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator() -> User:
    return rows.user("operator@example.com", staff=True)


@pytest.fixture
def labeur() -> Partner:
    """A workshop with somebody who sees what it earns, and somebody who does not."""
    made = rows.partner("labeur")
    for role in (Membership.Role.COACH, Membership.Role.WORKER):
        Membership.objects.create(partner=made, user=rows.user(f"{role}@labeur.example"), role=role)
    return made


@pytest.fixture
def draft(labeur: Partner) -> Agreement:
    """A version that begins next year: a fixed amount for who makes it, and a part for who designed it."""
    made = rows.agreement(
        "SG-009", labeur, designer=rows.partner("sep", kind="designer"), bound=False, version=2,
        valid_from=date(2027, 1, 1),
    )  # fmt: skip
    made.terms.filter(partner=labeur).update(rank=3)
    Term.objects.create(agreement=made, rank=1, kind=Term.Kind.FIXED, partner=labeur, amount_minor=9_500)
    return made


def noted(draft: Agreement, partner: Partner, by: User | None) -> list[Mail]:
    """What is mailed of a signature."""
    before = set(Mail.objects.values_list("pk", flat=True))
    sign(agreement_id=draft.pk, partner_id=partner.pk, by=by, now=NOW)
    return list(Mail.objects.exclude(pk__in=before).order_by("pk"))


def test_whoever_knows_of_the_partners_money_is_told_and_nobody_else(
    draft: Agreement, labeur: Partner, operator: User
) -> None:
    assert [mail.to for mail in noted(draft, labeur, operator)] == ["labeur@example.com", "coach@labeur.example"]


def test_the_mail_says_which_agreement_what_they_earn_who_noted_it_from_when_and_what_to_do(
    draft: Agreement, labeur: Partner, operator: User, settings: Settings
) -> None:
    settings.CONTACT_PHONE = "09 000 00 00"
    mail = noted(draft, labeur, operator)[0]
    assert mail.subject == "Genoteerd: Labeur tekende de overeenkomst voor SG-009"
    for words in (
        "operator@example.com noteerde op 23 november 2026 bij ons dat Labeur versie 2",
        "Jullie maken het.",
        "€\u00a095,00 per stuk",
        "60 % van wat overblijft na de vaste bedragen",
        "Kortingen: Allen delen in een korting",
        "Zodra iedereen getekend heeft, geldt ze vanaf 1 januari 2027.",
        "Klopt dit niet, of tekenden jullie niet, laat het ons dan meteen weten: 09 000 00 00.",
    ):
        assert words in mail.text
        assert words.removeprefix("Kortingen: ") in mail.html


def test_the_last_signature_says_that_it_holds(draft: Agreement, labeur: Partner, operator: User) -> None:
    noted(draft, labeur, operator)
    designer = Partner.objects.get(slug="sep")
    [mail] = noted(draft, designer, operator)
    assert "Iedereen heeft getekend: ze geldt vanaf 1 januari 2027." in mail.text
    assert "40 % van wat overblijft" in mail.text
    assert "Jullie maken het" not in mail.text


def test_the_same_button_pressed_twice_tells_once(draft: Agreement, labeur: Partner, operator: User) -> None:
    assert noted(draft, labeur, operator)
    assert noted(draft, labeur, operator) == []


def test_what_a_file_brings_in_with_its_signatures_mails_nobody(draft: Agreement, labeur: Partner) -> None:
    assert noted(draft, labeur, None) == []
