"""Notices of our plugin in Saleor: taken when signed with one of our secrets and fresh, else nothing is stored."""

import json
import time
from pathlib import Path
from unittest import mock

import pytest
from django.db import OperationalError
from pytest_django import Settings

from fulfilment.entrypoints import saleor_inbox
from fulfilment.inbox.models import Mark
from tests.support.signed import from_plugin, notice, notice_headers, post

pytestmark = pytest.mark.django_db

GOLDEN = Path(__file__).parents[2] / "contract" / "golden" / "plugin_notice.v1.json"
ORDER_ID = "T3JkZXI6MQ=="


def test_a_notice_marks_its_order() -> None:
    assert from_plugin(notice(ORDER_ID)).status_code == 200
    assert list(Mark.objects.values_list("kind", "object_id")) == [("order", ORDER_ID)]


def test_both_secrets_hold_during_rotation_and_no_other(settings: Settings) -> None:
    settings.PLUGIN_NOTICE_SECRETS = ["the-new-secret", "the-old-secret"]
    assert from_plugin(notice(ORDER_ID), secret="the-new-secret").status_code == 200
    assert from_plugin(notice(ORDER_ID), secret="the-old-secret").status_code == 200
    assert Mark.objects.get().counter == 2
    assert from_plugin(notice(ORDER_ID), secret="a-strangers-secret").status_code == 400
    assert Mark.objects.get().counter == 2


@pytest.mark.parametrize("age", [301, 86_400, -301, -86_400])
def test_a_notice_from_long_ago_or_from_the_future_is_refused(age: int) -> None:
    assert from_plugin(notice(ORDER_ID), at=time.time() - age).status_code == 400
    assert not Mark.objects.exists()


@pytest.mark.parametrize("age", [0, 290, -290])
def test_clocks_may_differ_by_less_than_five_minutes(age: int) -> None:
    assert from_plugin(notice(ORDER_ID), at=time.time() - age).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Notice-Timestamp": "soon", "X-Notice-Signature": "v1=00"},
        {"X-Notice-Timestamp": "-1", "X-Notice-Signature": "v1=00"},
        {"X-Notice-Timestamp": "9" * 5_000, "X-Notice-Signature": "v1=00"},
        {"X-Notice-Timestamp": "1795464001", "X-Notice-Signature": "v1="},
        {"X-Notice-Timestamp": "1795464001", "X-Notice-Signature": "é"},
    ],
)
def test_a_notice_without_a_good_signature_is_refused(headers: dict[str, str]) -> None:
    assert post("/hooks/plugin/", json.dumps(notice(ORDER_ID)).encode(), headers).status_code == 400
    assert not Mark.objects.exists()


def test_a_changed_body_or_stamp_breaks_the_signature(settings: Settings) -> None:
    now = int(time.time())
    body = json.dumps(notice(ORDER_ID)).encode()
    headers = notice_headers(body, settings.PLUGIN_NOTICE_SECRETS[0], now)
    assert post("/hooks/plugin/", body + b" ", headers).status_code == 400
    assert post("/hooks/plugin/", body, {**headers, "X-Notice-Timestamp": str(now + 1)}).status_code == 400
    assert not Mark.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"nonsense",
        b"[]",
        b"{}",
        {"version": 2, "order_id": ORDER_ID},
        {"version": 1},
        {"version": 1, "order_id": 7},
        {"version": 1, "order_id": ""},
        {"version": 1, "order_id": "a\u0000b"},
        {"version": 1, "order_id": "x" * 300},
    ],
)
def test_signed_garbage_is_refused(body: object) -> None:
    assert from_plugin(body).status_code == 400
    assert not Mark.objects.exists()


def test_without_the_database_the_plugin_is_asked_to_come_again() -> None:
    with mock.patch.object(saleor_inbox, "look_at", side_effect=OperationalError("no connection")):
        assert from_plugin(notice(ORDER_ID)).status_code == 503


def test_the_golden_notice_is_taken_as_the_plugin_signs_it(settings: Settings) -> None:
    golden = json.loads(GOLDEN.read_text())
    settings.PLUGIN_NOTICE_SECRETS = [golden["secret"]]
    headers = {name: value for name, value in golden["headers"].items() if name != "Content-Type"}
    moment = mock.Mock(**{"timestamp.return_value": golden["timestamp"] + 1.5})
    with mock.patch.object(saleor_inbox, "timezone") as clock:
        clock.now.return_value = moment
        with mock.patch.object(saleor_inbox, "_order_changed") as changed:
            assert post("/hooks/plugin/", golden["body"].encode(), headers).status_code == 200
    changed.assert_called_once_with(golden["notice"]["order_id"])
