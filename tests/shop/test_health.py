"""Whether the shop is alive, whether it can work, and what it counts."""

import httpx2
import pytest
from django.test import Client, override_settings

from shop import calls, health
from tests.shop.fakes import FakeSaleor


@pytest.fixture(autouse=True)
def _valkey(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_valkey_answers", lambda: True)
    monkeypatch.setattr(calls, "_failing", {})


def test_it_is_alive_whatever_else_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_valkey_answers", lambda: False)
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"ok": True})


def test_it_can_work() -> None:
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ok": True, "fails": {}})


def test_without_valkey_it_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_valkey_answers", lambda: False)
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["fails"]) == (503, {"valkey": "Valkey antwoordt niet."})


def test_a_neighbour_is_named_from_its_last_silence_until_it_answers(visitor: Client, saleor: FakeSaleor) -> None:
    kept, saleor.answer = saleor.answer, httpx2.ConnectError("away")
    visitor.get("/nl/")
    assert set(Client().get("/readyz").json()["fails"]) == {"saleor"}
    assert Client(REMOTE_ADDR="203.0.113.9").get("/readyz").json() == {"ok": False}
    saleor.answer = kept
    visitor.get("/nl/")
    assert Client().get("/readyz").json()["ok"] is True


def test_what_it_counts_is_for_whoever_is_one_of_ours(visitor: Client, saleor: FakeSaleor) -> None:
    visitor.get("/nl/")
    assert 'shop_neighbour_seconds_count{neighbour="saleor",outcome="answered"}' in Client().get("/metrics").text
    stranger = Client(REMOTE_ADDR="203.0.113.9")
    assert stranger.get("/metrics").status_code == 404
    with override_settings(METRICS_TOKEN="the-token"):
        assert stranger.get("/metrics", headers={"Authorization": "Bearer the-token"}).status_code == 200
