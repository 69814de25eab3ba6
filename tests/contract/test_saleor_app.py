"""Installing an app, and the webhooks that it gets."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from tests.support.payment_app import PaymentApp
from tests.support.saleor_bench import SaleorBench, install, start_installation, uninstall
from tests.support.stripe_sandbox import served, until

INSTALLATIONS = "{ appsInstallations { id status message manifestUrl } }"


@pytest.fixture
def other_app(saleor: SaleorBench) -> Iterator[PaymentApp]:
    """An app that is not installed yet. It listens to nothing that happens here: it is gone after its test, and what is
    sent to it in vain would hold up what is sent to the others."""
    app = PaymentApp(async_events=["ORDER_CANCELLED"])
    with served(app) as url:
        app.url = url
        yield app
        uninstall(saleor, app)


def message_of_failure(saleor: SaleorBench, app: PaymentApp) -> str:
    """Install and expect it to fail; the installation's message."""
    key = start_installation(saleor, app)

    def failed() -> str | None:
        rows = saleor.ask(INSTALLATIONS, saleor.staff_token)["appsInstallations"]
        return next((row["message"] for row in rows if row["id"] == key and row["status"] == "FAILED"), None)

    try:
        return until(failed, seconds=120)  # its workers may be busy with the set-up of a whole shop
    finally:
        saleor.staff.forget_installation(key)


def identifiers(saleor: SaleorBench) -> list[str]:
    rows = saleor.ask("{ apps(first: 100) { edges { node { identifier } } } }", saleor.staff_token)["apps"]["edges"]
    return [row["node"]["identifier"] for row in rows]


def test_the_token_works_already_inside_the_register_request(saleor: SaleorBench, other_app: PaymentApp) -> None:
    seen: list[Any] = []
    other_app.on_register = lambda token: seen.append(saleor.ask("{ app { identifier isActive } }", token)["app"])
    install(saleor, other_app)
    assert seen == [{"identifier": other_app.identifier, "isActive": True}]
    assert len(other_app.token) == 30


def test_the_handshake_names_its_saleor_and_is_not_signed(saleor: SaleorBench, other_app: PaymentApp) -> None:
    install(saleor, other_app)
    manifest, register = other_app.deliveries("/manifest")[0], other_app.deliveries("/register")[0]
    assert manifest.headers["Saleor-Schema-Version"] == "3.23"
    assert register.headers["Saleor-Api-Url"] == saleor.api_url
    assert register.headers["Saleor-Schema-Version"] == "3.23"
    assert register.headers["Saleor-Domain"]
    assert "Saleor-Signature" not in register.headers
    assert register.payload == {"auth_token": other_app.token}


def test_an_app_is_installed_once(saleor: SaleorBench) -> None:
    assert "already installed" in message_of_failure(saleor, saleor.app)
    assert identifiers(saleor).count(saleor.app.identifier) == 1


def test_an_app_that_refuses_its_token_is_not_installed(saleor: SaleorBench, other_app: PaymentApp) -> None:
    other_app.answers["/register"] = lambda _: (400, {"error": {"message": "Onbekende winkel."}})
    assert "Onbekende winkel." in message_of_failure(saleor, other_app)
    assert other_app.identifier not in identifiers(saleor)


def test_an_invalid_subscription_blocks_the_installation(saleor: SaleorBench, other_app: PaymentApp) -> None:
    manifest = other_app.manifest()
    manifest["webhooks"][0]["query"] = "subscription { event { ... on OrderCreated { order { noSuchField } } } }"
    other_app.answers["/manifest"] = lambda _: (200, manifest)
    assert message_of_failure(saleor, other_app)
    assert other_app.deliveries("/register") == []


