"""A customer's account: in, out, and what stands in it; who guesses learns nothing."""

import json
import re
from collections.abc import Iterator
from typing import Any
from unittest import mock

import httpx2
import pytest
from django.test import Client

from shop.account import gate
from tests.shop.buying import browser, fill
from tests.shop.fake_accounts import KEY, PASSWORD, FakeCustomer
from tests.shop.fake_fulfilment import FakeFulfilment, golden
from tests.shop.fakes import FakeSaleor

HOME, LOGIN, REGISTER = "/nl/account/", "/nl/account/inloggen/", "/nl/account/registreren/"
CONFIRM, RESET = "/nl/account/bevestigen/", "/nl/account/nieuw-wachtwoord/"
EMAIL = "an@voorbeeld.be"
NEW = {"nieuw-first_name": "An", "nieuw-last_name": "Peeters", "nieuw-email": EMAIL, "nieuw-password": PASSWORD}
OTHER = "een-ander-wachtwoord"


@pytest.fixture(autouse=True)
def at_once() -> Iterator[None]:
    with mock.patch.object(gate, "SECONDS", 0):
        yield


@pytest.fixture
def an(saleor: FakeSaleor) -> FakeCustomer:
    """Somebody with an account."""
    return saleor.customers.setdefault(EMAIL, FakeCustomer(EMAIL))


@pytest.fixture
def customer(visitor: Client, an: FakeCustomer) -> Client:
    """The same, who is logged in."""
    assert log_in(visitor).status_code == 302
    return visitor


def log_in(client: Client, email: str = EMAIL, password: str = PASSWORD, **more: str) -> Any:
    return client.post(LOGIN, {"email": email, "password": password, **more})


def html(client: Client, path: str) -> str:
    return client.get(path, follow=True).content.decode().replace("\N{NO-BREAK SPACE}", " ")


# In and out


def test_the_way_in_stands_beside_the_way_to_an_account_and_says_that_neither_is_needed(visitor: Client) -> None:
    answer = visitor.get(HOME, follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain == [(f"{LOGIN}?verder=%2Fnl%2Faccount%2F", 302)]
    assert answer["X-Robots-Tag"] == "noindex"
    assert "no-store" in answer["Cache-Control"]
    assert "Ik heb een account" in page
    assert "Ik ben nieuw" in page
    assert "Bestellen kan ook zonder" in page
    assert "Minstens 8 tekens" in page


def test_who_registers_confirms_with_the_password_and_is_in(visitor: Client, saleor: FakeSaleor) -> None:
    page = visitor.post(REGISTER, NEW).content.decode()
    assert "Kijk in je mailbox" in page
    assert saleor.mailed == [("confirm", EMAIL)]
    given = saleor.variables_of("accountRegister")["input"]
    assert (given["redirectUrl"], given["languageCode"]) == (f"http://shop.test{CONFIRM}", "NL")
    assert "wacht nog op je bevestiging" in log_in(visitor).content.decode()
    assert EMAIL in visitor.get(CONFIRM, {"email": EMAIL, "token": KEY}).content.decode()
    assert not saleor.customers[EMAIL].confirmed  # opening the link did nothing
    answer = visitor.post(CONFIRM, {"email": EMAIL, "token": KEY, "password": PASSWORD}, follow=True)
    assert "Welkom. Je account is bevestigd." in answer.content.decode()
    assert "Dag An" in html(visitor, HOME)


def test_a_link_that_somebody_else_asked_for_confirms_nothing(visitor: Client, saleor: FakeSaleor) -> None:
    visitor.post(REGISTER, {**NEW, "nieuw-password": OTHER})
    answer = visitor.post(CONFIRM, {"email": EMAIL, "token": KEY, "password": PASSWORD})
    assert answer.status_code == 422
    assert "Dit is niet het wachtwoord waarmee dit account gevraagd werd" in answer.content.decode()
    assert not saleor.customers[EMAIL].confirmed
    assert visitor.post(CONFIRM, {"email": EMAIL, "token": "other", "password": OTHER}).status_code == 404


def test_nothing_tells_whether_an_address_has_an_account(visitor: Client, an: FakeCustomer, saleor: FakeSaleor) -> None:
    def told(path: str, given: dict[str, str], email: str) -> str:
        page = visitor.post(path, given).content.decode().replace(email, "…")
        return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page)

    for path, name, more in (
        (REGISTER, "nieuw-email", NEW),
        ("/nl/account/wachtwoord-vergeten/", "email", {}),
        (LOGIN, "email", {"password": OTHER}),
    ):
        unknown = f"nobody-{len(path)}@voorbeeld.be"
        assert told(path, {**more, name: EMAIL}, EMAIL) == told(path, {**more, name: unknown}, unknown)
    assert saleor.mailed == [("confirm", "nobody-24@voorbeeld.be"), ("password", EMAIL)]


