"""Installing an app, and the webhooks that it gets."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.support.payment_app import PaymentApp
from tests.support.saleor_bench import SaleorBench, install, start_installation
from tests.support.stripe_sandbox import served, until

INSTALLATIONS = "{ appsInstallations { id status message manifestUrl } }"


@pytest.fixture
def other_app() -> Iterator[PaymentApp]:
    """An app that is not installed yet. It listens to nothing that happens here: it is gone after its test, and what is
    sent to it in vain would hold up what is sent to the others."""
    app = PaymentApp(async_events=["ORDER_CANCELLED"])
    with served(app) as url:
        app.url = url
        yield app


def message_of_failure(saleor: SaleorBench, app: PaymentApp) -> str:
    """Install and expect it to fail; the installation's message."""
    key = start_installation(saleor, app)

    def failed() -> str | None:
        rows = saleor.ask(INSTALLATIONS, saleor.staff_token)["appsInstallations"]
        return next((row["message"] for row in rows if row["id"] == key and row["status"] == "FAILED"), None)

    return until(failed)


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
    nowhere = PaymentApp(url="http://127.0.0.1:9")
    assert message_of_failure(saleor, nowhere)


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
    assert {webhook["name"] for webhook in app["webhooks"]} == {"events", "initialize", "process", "refund"}
    orders = "{ orders(first: 1) { edges { node { id } } } }"
    assert saleor.refused(orders, other_app.token) == "PermissionDenied"


def test_a_webhook_proves_its_sender_over_the_raw_body(saleor: SaleorBench) -> None:
    order = saleor.order()
    saleor.wait_for_events(order.id, 5)
    delivery = next(d for d in saleor.app.deliveries("/events") if (d.payload.get("order") or {}).get("id") == order.id)
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
