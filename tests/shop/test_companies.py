"""A company in the account of its members: what was agreed, who belongs to it, where things are brought, and how one
comes in."""

from collections.abc import Iterator

import httpx2
import pytest
from django.test import Client

from tests.shop import members
from tests.shop.buying import browser
from tests.shop.fake_accounts import KEY as MAILED
from tests.shop.fake_accounts import PASSWORD
from tests.shop.fake_companies import APPLIED, COMPANY, KEY
from tests.shop.fake_fulfilment import FakeFulfilment
from tests.shop.fakes import FakeSaleor
from tests.shop.members import AN, BO, CIS, MINE, PAGE, html, logged_in

INVITATION = f"/nl/zakelijk/uitnodiging/{KEY}/"
PLACE = {
    "shipping-label": "Magazijn",
    "shipping-first_name": "Bo",
    "shipping-last_name": "Claes",
    "shipping-street": "Kouter 12",
    "shipping-postal_code": "9000",
    "shipping-city": "Gent",
    "shipping-country": "BE",
}


@pytest.fixture(autouse=True)
def _at_once() -> Iterator[None]:
    with members.at_once():
        yield


@pytest.fixture
def an(saleor: FakeSaleor, fulfilment: FakeFulfilment) -> Client:
    return logged_in(saleor, AN)


@pytest.fixture
def bo(saleor: FakeSaleor, fulfilment: FakeFulfilment) -> Client:
    return logged_in(saleor, BO)


# What one sees


def test_each_company_is_listed_with_what_one_is_there(an: Client, fulfilment: FakeFulfilment) -> None:
    page = html(an, MINE)
    assert f'<a href="{PAGE}">Hotel Voorbeeld</a>' in page
    assert "Je bent er beheerder." in page
    assert "Je aanvraag is in behandeling." in page
    assert f"/{APPLIED}/" not in page
    fulfilment.companies.companies[COMPANY]["state"] = "suspended"
    page = html(an, MINE)
    assert "Bestellen kan nu niet." in page
    assert "prijzen/" not in page


def test_the_list_stands_without_fulfilment_and_leads_who_has_no_company_on(
    saleor: FakeSaleor, an: Client, fulfilment: FakeFulfilment
) -> None:
    fulfilment.companies.applied = []
    nobody = logged_in(saleor, "dirk@voorbeeld.be")
    assert "Nog geen. Koop je voor een onderneming" in html(nobody, MINE)
    assert 'href="/nl/zakelijk/aanvragen/"' in html(nobody, MINE)
    fulfilment.answer = httpx2.ConnectError("away")
    assert "Je bedrijven kunnen we nu even niet tonen." in html(an, MINE)


def test_a_companys_page_tells_what_was_agreed_and_how_much_of_it_is_used(an: Client) -> None:
    page = html(an, PAGE)
    for told in (
        *("Ondernemingsnummer 0123.456.749", "btw BE0123456749", "Op factuur, binnen 30 dagen.", "€ 250"),
        *('<strong class="figure">€ 1.250,50</strong> van hoogstens <span class="figure">€ 5.000</span>',),
        *('<rect class="credit-used" width="25%"', "Er is nog ruimte voor € 3.749,50.", "Hotel Voorbeeld, Brugge"),
        *("Bo Claes", "alleen tot € 1.000", "cis@voorbeeld.be", "de link werkt tot 11 december", "Ontvangst"),
    ):
        assert told in page, told


@pytest.mark.parametrize(
    ("terms", "told"),
    [
        ({"payment": "prepaid"}, "Vooraf, voor het werk begint."),
        ({"payment": "deposit", "deposit_percent": 30}, "30 % vooraf, de rest voor we verzenden."),
        ({"payment": "invoice", "days": 1}, "Op factuur, binnen 1 dag."),
        ({"open_minor": 600_000}, "Er is geen ruimte meer."),
        ({"credit_limit_minor": None}, '<dd class="figure">€ 1.250,50</dd>'),
    ],
)
def test_every_kind_of_terms_is_told_in_words(
    an: Client, fulfilment: FakeFulfilment, terms: dict[str, object], told: str
) -> None:
    fulfilment.companies.companies[COMPANY]["terms"].update(terms)
    assert told in html(an, PAGE)


def test_terms_of_which_nothing_is_said_are_left_out(an: Client, fulfilment: FakeFulfilment) -> None:
    known = fulfilment.companies.companies[COMPANY]["terms"]
    unsaid = dict.fromkeys(("deposit_percent", "days", "credit_limit_minor", "minimum_net_minor"))
    known.update({**unsaid, "payment": "prepaid", "open_minor": 0})
    page = html(an, PAGE)
    assert "Vooraf, voor het werk begint." in page
    assert ("Openstaand" in page, "Minimum van een bestelling" in page) == (False, False)


