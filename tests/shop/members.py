"""People of the played company, who are logged in."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.test import Client

from shop.account import gate
from tests.shop.buying import browser
from tests.shop.fake_accounts import PASSWORD, FakeCustomer
from tests.shop.fake_companies import COMPANY, INVITED
from tests.shop.fakes import FakeSaleor

AN, BO, CIS = "an@voorbeeld.be", "bo@voorbeeld.be", INVITED
"""The administrator, a buyer, and who is invited."""
PAGE = f"/nl/zakelijk/bedrijf/{COMPANY}/"
MINE = "/nl/zakelijk/mijn-bedrijven/"


@contextmanager
def at_once() -> Iterator[None]:
    """A login takes no longer than it needs."""
    with mock.patch.object(gate, "SECONDS", 0):
        yield


def logged_in(saleor: FakeSaleor, email: str) -> Client:
    """Somebody with an account, in a browser of their own."""
    saleor.customers.setdefault(email, FakeCustomer(email))
    client = browser()
    assert log_in(client, email).status_code == 302
    return client


def log_in(client: Client, email: str, **more: str) -> Any:
    return client.post("/nl/account/inloggen/", {"email": email, "password": PASSWORD, **more})


def html(client: Client, path: str) -> str:
    """A page as it is read, wherever its address leads."""
    return client.get(path, follow=True).content.decode().replace("\N{NO-BREAK SPACE}", " ")