def test_an_answer_that_may_depend_on_it_takes_as_long_for_all(visitor: Client, an: FakeCustomer) -> None:
    waited: list[float] = []
    with mock.patch.object(gate, "SECONDS", 5), mock.patch("time.sleep", waited.append):
        for email in (EMAIL, "nobody@voorbeeld.be"):
            log_in(visitor, email, OTHER)
    assert len(waited) == 2
    assert all(4 < seconds <= 5 for seconds in waited)


def test_whoever_guesses_is_stopped_by_address_and_is_told_the_same_for_any(visitor: Client, an: FakeCustomer) -> None:
    for email in (EMAIL, "nobody@voorbeeld.be"):
        answers = [log_in(visitor, email, OTHER) for _ in range(11)]
        assert [answer.status_code for answer in answers] == [422] * 10 + [429]
        assert "te vaak geprobeerd" in answers[-1].content.decode()
    assert log_in(visitor).status_code == 429  # the right one too
    assert [visitor.post(REGISTER, NEW).status_code for _ in range(5)] == [200] * 4 + [429]


def test_a_login_has_another_visit_and_the_browser_holds_nothing_but_its_name(
    visitor: Client, an: FakeCustomer
) -> None:
    fill(visitor)
    before = visitor.cookies["sg_shop"].value
    log_in(visitor)
    assert visitor.cookies["sg_shop"].value != before
    assert set(visitor.cookies) <= {"sg_shop", "sg_shop_csrf", "messages"}
    assert an.token not in str(visitor.cookies)


def test_staff_of_saleor_has_no_account_here(visitor: Client, an: FakeCustomer) -> None:
    an.staff = True
    assert "horen niet bij elkaar" in log_in(visitor).content.decode()


def test_one_comes_back_to_where_one_was_led_from_and_nowhere_else(visitor: Client, an: FakeCustomer) -> None:
    assert log_in(visitor, verder="/nl/account/adressen/")["Location"] == "/nl/account/adressen/"
    visitor.post("/nl/account/uitloggen/")
    assert log_in(visitor, verder="https://elsewhere.example/")["Location"] == HOME


def test_logging_out_leaves_nothing_of_the_visit(customer: Client, an: FakeCustomer) -> None:
    fill(customer)
    customer.post("/nl/account/uitloggen/")
    assert "Je mandje is leeg" in html(customer, "/nl/mandje/")
    assert "Ik heb een account" in html(customer, HOME)


def test_a_login_that_was_ended_elsewhere_is_over_and_says_so(customer: Client, an: FakeCustomer) -> None:
    an.logins += 1
    page = html(customer, "/nl/account/adressen/")
    assert "Je bent uitgelogd. Log opnieuw in" in page
    assert fill(customer).status_code == 302  # and buys on as a guest