def test_a_company_that_is_suspended_says_so(an: Client, fulfilment: FakeFulfilment) -> None:
    fulfilment.companies.companies[COMPANY]["state"] = "suspended"
    page = html(an, PAGE)
    assert "We hebben de prijslijst van dit bedrijf voorlopig gesloten." in page
    assert "Bekijk jullie prijzen" not in page


def test_while_fulfilment_is_away_a_companys_page_asks_to_come_again(an: Client, fulfilment: FakeFulfilment) -> None:
    fulfilment.answer = httpx2.ReadTimeout("hangs")
    assert an.get(PAGE).status_code == 503


def test_the_account_leads_there_and_the_language_can_be_changed_on_the_spot(an: Client) -> None:
    assert f'<a href="{MINE}">Bedrijven</a>' in html(an, "/nl/account/")
    page = html(an, PAGE)
    assert f'<a href="/en/business/company/{COMPANY}/" lang="en"' in page
    assert "Your role there: administrator." in html(an, f"/en/business/company/{COMPANY}/")
    assert "Votre rôle : administrateur." in html(an, f"/fr/professionnels/entreprise/{COMPANY}/")


def test_who_is_no_administrator_reads_and_is_offered_what_they_may_do(bo: Client) -> None:
    page = html(bo, PAGE)
    assert "Een beheerder nodigt collega’s uit of laat ze gaan." in page
    assert f"{PAGE}uitnodigen/" not in page
    assert f"{PAGE}lid/mem_1/" not in page
    assert f'href="{PAGE}lid/mem_2/weg/">Verlaat' in page
    assert f"{PAGE}adres/" in page


def test_where_nobody_is_left_to_administer_it_the_page_says_whom_to_write_to(
    bo: Client, fulfilment: FakeFulfilment
) -> None:
    known = fulfilment.companies.companies[COMPANY]
    known["members"] = known["members"][1:]
    assert "Niemand beheert dit bedrijf nu." in html(bo, PAGE)


# Who belongs to it


def test_a_colleague_is_invited_with_a_role_and_an_amount(an: Client, fulfilment: FakeFulfilment) -> None:
    form = f"{PAGE}uitnodigen/"
    given = {"form_key": "a-form-key-1", "email": "dirk@voorbeeld.be", "role": "approver", "limit": "2500"}
    answer = an.post(form, given, follow=True)
    assert "We stuurden een uitnodiging naar dirk@voorbeeld.be." in answer.content.decode()
    assert fulfilment.companies.given == [
        {
            "path": f"{COMPANY}/invitations",
            "form_key": "a-form-key-1",
            "email": "dirk@voorbeeld.be",
            "role": "approver",
            "limit_minor": 250_000,
        }
    ]
    an.post(form, {**given, "role": "bookkeeper"})
    assert fulfilment.companies.given[-1]["limit_minor"] is None  # a bookkeeper buys nothing
    an.post(form, {**given, "role": "buyer", "limit": ""})
    assert fulfilment.companies.given[-1]["limit_minor"] is None


def test_what_is_wrong_with_an_invitation_is_told_in_one_round_and_nothing_is_lost(
    an: Client, fulfilment: FakeFulfilment
) -> None:
    answer = an.post(f"{PAGE}uitnodigen/", {"form_key": "k", "email": "dirk@", "role": "chief", "limit": "veel"})
    page = answer.content.decode()
    assert (answer.status_code, fulfilment.companies.given) == (422, [])
    assert page.count('<p class="field-error"') == 3
    assert ('value="dirk@"' in page, 'value="veel"' in page) == (True, True)
    fulfilment.companies.errors = {"email": "Dit adres hoort er al bij.", "limit_minor": "Te veel."}
    page = an.post(f"{PAGE}uitnodigen/", {"form_key": "k", "email": BO, "role": "buyer", "limit": "5"}).content.decode()
    assert 'id="id_email_error">Dit adres hoort er al bij.' in page
    assert 'id="id_limit_error">Te veel.' in page


def test_invitations_cannot_be_used_to_mail_one_address_without_end(an: Client, fulfilment: FakeFulfilment) -> None:
    given = {"form_key": "a-form-key-1", "email": "dirk@voorbeeld.be", "role": "buyer"}
    assert [an.post(f"{PAGE}uitnodigen/", given).status_code for _time in range(5)] == [302] * 4 + [429]
    assert len(fulfilment.companies.given) == 4


