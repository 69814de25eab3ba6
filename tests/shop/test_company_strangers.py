"""Every address of a company, asked by everybody who has no business there: nobody, another customer, a former member,
a member of another company, and who is invited and did not come."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse, translate_url

from shop.business.urls import urlpatterns
from tests.shop import members
from tests.shop.buying import browser
from tests.shop.fake_companies import COMPANY, KEY
from tests.shop.fake_fulfilment import FakeFulfilment
from tests.shop.fakes import FakeSaleor
from tests.shop.members import AN, BO, CIS, MINE, PAGE, logged_in

PUBLIC = {"about", "terms", "apply", "invitation", "mine"}
"""What anybody may open: ``mine`` shows each their own."""
THERE = {"company_id": COMPANY, "key": KEY, "invited": "inv_1", "member": "mem_2", "place": "adr_1"}
FOR_ADMINISTRATORS = {"invite", "withdraw_invitation", "change_member"}
FOR_WHO_KEEPS_ADDRESSES = {"add_address", "change_address", "remove_address"}
SECRETS = ("Hotel Voorbeeld", "0123.456.749", "159,25", "1.250,50", BO, "Ontvangst", "Voorbeeldkaai 2")
OTHER = "com_of_others"


def address(name: str, **known: str) -> str:
    route = next(one for one in urlpatterns if one.name == name)
    words = {word: {**THERE, **known}[word] for word in route.pattern.converters}
    return reverse(f"business:{name}", kwargs=words)


CLOSED = [str(one.name) for one in urlpatterns if one.name not in PUBLIC]


@pytest.fixture(autouse=True)
def _at_once() -> Iterator[None]:
    with members.at_once():
        yield


@pytest.fixture
def strangers(saleor: FakeSaleor, fulfilment: FakeFulfilment) -> dict[str, Client]:
    golden = fulfilment.companies.companies[COMPANY]
    theirs = {**golden, "id": OTHER, "name": "Elders", "members": [{**golden["members"][0], "email": "els@elders.be"}]}
    fulfilment.companies.companies[OTHER] = {**theirs, "invitations": [], "addresses": [], "divisions": []}
    found = {
        "another customer": logged_in(saleor, "dirk@voorbeeld.be"),
        "a former member": logged_in(saleor, BO),
        "an administrator of another company": logged_in(saleor, "els@elders.be"),
        "who is invited": logged_in(saleor, CIS),
    }
    assert found["a former member"].get(PAGE).status_code == 200
    golden["members"] = golden["members"][:1]
    return found


def asked(client: Client, path: str) -> list[Any]:
    return [client.get(path), client.head(path), client.post(path, {"role": "administrator", "email": "x@example.com"})]


@pytest.mark.parametrize("name", CLOSED)
@pytest.mark.parametrize("language", ["nl", "en", "fr"])
def test_to_strangers_a_company_is_as_little_there_as_one_that_never_was(
    strangers: dict[str, Client], fulfilment: FakeFulfilment, name: str, language: str
) -> None:
    path = translate_url(address(name), language)
    nowhere = path.replace(COMPANY, "com_that_never_was")
    for who, client in strangers.items():
        for answer, none in zip(asked(client, path), asked(client, nowhere), strict=True):
            assert (answer.status_code, none.status_code) == (404, 404), who
            page = answer.content.decode()
            assert [told for told in SECRETS if told in page] == [], who
    assert fulfilment.companies.given == []


@pytest.mark.parametrize("name", CLOSED)
def test_nobody_is_asked_to_log_in_and_learns_nothing(
    strangers: dict[str, Client], fulfilment: FakeFulfilment, name: str
) -> None:
    there, nowhere = address(name), address(name, company_id="com_that_never_was")
    before = len(fulfilment.requests)
    for path in (there, nowhere):
        for answer in asked(browser(), path):
            assert answer["Location"].startswith("/nl/account/inloggen/")
    assert len(fulfilment.requests) == before  # nobody was even asked about it


def test_another_companys_administrator_reaches_nothing_by_their_own_address(
    strangers: dict[str, Client], fulfilment: FakeFulfilment
) -> None:
    els = strangers["an administrator of another company"]
    for name in ("withdraw_invitation", "change_member", "remove_member", "change_address", "remove_address"):
        for answer in asked(els, address(name, company_id=OTHER)):
            assert answer.status_code == 404, name
    assert fulfilment.companies.given == []


@pytest.mark.parametrize("role", ["buyer", "approver", "bookkeeper"])
def test_a_role_reaches_what_it_may_do_and_no_more(saleor: FakeSaleor, fulfilment: FakeFulfilment, role: str) -> None:
    fulfilment.companies.companies[COMPANY]["members"][1]["role"] = role
    bo = logged_in(saleor, BO)
    refused = FOR_ADMINISTRATORS | (set() if role == "buyer" else FOR_WHO_KEEPS_ADDRESSES)
    for name in CLOSED:
        expected = 404 if name in refused else 200
        assert bo.get(address(name)).status_code == expected, name
        if expected == 404:
            assert bo.post(address(name), {"role": "buyer", "email": "x@example.com"}).status_code == 404, name
    assert fulfilment.companies.given == []


def test_a_login_that_ended_elsewhere_opens_nothing(saleor: FakeSaleor, fulfilment: FakeFulfilment) -> None:
    an = logged_in(saleor, AN)
    saleor.customers[AN].logins += 1
    for name in CLOSED:
        assert an.get(address(name))["Location"].startswith("/nl/account/inloggen/")


def test_two_people_at_once_see_each_their_own_company(
    strangers: dict[str, Client], saleor: FakeSaleor, fulfilment: FakeFulfilment
) -> None:
    people = [
        (logged_in(saleor, AN), COMPANY, "Hotel Voorbeeld"),
        (logged_in(saleor, "els@elders.be"), OTHER, "Elders"),
    ]

    def looks(which: int) -> set[tuple[int, bool, bool]]:
        client, company, name = people[which]
        other = people[1 - which][2]
        found = set()
        for _time in range(6):
            for path in (MINE, address("company", company_id=company), address("prices", company_id=company)):
                answer = client.get(path)
                page = answer.content.decode()
                found.add((answer.status_code, name in page, other in page))
        return found

    with ThreadPoolExecutor(4) as together:
        assert set().union(*together.map(looks, [0, 1] * 4)) == {(200, True, False)}


def test_what_a_member_read_is_in_no_page_that_others_get(saleor: FakeSaleor, fulfilment: FakeFulfilment) -> None:
    an = logged_in(saleor, AN)
    for name in CLOSED:
        an.get(address(name))
    for path in ("/nl/zakelijk/", "/nl/", "/nl/product/koord/", "/nl/zakelijk/voorwaarden/"):
        for client in (an, browser()):
            page = client.get(path).content.decode()
            assert [told for told in SECRETS if told in page] == [], path