def test_the_access_token_is_renewed_and_once_that_is_refused_the_login_is_over(
    customer: Client, an: FakeCustomer, saleor: FakeSaleor
) -> None:
    with mock.patch("shop.login.time", return_value=10.0**10):
        assert "Dag An" in html(customer, HOME)
    assert "tokenRefresh" in saleor.operations()
    an.logins += 1
    with mock.patch("shop.login.time", return_value=10.0**11):
        assert "Ik heb een account" in html(customer, HOME)


# Passwords and addresses


def test_a_password_by_mail_logs_in_and_ends_every_other_login(customer: Client, an: FakeCustomer) -> None:
    elsewhere = browser()
    given = {"email": EMAIL, "token": KEY}
    assert EMAIL in elsewhere.get(RESET, given).content.decode()
    assert "te kort" in elsewhere.post(RESET, {**given, "password": "kort"}).content.decode()
    answer = elsewhere.post(RESET, {**given, "password": OTHER}, follow=True)
    assert "Overal elders ben je uitgelogd" in answer.content.decode()
    assert "Je bent uitgelogd" in html(customer, HOME)
    assert elsewhere.post(RESET, {**given, "token": "used", "password": OTHER}).status_code == 404


def test_another_password_takes_the_former_one(customer: Client, an: FakeCustomer) -> None:
    page = "/nl/account/wachtwoord/"
    assert "Dit is niet je wachtwoord." in customer.post(page, {"old": OTHER, "new": OTHER}).content.decode()
    assert "te kort" in customer.post(page, {"old": PASSWORD, "new": "kort"}).content.decode()
    before = an.logins
    assert customer.post(page, {"old": PASSWORD, "new": OTHER}).status_code == 302
    assert (an.password, an.logins) == (OTHER, before + 1)
    assert "Dag An" in html(customer, HOME)


def test_another_address_is_proven_by_its_own_mail_and_logs_out(
    customer: Client, an: FakeCustomer, saleor: FakeSaleor
) -> None:
    page = "/nl/account/e-mailadres/"
    wanted = {"email": "an@elders.be", "password": OTHER}
    assert "Dit is niet je wachtwoord." in customer.post(page, wanted).content.decode()
    customer.post(page, {**wanted, "password": PASSWORD})
    assert saleor.mailed == [("email", "an@elders.be")]
    link = "/nl/account/nieuw-adres/"
    assert "Ja, verander het" in customer.get(link, {"token": KEY}).content.decode()
    assert EMAIL in saleor.customers
    assert customer.post(link, {"key": "other"}).status_code == 404
    assert customer.post(link, {"key": KEY})["Location"] == LOGIN
    assert "an@elders.be" in saleor.customers


ADDRESS = {
    "shipping-first_name": "An",
    "shipping-last_name": "Peeters",
    "shipping-street": "Kouter 12",
    "shipping-postal_code": "9000",
    "shipping-city": "Gent",
    "shipping-country": "BE",
}


def test_addresses_are_kept_and_offered_at_the_checkout(customer: Client, an: FakeCustomer) -> None:
    new = "/nl/account/adressen/nieuw/"
    assert customer.post(new, {**ADDRESS, "shipping-postal_code": "90"}).status_code == 422
    customer.post(new, ADDRESS)
    customer.post(new, {**ADDRESS, "shipping-street": "Veldstraat 1", "shipping-city": "Aalst"})
    assert [one["isDefaultShippingAddress"] for one in an.addresses] == [True, False]
    fill(customer)
    page = html(customer, "/nl/afrekenen/")
    assert f"Je bent ingelogd als <strong>{EMAIL}</strong>." in page
    assert f'value="{EMAIL}"' in page
    customer.post("/nl/afrekenen/?stap=contact", {"email": EMAIL})
    page = html(customer, "/nl/afrekenen/")
    assert 'value="Kouter 12"' in page
    assert 'value="Veldstraat 1"' in html(customer, "/nl/afrekenen/?stap=adres&adres=Address%3A2")
    one = "/nl/account/adressen/Address:2/"
    customer.post(one, {"step": "first"})
    assert [kept["isDefaultShippingAddress"] for kept in an.addresses] == [False, True]
    customer.post(one, {**ADDRESS, "step": "keep", "shipping-street": "Markt 3"})
    assert an.addresses[1]["streetAddress1"] == "Markt 3"
    customer.post(one, {"step": "take_out"})
    assert [kept["id"] for kept in an.addresses] == ["Address:1"]
    assert customer.get(one).status_code == 404


