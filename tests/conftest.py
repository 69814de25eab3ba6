"""What holds for every test: nothing is queued at a real broker, nothing is remembered from the test before, and no
other machine is asked while a transaction of ours is open."""

import gc
import os
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any
from unittest import mock

import httpcore2
import hypothesis
import pytest
from django.conf import settings
from django.test import TransactionTestCase, override_settings
from pytest_django import DjangoDbBlocker

from fulfilment.gateways import mailbox
from fulfilment.gateways.neighbours import MAIL, SALEOR, SHOP, STRIPE, VALKEY, VIES
from fulfilment.gateways.saleor.client import SaleorClient
from fulfilment.gateways.stripe import api
from fulfilment.postgres.base import POSTGRES
from tests.support.outside import asked_from_outside_of_transactions

OURS = os.environ.get("DJANGO_SETTINGS_MODULE") == "fulfilment.config.settings"
"""Whether fulfilment is tried; the shop is by settings of its own, without any of fulfilment's tables."""


hypothesis.settings.register_profile("untimed", hypothesis.settings(), deadline=None)
hypothesis.settings.load_profile("untimed")  # how long an example takes says how busy the machine is


COLLECTED_AFTER = 20_000
"""Objects more than before, until the collector looks which of them nobody knows any more."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--everything",
        action="store_true",
        help="also what takes long: every death of tests/killing, every page everywhere",
    )


@pytest.fixture(autouse=True)
def _only_when_asked(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("everything") and not request.config.getoption("--everything"):
        pytest.skip("takes long: --everything")


@pytest.fixture(autouse=True)
def queued() -> Iterator[list[tuple[str, str]]]:
    """What was queued for a worker, as (kind, object)."""
    found: list[tuple[str, str]] = []
    if not OURS:
        yield found
        return
    from fulfilment.flows import dispatch

    def queue(kind: str, object_id: str, *_how: object) -> None:
        found.append((kind, object_id))

    with mock.patch.object(dispatch, "_queue", queue):
        yield found


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """What is there before the first test stays to the end: the collector need not walk through it again and again.

    Nor need it look for what the tests leave every few hundred objects: a page makes thousands, and all but few go by
    themselves.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(COLLECTED_AFTER)
        gc.enable()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_blocker: DjangoDbBlocker) -> None:
    """The gate's runs go side by side, and one makes the tables for all."""
    template = os.environ.get("TEST_DATABASE_TEMPLATE")
    if OURS and template:
        from tests.support.template import copied_from

        with django_db_blocker.unblock():
            copied_from(template)


@pytest.fixture(scope="session", autouse=True)
def _emptied_quickly() -> Iterator[None]:
    """A test that commits leaves no rows behind; only tables that hold some are emptied, since there are many."""
    if not OURS:
        yield
        return
    from tests.support import tables

    def emptied(_case: TransactionTestCase) -> None:
        tables.restore({})

    with mock.patch.object(TransactionTestCase, "_fixture_teardown", emptied):
        yield


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """What makes guessing slow made a third of the time of all tests."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(scope="session", autouse=True)
def _authorities_read_once() -> Iterator[None]:
    """Whom to trust is read from a long file for every client that is made, and it is the same file."""
    with mock.patch.object(httpcore2, "default_ssl_context", cache(httpcore2.default_ssl_context)):
        yield


@pytest.fixture(autouse=True)
def _nothing_known_of_neighbours() -> None:
    """That a machine hung in the test before is forgotten."""
    for neighbour in (SALEOR, STRIPE, MAIL, SHOP, VALKEY, VIES, POSTGRES):
        neighbour.forget()


@pytest.fixture(autouse=True)
def _one_step() -> Iterator[None]:
    """People log in with their password alone, as in the demo; the tests of the second step switch it on."""
    with mock.patch.object(settings, "SECOND_FACTOR_REQUIRED", False, create=True):
        yield


@pytest.fixture(autouse=True)
def _nothing_held() -> Iterator[None]:
    """The real gateways look as well; the stand-ins do by themselves."""

    def looking(real: Callable[..., Any]) -> Callable[..., Any]:
        def ask(*args: Any, **kwargs: Any) -> Any:
            asked_from_outside_of_transactions()
            return real(*args, **kwargs)

        return ask

    with (
        mock.patch.object(SaleorClient, "_answered", looking(SaleorClient._answered)),
        mock.patch.object(api, "_asking", looking(api._asking)),
        mock.patch.object(mailbox, "send", looking(mailbox.send)),
    ):
        yield