def test_an_invitation_is_withdrawn_after_a_second_look(an: Client, fulfilment: FakeFulfilment) -> None:
    address = f"{PAGE}uitnodiging/inv_1/"
    assert CIS in html(an, address)
    assert fulfilment.companies.given == []
    assert an.post(address)["Location"] == PAGE
    assert fulfilment.companies.given == [{"path": f"{COMPANY}/invitations/inv_1/withdraw"}]
    assert an.get(f"{PAGE}uitnodiging/inv_9/").status_code == 404


def test_a_role_is_changed_and_the_form_begins_with_what_it_was(an: Client, fulfilment: FakeFulfilment) -> None:
    address = f"{PAGE}lid/mem_2/"
    page = html(an, address)
    assert 'value="buyer" checked' in page
    assert 'name="limit" value="1000"' in page
    assert an.post(address, {"role": "administrator", "limit": ""})["Location"] == PAGE
    assert fulfilment.companies.given == [
        {"path": f"{COMPANY}/members/mem_2", "role": "administrator", "limit_minor": None}
    ]
    fulfilment.companies.errors = {"role": "Er moet een beheerder blijven."}
    answer = an.post(f"{PAGE}lid/mem_1/", {"role": "buyer"})
    assert (answer.status_code, "Er moet een beheerder blijven." in answer.content.decode()) == (422, True)


def test_a_member_is_let_go_after_a_second_look_and_sees_nothing_any_more(
    an: Client, bo: Client, fulfilment: FakeFulfilment
) -> None:
    address = f"{PAGE}lid/mem_2/weg/"
    assert "Bo Claes weghalen?" in html(an, address)
    assert bo.get(PAGE).status_code == 200
    answer = an.post(address, follow=True)
    assert "Bo Claes heeft geen toegang meer." in answer.content.decode()
    assert bo.get(PAGE).status_code == 404  # though still logged in
    assert "Hotel Voorbeeld" not in html(bo, MINE)


def test_one_leaves_by_oneself_and_nobody_else(an: Client, bo: Client) -> None:
    assert bo.get(f"{PAGE}lid/mem_1/weg/").status_code == bo.post(f"{PAGE}lid/mem_1/weg/").status_code == 404
    assert "Hotel Voorbeeld verlaten?" in html(bo, f"{PAGE}lid/mem_2/weg/")
    answer = bo.post(f"{PAGE}lid/mem_2/weg/", follow=True)
    assert answer.redirect_chain == [(MINE, 302)]
    assert "Je hoort niet meer bij Hotel Voorbeeld." in answer.content.decode()


def test_the_last_administrator_cannot_go_and_is_told_why(an: Client, fulfilment: FakeFulfilment) -> None:
    fulfilment.companies.errors = {"member": "Er moet een beheerder blijven."}
    answer = an.post(f"{PAGE}lid/mem_1/weg/")
    assert (answer.status_code, "Er moet een beheerder blijven." in answer.content.decode()) == (422, True)
    assert an.get(PAGE).status_code == 200


# Where things are brought


def test_an_address_is_kept_changed_and_taken_away(bo: Client, fulfilment: FakeFulfilment) -> None:
    assert 'value="Hotel Voorbeeld"' in html(bo, f"{PAGE}adres/")
    assert bo.post(f"{PAGE}adres/", {**PLACE, "shipping-form_key": "a-form-key-1"})["Location"] == PAGE
    (sent,) = fulfilment.companies.given
    assert (sent["path"], sent["form_key"]) == (f"{COMPANY}/addresses", "a-form-key-1")
    address = {
        "label": "Magazijn",
        "first_name": "Bo",
        "last_name": "Claes",
        "company_name": "",
        "street_1": "Kouter 12",
    }
    more = {"street_2": "", "postal_code": "9000", "city": "Gent", "country": "BE", "country_area": "", "phone": ""}
    assert sent["address"] == {**address, **more}
    one = f"{PAGE}adres/adr_1/"
    assert 'name="shipping-label" value="Ontvangst"' in html(bo, one)
    bo.post(one, PLACE)
    assert fulfilment.companies.given[-1] == {"path": f"{COMPANY}/addresses/adr_1", "address": {**address, **more}}
    assert "Ontvangst weghalen?" in html(bo, f"{one}weg/")
    assert bo.post(f"{one}weg/")["Location"] == PAGE
    assert fulfilment.companies.given[-1] == {"path": f"{COMPANY}/addresses/adr_1/remove"}
    assert bo.get(f"{PAGE}adres/adr_9/").status_code == 404