def test_names_are_the_customers_own(customer: Client, an: FakeCustomer) -> None:
    page = "/nl/account/gegevens/"
    assert customer.post(page, {"first_name": "", "last_name": "P", "language": "nl"}).status_code == 422
    customer.post(page, {"first_name": "Anna", "last_name": "P", "language": "nl"})
    assert (an.first_name, an.last_name) == ("Anna", "P")


# Orders


def test_orders_are_told_with_their_parts_and_how_far_each_is(customer: Client, fulfilment: FakeFulfilment) -> None:
    fulfilment.orders = golden("storefront_customer_orders.v1.json")["orders"]
    page = html(customer, HOME)
    assert "Bestelling 42 · 23 november 2026" in page
    assert "Labeur: in de maak" in page
    assert "/nl/volgen/good-token/" in page
    assert "€ 575,50" in page


def test_the_account_stands_without_fulfilment(customer: Client, fulfilment: FakeFulfilment) -> None:
    fulfilment.answer = httpx2.ConnectError("away")
    assert "Je bestellingen kunnen we nu even niet tonen" in html(customer, HOME)


def test_what_was_ordered_is_in_the_basket_again_and_what_is_gone_is_said(
    customer: Client, fulfilment: FakeFulfilment, saleor: FakeSaleor
) -> None:
    fulfilment.orders = golden("storefront_customer_orders.v1.json")["orders"]
    page = customer.post("/nl/account/bestelling/42/opnieuw/", follow=True).content.decode()
    assert "Dit verkopen we nu niet, of er zijn er niet genoeg: Weg." in page
    assert 'value="2"' in page
    assert saleor.variables_of("checkoutCreate")["input"]["lines"] == [{"variantId": "Variant:SG-001-0", "quantity": 2}]
    assert customer.post("/nl/account/bestelling/7/opnieuw/")["Location"] == HOME


# Baskets


def test_a_guests_basket_becomes_the_accounts(visitor: Client, an: FakeCustomer) -> None:
    fill(visitor)
    log_in(visitor)
    assert an.checkout == "Checkout:1"
    assert "Koord" in html(visitor, "/nl/mandje/")


def test_two_baskets_are_one_after_the_login_and_every_device_has_it(customer: Client, an: FakeCustomer) -> None:
    fill(customer)
    elsewhere = browser()
    elsewhere.post("/nl/product/strik/", {"variant": "Variant:SG-006-0", "quantity": "2"})
    page = log_in_and_see(elsewhere)
    assert "Wat je hier koos, ligt nu bij wat je al in je mandje had." in page
    for device in (customer, elsewhere):
        page = html(device, "/nl/mandje/")
        assert ("Koord" in page, "Strik" in page) == (True, True)
    assert an.checkout == "Checkout:1"


def log_in_and_see(client: Client) -> str:
    answer = client.post(LOGIN, {"email": EMAIL, "password": PASSWORD}, follow=True)
    return str(answer.content.decode())


def test_what_does_not_fit_is_said(customer: Client, an: FakeCustomer, saleor: FakeSaleor) -> None:
    fill(customer)
    elsewhere = browser()
    fill(elsewhere)
    saleor.refuse["checkoutLinesAdd"] = [{"field": "quantity", "code": "INSUFFICIENT_STOCK", "message": ""}]
    assert "Dit paste er niet meer bij, omdat er niet genoeg van zijn: Koord." in log_in_and_see(elsewhere)


