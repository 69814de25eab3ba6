"""What changes in Saleor is seen in the shop within seconds, by every process, without anybody asking Saleor for it."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest

from launcher import environment
from launcher.ports import HOST, free_port
from launcher.state import State
from tests.e2e.conftest import ROOT, STOP_SECONDS, Demo, eventually

SEEN_WITHIN = 20.0
"""Seconds: five where the machine has nothing else to do; time alone would take sixty."""
PAGE = "/nl/product/koord/"
SIGN_IN = 'mutation { tokenCreate(email: "admin@example.com", password: "admin") { token } }'
FIND = '{ product(slug: "koord", channel: "consumer") { id listedFor: metafield(key: "producer") } }'
CHANGE = """mutation($id: ID!, $maker: String!) {
  updateMetadata(id: $id, input: [{key: "producer", value: $maker}]) { errors { code } } }"""


@pytest.fixture
def other_shop(demo: Demo) -> Iterator[str]:
    """A second process of the same shop."""
    with _running(demo) as url:
        yield url


def test_a_change_is_seen_by_every_process(demo: Demo, other_shop: str) -> None:
    shops = (demo.shop, other_shop)
    for shop in shops:
        assert _offers(shop)
    product = _saleor(demo, FIND)["product"]
    try:
        _change(demo, product["id"], "")
        assert _seconds_until(shops, False) < SEEN_WITHIN
    finally:
        _change(demo, product["id"], product["listedFor"])
    assert _seconds_until(shops, True) < SEEN_WITHIN


def _offers(shop: str) -> bool:
    answer = httpx2.get(f"{shop}{PAGE}", timeout=30)
    assert answer.status_code == 200
    return "Leg in mijn mandje" in answer.text


def _seconds_until(shops: tuple[str, ...], offered: bool) -> float:
    """Until all of them offer it, or none does; each is asked over and over, as visitors do."""
    began = time.monotonic()
    eventually("every shop to show it", lambda: {_offers(shop) for shop in shops} == {offered} or None)
    return time.monotonic() - began


def _change(demo: Demo, product: str, maker: str) -> None:
    token = _saleor(demo, SIGN_IN)["tokenCreate"]["token"]
    assert _saleor(demo, CHANGE, {"id": product, "maker": maker}, token)["updateMetadata"]["errors"] == []


def _saleor(demo: Demo, query: str, variables: dict[str, str] | None = None, token: str = "") -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    body = {"query": query, "variables": variables or {}}
    return httpx2.post(f"{demo.saleor}/graphql/", json=body, headers=headers, timeout=30).json()["data"]


@contextmanager
def _running(demo: Demo) -> Iterator[str]:
    published = State(demo.folder).published()
    assert published is not None
    port = free_port()
    env = environment.base() | published["environment"] | {"SHOP_SECRET_KEY": "another process", "DEMO": "1"}
    argv = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1", "--no-ws"]
    argv += ["--blocking-threads", "4", "--host", HOST, "--port", str(port), "shop.wsgi:application"]
    url = f"http://{HOST}:{port}"
    with subprocess.Popen(argv, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            eventually("the second shop", lambda: _answers(f"{url}/healthz") or None)
            yield url
        finally:
            process.terminate()
            process.wait(STOP_SECONDS)


def _answers(url: str) -> bool:
    try:
        return httpx2.get(url, timeout=5).status_code == 200
    except httpx2.TransportError:
        return False
