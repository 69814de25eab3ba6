"""The frames that Saleor's Dashboard shows: nobody else may, nothing runs in them but ours, and nothing is kept."""

import json

import pytest
from django.conf import settings
from django.test import Client

from fulfilment.entrypoints.payment_app import app_manifest
from tests.support import rows
from tests.support.in_dashboard import looked_at
from tests.support.pages import against_the_policy

FRAMES = ["", "/order", "/product", "/waiting"]
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'none'",
    "base-uri": "'none'",
}


@pytest.mark.parametrize("frame", FRAMES)
def test_only_the_dashboard_may_frame_it_and_nothing_runs_but_files_of_ours(frame: str) -> None:
    answer = Client().get(f"/in-saleor{frame}", {"orderId": "T3JkZXI6MQ==", "theme": "dark", "domain": "x.example"})
    assert answer.status_code == 200
    policy = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))
    assert policy == {**POLICY, "frame-ancestors": settings.DASHBOARD_ORIGIN}
    assert "X-Frame-Options" not in answer
    assert against_the_policy(answer) == ["frame-ancestors 'none'"]


@pytest.mark.parametrize("frame", FRAMES)
def test_the_frame_itself_says_nothing_of_anybody_and_keeps_nothing(frame: str) -> None:
    rows.order([("SG-001", "Koord", 1, 28_900)], number="42")
    shown = Client().get(f"/in-saleor{frame}", {"orderId": "T3JkZXI6MQ=="})
    assert "Koord" not in shown.content.decode()
    assert not shown.cookies
    assert f'data-dashboard="{settings.DASHBOARD_ORIGIN}"' in shown.content.decode()


@pytest.mark.parametrize("page", ["order", "waiting"])
def test_what_belongs_in_it_is_kept_nowhere_and_is_framed_by_nobody(page: str) -> None:
    answer = looked_at(page)
    assert not answer.cookies
    assert "no-store" in answer["Cache-Control"]
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"
    assert against_the_policy(answer) == []


@pytest.mark.parametrize("address", ["/in-saleor", "/in-saleor/order", "/in-saleor/order/content"])
def test_nothing_can_be_sent_to_it(address: str) -> None:
    assert Client(enforce_csrf_checks=True).post(address).status_code in (403, 405)


def test_the_rest_of_the_house_is_framed_by_nobody() -> None:
    answer = Client().get("/accounts/login/")
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"


def test_every_address_that_the_manifest_gives_the_dashboard_is_a_frame() -> None:
    manifest = app_manifest()
    assert json.loads(json.dumps(manifest["extensions"])) == manifest["extensions"]
    addresses = [
        one["url"] if one["target"] == "WIDGET" else manifest["appUrl"] + one["url"] for one in manifest["extensions"]
    ]
    for address in [manifest["appUrl"], *addresses]:
        answer = Client().get(address.removeprefix(settings.FULFILMENT_URL))
        assert answer.status_code == 200, address
        assert "data-dashboard" in answer.content.decode()


def test_nobody_sees_an_extension_who_may_not_see_its_page() -> None:
    needed = {one["identifier"]: one["permissions"] for one in app_manifest()["extensions"]}
    assert needed == {"order": ["MANAGE_ORDERS"], "product": ["MANAGE_PRODUCTS"], "waiting": ["MANAGE_ORDERS"]}