def test_an_unreachable_manifest_fails_the_installation(saleor: SaleorBench) -> None:
    with served(PaymentApp()) as url:
        nowhere = PaymentApp(url=url)
    assert message_of_failure(saleor, nowhere).startswith("Failed to connect to app.")


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("no address", "INVALID_URL_FORMAT"),
        ("app.example/manifest", "INVALID_URL_FORMAT"),
        ("gopher://app.example/manifest", "INVALID_URL_FORMAT"),
        ("http://127.0.0.1:9/manifest", "INVALID_URL_FORMAT"),
        ("http://nodots/manifest", "INVALID"),
    ],
)
def test_where_no_app_can_live_nothing_is_installed(saleor: SaleorBench, address: str, code: str) -> None:
    document = """mutation($i: AppInstallInput!) { appInstall(input: $i) {
      appInstallation { id } errors { field code } } }"""
    answer = saleor.staff.ask(document, i={"appName": "Nowhere", "manifestUrl": address, "permissions": []})
    assert answer["appInstall"] == {"appInstallation": None, "errors": [{"field": "manifestUrl", "code": code}]}


def test_installing_is_for_staff(saleor: SaleorBench) -> None:
    document = 'mutation { appInstall(input: {appName: "a", manifestUrl: "http://x.example/"}) { errors { code } } }'
    assert saleor.refused(document) == "PermissionDenied"
    assert saleor.refused(document, saleor.app.token) == "PermissionDenied"
    assert saleor.refused(INSTALLATIONS) == "PermissionDenied"


def test_an_app_gets_the_rights_that_staff_gave_it(saleor: SaleorBench, other_app: PaymentApp) -> None:
    other_app.permissions = ["MANAGE_PRODUCTS"]
    install(saleor, other_app)
    app = saleor.ask("{ app { permissions { code } webhooks { name isActive } } }", other_app.token)["app"]
    assert app["permissions"] == [{"code": "MANAGE_PRODUCTS"}]
    assert {webhook["name"] for webhook in app["webhooks"]} == {"accounts", "events", "initialize", "process", "refund"}
    orders = "{ orders(first: 1) { edges { node { id } } } }"
    assert saleor.refused(orders, other_app.token) == "PermissionDenied"


PENDING = """{ app { webhooks { name eventDeliveries(
  first: 5, sortBy: {field: CREATED_AT, direction: DESC}, filter: {status: PENDING}
) { edges { node { createdAt attempts(first: 1) { edges { node { id } } } } } } } } }"""


def test_an_app_reads_itself_what_it_was_not_told_yet_and_that_it_was_tried(
    saleor: SaleorBench, other_app: PaymentApp
) -> None:
    other_app.async_events = ["ORDER_FULLY_PAID"]
    other_app.answers["/events"] = lambda _: (503, {})
    install(saleor, other_app)
    saleor.order()

    def tried() -> list[str]:
        hooks = {hook["name"]: hook for hook in saleor.ask(PENDING, other_app.token)["app"]["webhooks"]}
        waiting = [edge["node"] for edge in hooks["events"]["eventDeliveries"]["edges"]]
        assert hooks["initialize"]["eventDeliveries"]["edges"] == []
        return [found["createdAt"] for found in waiting if found["attempts"]["edges"]]

    [created] = until(tried)
    assert datetime.fromisoformat(created).tzinfo is not None


def test_a_webhook_proves_its_sender_over_the_raw_body(saleor: SaleorBench) -> None:
    order = saleor.order()
    saleor.wait_for_events(order.id, 5)
    delivery = saleor.app.about(order.id, "order_created")[0]
    assert delivery.headers["Saleor-Event"] == "order_created"
    assert delivery.headers["Saleor-Api-Url"] == saleor.api_url
    assert delivery.headers["X-Saleor-Event"] == "order_created"
    assert delivery.headers["Content-Type"] == "application/json"
    assert "Saleor-Schema-Version" not in delivery.headers
    assert delivery.headers["Saleor-Signature"].split(".")[1] == ""
    assert saleor.verified(delivery)
    assert not saleor.verified(replace(delivery, body=delivery.body + b" "))
    tampered = json.dumps({**json.loads(delivery.body), "issuedAt": None}).encode()
    assert not saleor.verified(replace(delivery, body=tampered))
    assert delivery.payload["__typename"] == "OrderCreated"
    assert delivery.payload["issuedAt"]
