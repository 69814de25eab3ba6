"""Calls that go wrong at random, at both stand-ins."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from sandbox.common.disturbances import disturbance
from tests.support.saleor_bench import saleor_bench
from tests.support.stripe_sandbox import KEY, Bench, stripe_bench, until

SHOP = {"query": "{ __typename }"}


def test_a_seed_repeats_the_row_and_another_gives_another() -> None:
    def row(seed: int, percent: float = 50) -> list[Any]:
        return [disturbance(seed, number, percent, []) for number in range(200)]

    assert row(1) == row(1)
    assert row(1) != row(2)
    assert row(1, 0) == [None] * 200
    assert None not in row(1, 100)


def test_as_many_go_wrong_as_was_asked_and_only_in_the_ways_that_were_asked() -> None:
    found = [disturbance(7, number, 5, ["hanging", "closed"]) for number in range(20_000)]

    kinds = Counter(one.kind for one in found if one is not None)

    assert 900 < sum(kinds.values()) < 1100
    assert set(kinds) == {"hanging", "closed"}
    assert abs(kinds["hanging"] - kinds["closed"]) < 150


@pytest.fixture
def stripe_sandbox(tmp_path: Path) -> Iterator[Bench]:
    with stripe_bench(tmp_path) as running:
        yield running


def opening(bench: Bench, key: str) -> httpx2.Response:
    body = {
        "mode": "payment",
        "success_url": "https://shop.example/",
        "line_items[0][price_data][currency]": "eur",
        "line_items[0][price_data][unit_amount]": "1000",
        "line_items[0][price_data][product_data][name]": "Koord",
    }
    headers = {"Authorization": f"Bearer {KEY}", "Idempotency-Key": key}
    return bench.http.post(f"{bench.url}/v1/checkout/sessions", data=body, headers=headers)


def sessions(bench: Bench) -> int:
    return int(bench.state()["counts"]["checkout.session"])


def test_a_connection_that_closes_did_nothing(stripe_sandbox: Bench) -> None:
    stripe_sandbox.faults(fault_percent=100, fault_kinds=["closed"])

    with pytest.raises(httpx2.TransportError):
        opening(stripe_sandbox, "k1")

    assert sessions(stripe_sandbox) == 0


def test_garbage_is_no_answer_and_nothing_was_done(stripe_sandbox: Bench) -> None:
    stripe_sandbox.faults(fault_percent=100, fault_kinds="garbage")

    answer = opening(stripe_sandbox, "k1")

    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, "text/html")
    assert sessions(stripe_sandbox) == 0


def test_what_hangs_is_done_in_the_end_though_nobody_listens_any_more(stripe_sandbox: Bench) -> None:
    stripe_sandbox.faults(fault_percent=100, fault_kinds=["hanging"], hang_seconds=0.5)
    started = time.monotonic()

    assert opening(stripe_sandbox, "k1").status_code == 200
    assert time.monotonic() - started >= 0.5
    with pytest.raises(httpx2.TimeoutException), _patience(stripe_sandbox, 0.1):
        opening(stripe_sandbox, "k2")

    until(lambda: sessions(stripe_sandbox) == 2)


@contextmanager
def _patience(bench: Bench, seconds: float) -> Iterator[None]:
    before, bench.http.timeout = bench.http.timeout, httpx2.Timeout(seconds)
    try:
        yield
    finally:
        bench.http.timeout = before


def test_what_was_done_and_not_answered_is_found_again_under_its_key(stripe_sandbox: Bench) -> None:
    stripe_sandbox.faults(fault_percent=100, fault_kinds=["unanswered"], fault_seed=3)
    outcomes = set()
    for number in range(8):
        try:
            outcomes.add(opening(stripe_sandbox, f"k{number}").status_code)
        except httpx2.TransportError:
            outcomes.add(0)

    assert outcomes == {0, 500}
    assert sessions(stripe_sandbox) == 8
    stripe_sandbox.faults(reset=True)
    again = opening(stripe_sandbox, "k0")
    assert (again.status_code, again.headers["idempotent-replayed"]) == (200, "true")
    assert sessions(stripe_sandbox) == 8


def test_the_same_calls_go_wrong_again_after_the_seed_is_set_again_and_after_a_restart(tmp_path: Path) -> None:
    def row(bench: Bench, calls: int) -> list[bool]:
        answers = [bench.http.get(f"{bench.url}/v1/balance", auth=(KEY, "")) for _ in range(calls)]
        return [answer.text.startswith("<html>") for answer in answers]

    wanted = {"fault_percent": 40, "fault_kinds": ["garbage"], "fault_seed": 11}
    planned = [disturbance(11, number, 40, ["garbage"]) is not None for number in range(1, 21)]
    assert set(planned) == {True, False}

    with stripe_bench(tmp_path) as bench:
        bench.faults(**wanted)
        assert row(bench, 20) == planned
        bench.faults(**wanted)
        assert row(bench, 5) == planned[:5]
        shown = bench.state()["documents"]["disturbance"]
        assert [one["call"] for one in shown] == ["GET /v1/balance"] * (sum(planned) + sum(planned[:5]))
    with stripe_bench(tmp_path) as bench:
        assert row(bench, 15) == planned[5:]


def test_only_calls_of_programs_are_disturbed(stripe_sandbox: Bench) -> None:
    session = stripe_sandbox.open_session()
    stripe_sandbox.faults(fault_percent=100)

    assert stripe_sandbox.http.get(f"{stripe_sandbox.url}/pay/{session.id}").status_code == 200
    assert stripe_sandbox.submit(session.id).status_code == 303
    assert stripe_sandbox.http.get(f"{stripe_sandbox.url}/healthz").status_code == 200
    assert stripe_sandbox.http.get(f"{stripe_sandbox.url}/control/").status_code == 200


def test_saleor_is_disturbed_in_the_same_way(tmp_path: Path) -> None:
    with saleor_bench(tmp_path) as saleor:
        set_to = saleor.http.post(
            f"{saleor.host}/control/faults", json={"fault_percent": 100, "fault_kinds": "garbage"}
        )
        assert set_to.status_code == 200

        answer = saleor.http.post(saleor.api_url, json=SHOP)
        keys = saleor.http.get(f"{saleor.host}/.well-known/jwks.json")

        assert answer.text.startswith("<html>")
        assert keys.text.startswith("<html>")
        saleor.http.post(f"{saleor.host}/control/faults", json={"reset": True})
        assert saleor.http.post(saleor.api_url, json=SHOP).json()["data"]


@pytest.mark.parametrize(
    "wanted",
    [{"fault_percent": 101}, {"fault_kinds": ["rain"]}, {"fault_seed": 1.5}, {"refund_without_balance": "pend,refuse"}],
)
def test_nonsense_is_refused(stripe_sandbox: Bench, wanted: dict[str, Any]) -> None:
    answer = stripe_sandbox.http.post(f"{stripe_sandbox.url}/control/faults", json=wanted)

    assert answer.status_code == 400
    assert not any(stripe_sandbox.state()["faults"].values())


def test_people_set_them_in_the_form(stripe_sandbox: Bench) -> None:
    form = {"fault_percent": "5", "fault_kinds": "hanging, closed", "refund_without_balance": "pend"}

    assert stripe_sandbox.http.post(f"{stripe_sandbox.url}/control/faults", data=form).status_code == 303

    faults = stripe_sandbox.state()["faults"]
    assert (faults["fault_percent"], faults["fault_kinds"]) == (5, ["hanging", "closed"])
    page = stripe_sandbox.http.get(f"{stripe_sandbox.url}/control/").text
    assert 'value="hanging, closed"' in page
    assert '<option value="pend" selected>' in page
