"""Somebody of a workshop with a browser, for tests of what they see and press."""

import re
from collections.abc import Mapping
from urllib.parse import urlencode

from django.test import Client
from django.urls import reverse

from fulfilment.partners.models import Partner, User
from tests.support import rows, workshop


def bench(slug: str = "compaan") -> tuple[Partner, User, Client]:
    """A workshop, its coach, and a browser in which the coach is logged in."""
    partner = rows.partner(slug)
    coach = workshop.member(partner)
    client = Client()
    client.force_login(coach)
    return partner, coach, client


def page(client: Client, name: str, *args: str, query: Mapping[str, str | int] | None = None) -> str:
    answer = client.get(f"{reverse(f'portal:{name}', args=args)}?{urlencode(query or {})}", follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def press(client: Client, name: str, *args: str, **body: object) -> str:
    """Press a button and read the page that follows."""
    answer = client.post(reverse(f"portal:{name}", args=args), body, follow=True)
    assert answer.status_code in (200, 422)
    return answer.content.decode()


def form_of(text: str) -> dict[str, str]:
    """The hidden fields of the form on a page, as a browser would send them."""
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', text))
