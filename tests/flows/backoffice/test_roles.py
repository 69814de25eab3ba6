"""Every address of the back office, tried by everybody: whoever has the role for it comes in, and nobody else does.

The addresses are those of the site itself, so that a new one cannot be forgotten.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver, resolve, reverse

from fulfilment.entrypoints.backoffice import roles
from fulfilment.entrypoints.backoffice.roles import ACCESS, NOBODY
from fulfilment.entrypoints.backoffice.urls import back_office
from fulfilment.ledger.models import Entry
from fulfilment.partners.models import User
from tests.support import rows
from tests.support.furnished import House
from tests.support.pages import told
from tests.support.portal import bench

pytestmark = pytest.mark.django_db

LOGIN = ("login",)
"""What is open to whoever is not logged in."""
ANY = {"object_id": "0", "content_type_id": "1", "payout": "out-0", "app_label": "orders"}
"""What stands in an address, where no number will do: rows that there are not, since the role is asked first."""


def walk(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from walk(one.url_patterns, prefix + str(one.pattern))
        else:
            yield prefix + str(one.pattern), one


@cache
def doors() -> list[URLPattern]:
    """Of all addresses; the site makes them anew for whoever asks."""
    return [pattern for _route, pattern in walk(back_office.urls[0])]


def named() -> list[str]:
    found = {pattern.name for pattern in doors() if pattern.name}
    return sorted(found - set(LOGIN))


@cache
def address(name: str) -> str:
    [pattern] = [pattern for pattern in doors() if pattern.name == name]
    given = {word: ANY.get(word, 0) for word in pattern.pattern.converters}
    if name == "app_list":
        given = {"app_label": "orders"}
    return reverse(f"backoffice:{name}", kwargs=given)


def logged_in(role: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(rows.user(f"{role}@example.com", role=role))
    return client


def is_refused(answer: Any) -> bool:
    """Whether it was for the role: what is let through may still refuse what it is asked."""
    return answer.status_code == 403 and "Dit hoort niet bij jouw rol" in told(answer)


@pytest.fixture(scope="module")
def names() -> list[str]:
    return named()


def test_every_address_is_given_its_roles() -> None:
    assert set(named()) == set(ACCESS)


def test_what_has_no_name_is_djangos_and_leads_elsewhere() -> None:
    unnamed = [route for route, pattern in walk(back_office.urls[0]) if not pattern.name]
    assert all(route.endswith("<path:object_id>/") or route == "(?P<url>.*)$" for route in unnamed)


@pytest.mark.parametrize("role", User.StaffRole.values)
def test_each_role_comes_where_it_may_and_nowhere_else(role: str, names: list[str]) -> None:
    client = logged_in(role)
    seen, done = set(), set()
    for name in names:
        if name == "logout":
            continue
        if not is_refused(client.get(address(name))):
            seen.add(name)
        if not is_refused(client.post(address(name))):
            done.add(name)

    assert seen == {name for name in names if name != "logout" and role in ACCESS[name].see}
    assert done == {name for name in names if name != "logout" and role in ACCESS[name].act}


def test_nobody_else_comes_anywhere(names: list[str]) -> None:
    _partner, _coach, coach = bench()
    stranger = Client()
    for name in names:
        for client in (stranger, coach) if name != "logout" else ():
            for answer in (client.get(address(name)), client.post(address(name))):
                assert answer.status_code == 302, name
                assert answer["Location"].startswith(reverse("backoffice:login")), name
    assert coach.get(reverse("backoffice:login")).status_code == 403


def test_an_address_that_nobody_was_given_is_nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(roles.ACCESS, "balances")
    assert logged_in("operator").get(reverse("backoffice:balances")).status_code == 403
    assert ACCESS.get("balances") is None


def test_who_may_not_reads_why() -> None:
    text = told(logged_in("reader").post(reverse("backoffice:payouts_batch_create")))
    assert "Dit hoort niet bij jouw rol" in text
    assert "Meelezer" in text


def test_the_menu_shows_the_rooms_of_ones_role() -> None:
    assert "Uitbetalen" in told(logged_in("finance").get(reverse("backoffice:index")))
    support = told(logged_in("support").get(reverse("backoffice:index")))
    assert "Uitbetalen" not in support
    assert "Gebruikers" not in support


def pages(house: House) -> Iterator[tuple[str, str]]:
    """The pages that show something, by the names of their addresses: lists, and a row of each room."""
    rooms: dict[str, Model] = {
        "orders_order": house.order,
        "inbox_openissue": house.issue,
        "payments_payment": house.payment,
        "payouts_batch": house.batch,
        "agreements_agreement": house.lamp,
        "partners_partner": house.labeur,
        "companies_company": house.company,
        "partners_user": User.objects.create_user("somebody@example.com"),
    }
    for name in ("index", "balances", "payouts_batch_plan", "discounts"):
        yield name, reverse(f"backoffice:{name}")
    for room, row in rooms.items():
        yield f"{room}_changelist", reverse(f"backoffice:{room}_changelist")
        yield f"{room}_change", reverse(f"backoffice:{room}_change", args=[row.pk])
    yield "ledger_entry_changelist", reverse("backoffice:ledger_entry_changelist")
    yield "ledger_entry_change", reverse("backoffice:ledger_entry_change", args=[Entry.objects.all()[0].pk])


def name_at(found: str, page: str) -> str | None:
    """The name of the address in the back office to which a link or a form leads; None where it leads elsewhere."""
    path = urlsplit(urljoin(page, found)).path
    return resolve(path).url_name if path.startswith("/backoffice/") else None


@pytest.mark.parametrize("role", User.StaffRole.values)
def test_no_page_offers_anybody_what_they_may_not(role: str, house: House) -> None:
    client = logged_in(role)
    for name, page in pages(house):
        if role not in ACCESS[name].see:
            continue
        text = told(client.get(page))
        text = re.sub(
            r'<form [^>]*id="changelist-form".*?>', "", text
        )  # Django's, for actions, of which there are none
        text = re.sub(r'<form (?=[^>]*id="[a-z]+_form")(?![^>]*action=)', f'<form action="{page}" ', text)
        links = {name_at(found, page) for found in re.findall(r'<a [^>]*href="([^"]+)"', text)}
        forms = {
            name_at(found, page)
            for tag in re.findall(r'<form [^>]*method="post"[^>]*>', text)
            for found in re.findall(r'action="([^"]*)"', tag) or [page]
        }
        forms |= {name_at(found, page) for found in re.findall(r'formaction="([^"]+)"', text)}
        assert {link for link in links if link and role not in ACCESS[link].see} == set(), page
        if name.endswith("_change") and 'name="_save"' not in text:
            forms -= {name}  # a form of Django's without a button only shows
        assert {form for form in forms if form and role not in ACCESS[form].act} == set(), page


def test_every_role_does_something_and_a_reader_nothing() -> None:
    does = {role: {name for name, access in ACCESS.items() if role in access.act} for role in User.StaffRole.values}
    assert does["reader"] == {"logout"}
    assert does["operator"] == {name for name, access in ACCESS.items() if access.act != NOBODY}
    assert does["finance"] - does["support"]
    assert does["support"] - does["finance"]
