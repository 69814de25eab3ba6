"""What an app adds to Saleor's Dashboard: taken from its manifest, with a token for each that says who looks; and that
an app which is taken out and installed anew goes on with what it owned."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from fulfilment.entrypoints.dashboard.extensions import extensions
from fulfilment.errors import Refusal
from fulfilment.gateways.saleor.signature import staff_token
from tests.support.payment_app import PaymentApp
from tests.support.saleor_bench import SaleorBench, install, start_installation, uninstall
from tests.support.stripe_sandbox import served, until

LISTED = """query($m: [String!]) { appExtensions(first: 50, filter: {mountName: $m}) { edges { node {
  identifier label mountName targetName url settings permissions { code } accessToken app { id identifier } } } } }"""
TOKENS = "{ appExtensions(first: 50) { edges { node { accessToken } } } }"
OF_APP = (
    """query($id: ID!) { app(id: $id) { appUrl accessToken extensions { identifier mountName targetName url } } }"""
)
FETCHED = (
    """mutation($u: String!) { appFetchManifest(manifestUrl: $u) { manifest { identifier } errors { field code } } }"""
)
CREATED = """mutation($o: ID!) { transactionCreate(id: $o, transaction: {name: "Contract"}) {
  transaction { id } errors { code } } }"""
REPORTED = """mutation($t: ID!, $p: String!) { transactionEventReport(id: $t, type: INFO, pspReference: $p) {
  alreadyProcessed errors { field code } } }"""
MOUNTS = ["ORDER_DETAILS_WIDGETS", "PRODUCT_DETAILS_WIDGETS", "NAVIGATION_ORDERS"]


@pytest.fixture
def shown(saleor: SaleorBench) -> Iterator[PaymentApp]:
    """An app that adds to the Dashboard what ours does."""
    app = PaymentApp(async_events=["ORDER_CANCELLED"])
    with served(app) as url:
        app.url = url
        manifest = {**app.manifest(), "extensions": extensions(url)}
        app.answers["/manifest"] = lambda _: (200, manifest)
        install(saleor, app)
        yield app
        uninstall(saleor, app)


def listed(saleor: SaleorBench, app: PaymentApp, *mounts: str) -> list[dict[str, Any]]:
    """The extensions of an app at these places, as the Dashboard asks for them."""
    edges = saleor.staff.ask(LISTED, m=list(mounts))["appExtensions"]["edges"]
    return [edge["node"] for edge in edges if edge["node"]["app"]["identifier"] == app.identifier]


def test_saleor_takes_what_our_manifest_adds_to_the_dashboard_and_tells_it_the_same(
    saleor: SaleorBench, shown: PaymentApp
) -> None:
    found = {one["identifier"]: one for one in listed(saleor, shown, *MOUNTS)}
    for given in extensions(shown.url):
        one = found.pop(str(given["identifier"]))
        assert (one["mountName"], one["targetName"]) == (given["mount"], given["target"])
        assert (one["label"], one["url"]) == (given["label"], given["url"])
        assert one["settings"] == given["options"]
        assert [permission["code"] for permission in one["permissions"]] == given["permissions"]
    assert found == {}


def test_extensions_are_asked_for_by_their_place(saleor: SaleorBench, shown: PaymentApp) -> None:
    assert [one["identifier"] for one in listed(saleor, shown, "ORDER_DETAILS_WIDGETS")] == ["order"]
    assert [one["identifier"] for one in listed(saleor, shown, "order_details_widgets")] == ["order"]
    assert listed(saleor, shown, "CUSTOMER_DETAILS_WIDGETS") == []


@pytest.mark.django_db
def test_the_token_that_the_dashboard_hands_over_says_who_looks_at_what(
    saleor: SaleorBench, shown: PaymentApp, settings: Settings
) -> None:
    settings.SALEOR_API_URL = saleor.api_url
    [extension] = listed(saleor, shown, "ORDER_DETAILS_WIDGETS")
    of_app = saleor.staff.ask(OF_APP, id=extension["app"]["id"])["app"]
    for token in (extension["accessToken"], of_app["accessToken"]):
        claims = staff_token(token, now=timezone.now())
        assert claims["app"] == extension["app"]["id"]
        assert claims["iss"] == saleor.api_url
        assert 0 < claims["exp"] - claims["iat"] <= 300
        assert {"MANAGE_ORDERS", "MANAGE_PRODUCTS", "HANDLE_PAYMENTS"} <= set(claims["user_permissions"])
    later = timezone.now() + timedelta(days=400)
    with pytest.raises(Refusal, match="over"):
        staff_token(extension["accessToken"], now=later)


@pytest.mark.django_db
def test_what_staff_log_in_with_is_no_token_for_an_app(saleor: SaleorBench, settings: Settings) -> None:
    settings.SALEOR_API_URL = saleor.api_url
    with pytest.raises(Refusal):
        staff_token(saleor.staff_token, now=timezone.now())


def test_an_app_itself_gets_no_token_of_anybody(saleor: SaleorBench, shown: PaymentApp) -> None:
    edges = saleor.ask(TOKENS, shown.token)["appExtensions"]["edges"]
    assert edges
    assert all(edge["node"]["accessToken"] is None for edge in edges)


def test_whose_an_extension_is_is_told_to_no_other_app(saleor: SaleorBench, shown: PaymentApp) -> None:
    assert saleor.refused(LISTED, saleor.app.token, m=MOUNTS) == "PermissionDenied"


@pytest.mark.parametrize(
    "wrong",
    [{"url": "no address"}, {"permissions": ["MANAGE_TRANSLATIONS"]}, {"label": None}, {"mount": None}],
    ids=["its address", "a right that the app lacks", "no label", "no place"],
)
def test_an_extension_that_cannot_be_stops_the_installation(saleor: SaleorBench, wrong: dict[str, Any]) -> None:
    app = PaymentApp(async_events=["ORDER_CANCELLED"])
    with served(app) as url:
        app.url = url
        extension = {key: value for key, value in {**extensions(url)[0], **wrong}.items() if value is not None}
        manifest = {**app.manifest(), "extensions": [extension]}
        app.answers["/manifest"] = lambda _: (200, manifest)
        key = start_installation(saleor, app)
        ask = "{ appsInstallations { id status } }"

        def failed() -> bool:
            rows = saleor.ask(ask, saleor.staff_token)["appsInstallations"]
            return any(row["id"] == key and row["status"] == "FAILED" for row in rows)

        until(failed, seconds=120)
        saleor.staff.forget_installation(key)
        assert app.deliveries("/register") == []


def test_a_manifest_can_be_looked_at_beforehand(saleor: SaleorBench, shown: PaymentApp) -> None:
    answer = saleor.staff.ask(FETCHED, u=f"{shown.url}/manifest")["appFetchManifest"]
    assert answer == {"manifest": None, "errors": [{"field": "identifier", "code": "UNIQUE"}]}
    shown.answers["/manifest"] = lambda _: (404, {})
    answer = saleor.staff.ask(FETCHED, u=f"{shown.url}/manifest")["appFetchManifest"]
    assert answer["manifest"] is None
    assert "UNIQUE" not in {error["code"] for error in answer["errors"]}


def test_an_app_that_is_installed_anew_goes_on_with_its_transactions(saleor: SaleorBench, shown: PaymentApp) -> None:
    order, former = saleor.order(), shown.token
    made = saleor.ask(CREATED, former, o=order.id)["transactionCreate"]
    assert made["errors"] == []
    saleor.staff.delete_apps(shown.identifier)
    assert saleor.staff.app_id(shown.identifier) is None
    assert listed(saleor, shown, *MOUNTS) == []

    install(saleor, shown)

    assert shown.token != former
    assert len(listed(saleor, shown, *MOUNTS)) == 3
    reported = saleor.ask(REPORTED, shown.token, t=made["transaction"]["id"], p=f"info-{time.time_ns()}")
    assert reported["transactionEventReport"] == {"alreadyProcessed": False, "errors": []}
    assert saleor.refused(REPORTED, former, t=made["transaction"]["id"], p="x") == "PermissionDenied"