def test_a_basket_that_began_elsewhere_after_the_login_is_found(customer: Client, an: FakeCustomer) -> None:
    elsewhere = browser()
    log_in(elsewhere)
    fill(elsewhere)
    assert "Koord" in html(customer, "/nl/mandje/")


# Wishes


def test_wishes_of_a_guest_stand_in_the_visit_and_join_the_accounts(visitor: Client, an: FakeCustomer) -> None:
    page = "/nl/account/wensen/"
    an.wishes = ["SG-003", "SG-404"]
    visitor.post(page, {"keep": "SG-001"})
    visitor.post(page, {"keep": "SG-999"})  # no product of ours
    assert "staat alleen in deze browser" in html(visitor, page)
    log_in(visitor)
    assert an.wishes == ["SG-001", "SG-003", "SG-404"]
    shown = html(visitor, page)
    assert ("Koord" in shown, "Zit" in shown) == (True, True)
    assert "Eén ding op je lijst verkopen we niet meer." in shown
    visitor.post(page, {"take_out": "SG-404"})
    assert an.wishes == ["SG-001", "SG-003"]


def test_a_product_has_a_button_for_the_list(visitor: Client) -> None:
    assert 'formaction="/nl/account/wensen/" name="keep" value="SG-001"' in html(visitor, "/nl/product/koord/")


@pytest.mark.parametrize("site", ["same-origin", "cross-site"])
def test_a_wish_is_taken_from_our_own_pages_alone_without_a_token(visitor: Client, site: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/nl/account/wensen/", {"keep": "SG-001"}, headers={"Sec-Fetch-Site": site})
    ours = site == "same-origin"
    assert answer.status_code == (302 if ours else 403)
    assert ("Koord" in html(strict, "/nl/account/wensen/")) == ours


@pytest.mark.parametrize("page", ["/nl/product/koord/", "/nl/product/strik/"])
def test_neither_the_button_nor_the_way_to_the_account_makes_a_page_somebodys(customer: Client, page: str) -> None:
    shown = html(customer, page)
    assert "csrf" not in shown
    assert EMAIL not in shown
    assert '<li><a href="/nl/account/">Account</a></li>' in shown


@pytest.mark.parametrize(
    ("address", "heading"), [("/en/account/log-in/", "I am new"), ("/fr/compte/connexion/", "vos envies")]
)
def test_the_account_is_there_in_each_language(visitor: Client, address: str, heading: str) -> None:
    assert heading in html(visitor, address)


# What we have of somebody


def test_everything_is_given_in_one_file_to_who_types_the_password(customer: Client) -> None:
    page = "/nl/account/mijn-gegevens/"
    assert customer.post(page, {"password": OTHER}).status_code == 422
    answer = customer.post(page, {"password": PASSWORD})
    assert answer["Content-Disposition"].startswith('attachment; filename="mijn-gegevens-')
    assert json.loads(answer.content) == {"over": EMAIL}


def test_an_account_is_deleted_in_two_steps_and_what_stays_is_said(
    customer: Client, an: FakeCustomer, fulfilment: FakeFulfilment
) -> None:
    first, second = "/nl/account/verwijderen/", "/nl/account/verwijderen/good-key/"
    assert customer.post(first, {"password": OTHER}).status_code == 422
    assert "Kijk in je mailbox" in customer.post(first, {"password": PASSWORD}).content.decode()
    assert {"deletion": an.token} in fulfilment.given
    page = html(customer, second)
    assert "Bestelling 42: ze wordt gemaakt" in page
    assert "De wet wil dat we bedragen" in page
    assert fulfilment.forgotten == []  # opening the link did nothing
    assert "Je account is weg" in customer.post(second).content.decode()
    assert fulfilment.forgotten == ["good-key"]
    assert "Ik heb een account" in html(customer, HOME)
    assert customer.get("/nl/account/verwijderen/other/").status_code == 404
