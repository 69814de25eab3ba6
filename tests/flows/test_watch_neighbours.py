"""What is wrong at Saleor and Stripe themselves stands on the operator's list at the next look, and leaves it after."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from django.utils import timezone

from fulfilment.entrypoints import jobs
from fulfilment.entrypoints.backoffice.wording import what_to_do
from fulfilment.entrypoints.payment_app import app_manifest
from fulfilment.errors import GatewayError
from fulfilment.flows.watch_neighbours import watch_saleor, watch_stripe
from fulfilment.gateways.neighbours import said_at
from fulfilment.gateways.saleor.connect import connected
from fulfilment.gateways.saleor.values import SaleorApp
from fulfilment.inbox.models import OpenIssue
from fulfilment.outside import NO_ANSWER
from tests.support.bought import NOW, issues

pytestmark = pytest.mark.django_db

MANIFEST = app_manifest()
HOOKS = {hook["name"]: hook["targetUrl"] for hook in MANIFEST["webhooks"]}


@dataclass
class SaleorItself:
    """What Saleor says of our app, our plugin and the time."""

    permissions: frozenset[str] = frozenset(MANIFEST["permissions"])
    hooks: dict[str, str] = field(default_factory=lambda: dict(HOOKS))
    knows_us: bool = True
    is_on: bool = True
    told_at: datetime | None = NOW
    untold_since: datetime | None = None
    down: GatewayError | None = None

    def our_app(self, _identifier: str) -> SaleorApp | None:
        if self.down:
            raise self.down
        return SaleorApp(self.permissions, self.hooks, self.untold_since) if self.knows_us else None

    def plugin_is_on(self, _plugin: str) -> bool:
        return self.is_on


def look(saleor: Any) -> list[str]:
    watch_saleor(lambda: saleor, MANIFEST, now=NOW)
    return issues()


def test_where_all_is_well_nothing_is_on_the_list() -> None:
    assert look(SaleorItself()) == []


FAULTS: list[tuple[SaleorItself, str, str]] = [
    (SaleorItself(knows_us=False), "saleor_app", "Saleor kent onze app niet"),
    (SaleorItself(is_on=False), "saleor_hooks", "order_routing"),
    (SaleorItself(hooks={**HOOKS, "Orders": "https://elsewhere.example/"}), "saleor_hooks", "Orders"),
    (SaleorItself(hooks={}), "saleor_hooks", "Refund a payment"),
    (SaleorItself(permissions=frozenset({"MANAGE_ORDERS"})), "saleor_hooks", "HANDLE_PAYMENTS"),
    (SaleorItself(untold_since=NOW - timedelta(seconds=61)), "saleor_hooks", "de werker van Saleor staat stil"),
    (SaleorItself(told_at=NOW + timedelta(minutes=7)), "clock_off", "7 minuten voor"),
    (SaleorItself(told_at=NOW - timedelta(minutes=7)), "clock_off", "7 minuten achter"),
    (
        SaleorItself(down=GatewayError("no answer", retry=True, code=NO_ANSWER, at="Saleor")),
        "neighbour_away",
        "Saleor antwoordt niet",
    ),
]


@pytest.mark.parametrize(("saleor", "kind", "said"), FAULTS, ids=lambda given: given if isinstance(given, str) else "")
def test_what_is_wrong_in_saleor_is_told_with_what_to_do_until_it_is_over(
    saleor: SaleorItself, kind: str, said: str
) -> None:
    assert look(saleor) == [f"{kind}:neighbour:Saleor"]
    assert said in OpenIssue.objects.get().message
    assert what_to_do(kind)
    assert look(SaleorItself()) == []


@pytest.mark.parametrize("since", [timedelta(seconds=59), timedelta(hours=1)], ids=["under way", "lost long ago"])
def test_what_saleor_has_still_to_tell_is_no_fault_where_it_is_on_its_way_or_was_lost(since: timedelta) -> None:
    assert look(SaleorItself(untold_since=NOW - since)) == []


def test_how_long_saleor_did_not_tell_is_by_its_own_clock() -> None:
    behind = NOW - timedelta(minutes=1, seconds=30)
    assert look(SaleorItself(told_at=behind, untold_since=behind - timedelta(seconds=20))) == []


def test_an_app_that_was_never_installed_is_told_as_one_that_is_not_there() -> None:
    watch_saleor(connected, MANIFEST, now=NOW)
    assert issues() == ["saleor_app:neighbour:Saleor"]


def test_a_saleor_that_is_away_does_not_say_that_it_does_not_know_us() -> None:
    look(SaleorItself(knows_us=False))
    down = SaleorItself(down=GatewayError("no answer", retry=True))
    assert sorted(look(down)) == ["neighbour_away:neighbour:Saleor", "saleor_app:neighbour:Saleor"]
    assert look(SaleorItself()) == []


def stripe_that(told_at: Callable[[], datetime | None]) -> Any:
    return mock.Mock(told_at=told_at)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (GatewayError("no answer", retry=True, code=NO_ANSWER, at="Stripe"), "Stripe antwoordt niet."),
        (
            GatewayError("Invalid API key", retry=False, at="Stripe"),
            "Stripe weigerde wat we vroegen. Kijk de sleutel na",
        ),
    ],
)
def test_a_stripe_that_is_away_or_does_not_know_our_key_is_told_until_it_is_over(
    error: GatewayError, said: str
) -> None:
    watch_stripe(stripe_that(mock.Mock(side_effect=error)), now=NOW)
    assert issues() == ["neighbour_away:neighbour:Stripe"]
    assert said in OpenIssue.objects.get().message
    watch_stripe(stripe_that(lambda: NOW), now=NOW)
    assert issues() == []


def test_a_clock_at_stripe_that_is_off_is_told_and_one_that_says_nothing_is_not() -> None:
    watch_stripe(stripe_that(lambda: NOW + timedelta(minutes=3)), now=NOW)
    assert issues() == ["clock_off:neighbour:Stripe"]
    watch_stripe(stripe_that(lambda: None), now=NOW)
    assert issues() == []


def test_the_time_is_read_from_where_http_says_it() -> None:
    found = said_at({"Date": "Sat, 28 Nov 2026 05:00:00 GMT"})
    assert found is not None
    assert found.isoformat() == "2026-11-28T05:00:00+00:00"
    assert said_at({}) is None
    assert said_at({"Date": "noon"}) is None


def test_the_round_looks_at_both_and_one_that_is_away_hides_no_other() -> None:
    with (
        mock.patch.object(jobs, "connected", side_effect=GatewayError("no answer", retry=True)),
        mock.patch.object(jobs, "stripe_connected", return_value=stripe_that(timezone.now)),
    ):
        jobs.watch_neighbours_job()
    assert issues() == ["neighbour_away:neighbour:Saleor"]
