"""Whose session ended before a button was pressed reads that nothing happened, and finds the page with the button."""

from collections.abc import Iterator
from urllib.parse import parse_qsl

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from fulfilment.partners.models import User
from fulfilment.production.models import Task
from tests.support import rows, workshop
from tests.support.pages import told
from tests.support.second_step import PASSWORD, log_in

pytestmark = pytest.mark.django_db

NOTHING_HAPPENED = "Je was uitgelogd. Wat je net verstuurde, is niet gebeurd: doe het opnieuw."
FOR_PROGRAMS = ("hooks/", "saleor/", "api/")
ANY = {"slug": "x", "int": 1, "path": "1", "str": "x"}
"""What stands in an address, by the kind of the word."""


def log_in_again(client: Client, user: User, address: str) -> str:
    """Press a button without a session, and log in on the page that one is led to; where that leads in the end."""
    asked = client.post(address, follow=True)
    assert NOTHING_HAPPENED in told(asked)
    login, query = asked.redirect_chain[-1][0].split("?")
    known = {"login": user.email, "password": PASSWORD}
    back = client.post(login, known | dict(parse_qsl(query)), follow=True)
    assert back.status_code == 200
    return str(back.redirect_chain[-1][0])


def test_at_the_bench_one_finds_the_task_as_it_was() -> None:
    coach = rows.user("coach@compaan.example")
    compaan = rows.partner("compaan")
    coach.memberships.create(partner=compaan, role="worker")
    work = workshop.task(compaan)

    page = log_in_again(Client(), coach, reverse("portal:accept", args=[work.public_id]))

    work.refresh_from_db()
    assert work.state == Task.State.WAITING
    assert page == reverse("portal:task", args=[work.public_id])


@pytest.mark.parametrize("name", ["end_other_sessions", "end_session"])
def test_where_one_is_logged_in_is_shown_again_before_any_of_it_is_ended(name: str) -> None:
    coach = rows.user("coach@compaan.example")
    there = log_in(coach)
    session = there.get(reverse("sessions")).context["sessions"][0]
    address = reverse(name, args=[session.id] if name == "end_session" else [])

    assert log_in_again(Client(), coach, address) == reverse("sessions")
    assert there.get(reverse("sessions")).status_code == 200


def test_whoever_logs_out_was_not_sent_away() -> None:
    client = log_in(rows.user("coach@compaan.example"))
    assert NOTHING_HAPPENED not in told(client.post(reverse("account_logout"), follow=True))


def addresses(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    """A path of every address of the site map that is written as one."""
    for one in patterns:
        route = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, route)
        elif "(?P" not in route:
            for name, converter in one.pattern.converters.items():
                kind = type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
                route = route.replace(f"<{kind}:{name}>", str(ANY[kind]))
            yield route


def test_no_address_of_people_is_a_dead_end_after_logging_in() -> None:
    """What is only for pressing leads to its page: 405 is an empty one."""
    boss = User.objects.create_superuser("boss@example.com")
    boss.memberships.create(partner=rows.partner("compaan"), role="coach")
    client = Client()
    client.force_login(boss)
    found = [one for one in addresses(get_resolver().url_patterns) if not one.startswith(FOR_PROGRAMS)]
    assert len(found) > 100

    dead = [one for one in found if client.get(f"/{one}").status_code == 405]

    assert dead == []