def test_what_is_wrong_with_an_address_stands_beside_its_field(bo: Client, fulfilment: FakeFulfilment) -> None:
    answer = bo.post(f"{PAGE}adres/", {**PLACE, "shipping-label": "", "shipping-postal_code": "90"})
    page = answer.content.decode()
    assert (answer.status_code, page.count('<p class="field-error"')) == (422, 2)
    fulfilment.companies.errors = {"street_1": "Deze straat is er niet.", "country_area": "Zeg welke provincie."}
    page = bo.post(f"{PAGE}adres/", PLACE).content.decode()
    assert 'id="id_shipping-street_error">Deze straat is er niet.' in page
    assert 'id="id_shipping-area_error">Zeg welke provincie.' in page


# Coming in


def test_opening_an_invitation_does_nothing_and_asks_a_guest_to_log_in_and_leads_back(
    saleor: FakeSaleor, fulfilment: FakeFulfilment
) -> None:
    guest = browser()
    page = html(guest, INVITATION)
    assert "Hotel Voorbeeld nodigt je uit" in page
    assert "c…@voorbeeld.be" in page
    assert CIS not in page
    assert guest.post(INVITATION)["Location"] == f"/nl/account/inloggen/?verder={INVITATION.replace('/', '%2F')}"
    logged_in(saleor, CIS)
    assert members.log_in(guest, CIS, verder=INVITATION)["Location"] == INVITATION
    assert fulfilment.companies.invitations[KEY]["state"] == "open"
    answer = guest.post(INVITATION, follow=True)
    assert answer.redirect_chain == [(PAGE, 302)]
    assert "Welkom bij Hotel Voorbeeld." in answer.content.decode()
    assert guest.post(INVITATION)["Location"] == PAGE  # sent twice, joined once
    assert "Deze uitnodiging is al aanvaard." in html(guest, INVITATION)


def test_who_makes_an_account_for_it_comes_back_to_it_from_the_mail(
    saleor: FakeSaleor, fulfilment: FakeFulfilment
) -> None:
    guest = browser()
    assert f'name="verder" value="{INVITATION}"' in html(guest, f"/nl/account/inloggen/?verder={INVITATION}")
    names = {"nieuw-first_name": "Cis", "nieuw-last_name": "Maes"}
    known = {"nieuw-email": CIS, "nieuw-password": PASSWORD, "verder": INVITATION}
    assert guest.post("/nl/account/registreren/", {**names, **known}).status_code == 200
    answer = guest.post("/nl/account/bevestigen/", {"email": CIS, "token": MAILED, "password": PASSWORD})
    assert answer["Location"] == INVITATION


def test_nobody_is_led_to_another_site_by_making_an_account(saleor: FakeSaleor, fulfilment: FakeFulfilment) -> None:
    guest = browser()
    names = {"nieuw-first_name": "Cis", "nieuw-last_name": "Maes"}
    known = {"nieuw-email": CIS, "nieuw-password": PASSWORD, "verder": "https://elsewhere.example/"}
    guest.post("/nl/account/registreren/", {**names, **known})
    answer = guest.post("/nl/account/bevestigen/", {"email": CIS, "token": MAILED, "password": PASSWORD})
    assert answer["Location"] == "/nl/account/"


def test_another_account_is_told_so_and_logs_out_to_take_the_right_one(an: Client) -> None:
    assert f"Je bent ingelogd als <strong>{AN}</strong>." in html(an, INVITATION)
    answer = an.post(INVITATION)
    assert answer.status_code == 422
    assert f"Je bent ingelogd als {AN}, en de uitnodiging is voor c…@voorbeeld.be." in answer.content.decode()
    assert an.post("/nl/account/uitloggen/", {"verder": INVITATION})["Location"] == INVITATION
    assert "Inloggen of een account maken" in html(an, INVITATION)


def test_an_invitation_that_is_over_or_none_of_ours_says_the_same(
    saleor: FakeSaleor, fulfilment: FakeFulfilment
) -> None:
    guest = browser()
    unknown = guest.get(INVITATION.replace("good", "bad"))
    fulfilment.companies.invitations[KEY]["state"] = "over"
    for answer in (unknown, guest.get(INVITATION), logged_in(saleor, CIS).post(INVITATION)):
        assert (answer.status_code, "Deze uitnodiging geldt niet meer" in answer.content.decode()) == (404, True)
