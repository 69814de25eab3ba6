"""Saleor installs our app: nothing of it is signed, so a token is kept only once our Saleor knows it as ours."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings as django_settings
from pytest_django import Settings

from fulfilment.errors import GatewayError
from fulfilment.gateways.models import SaleorInstallation
from fulfilment.gateways.saleor.connect import connected
from fulfilment.inbox.models import Mark
from tests.support.signed import post
from tests.support.stripe_sandbox import served

pytestmark = pytest.mark.django_db


@dataclass
class TokenSaleor:
    """A Saleor that knows apps by their tokens, and answers nothing else."""

    apps: dict[str, dict[str, str]] = field(default_factory=dict)
    status: str = "200 OK"

    def __call__(self, environ: Mapping[str, Any], start_response: Callable[..., object]) -> list[bytes]:
        token = environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")
        start_response(self.status, [("Content-Type", "application/json")])
        if token in self.apps:
            return [json.dumps({"data": {"app": self.apps[token]}}).encode()]
        denied = {"message": "To access this path, …", "extensions": {"exception": {"code": "PermissionDenied"}}}
        return [json.dumps({"errors": [denied], "data": {"app": None}}).encode()]


@pytest.fixture
def saleor(settings: Settings) -> Iterator[TokenSaleor]:
    program = TokenSaleor({"good": {"id": "QXBwOjE=", "identifier": django_settings.SALEOR_APP_ID}})
    with served(program) as url:
        settings.SALEOR_API_URL = f"{url}/graphql/"
        yield program


def register(body: object, api_url: str | None = None) -> int:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return post("/saleor/register", raw, {"Saleor-Api-Url": api_url or django_settings.SALEOR_API_URL}).status_code


def test_a_token_that_our_saleor_knows_is_kept_and_used(saleor: TokenSaleor) -> None:
    assert register({"auth_token": "good"}) == 200
    kept = SaleorInstallation.objects.get()
    assert (kept.api_url, kept.app_id, kept.token) == (django_settings.SALEOR_API_URL, "QXBwOjE=", "good")
    assert connected().app_id(django_settings.SALEOR_APP_ID) == "QXBwOjE="


def test_with_the_token_the_prices_are_looked_at_before_any_of_them_changes(saleor: TokenSaleor) -> None:
    """Else the first reduction of a new shop had no price before it until a quarter of an hour had passed."""
    assert register({"auth_token": "forged"}) == 400
    assert not Mark.objects.exists()
    assert register({"auth_token": "good"}) == 200
    assert [(mark.kind, mark.object_id) for mark in Mark.objects.all()] == [("prices", "consumenten")]


def test_installing_again_replaces_the_token(saleor: TokenSaleor) -> None:
    register({"auth_token": "good"})
    saleor.apps["newer"] = {"id": "QXBwOjI=", "identifier": django_settings.SALEOR_APP_ID}
    assert register({"auth_token": "newer"}) == 200
    assert SaleorInstallation.objects.get().token == "newer"
    assert connected().app_id(django_settings.SALEOR_APP_ID) == "QXBwOjI="


def test_a_forged_token_is_not_kept(saleor: TokenSaleor) -> None:
    assert register({"auth_token": "forged"}) == 400
    assert not SaleorInstallation.objects.exists()


def test_a_forged_token_does_not_replace_the_good_one(saleor: TokenSaleor) -> None:
    register({"auth_token": "good"})
    assert register({"auth_token": "forged"}) == 400
    assert SaleorInstallation.objects.get().token == "good"


def test_a_token_of_another_app_is_not_kept(saleor: TokenSaleor) -> None:
    saleor.apps["of another"] = {"id": "QXBwOjk=", "identifier": "somebody.else"}
    assert register({"auth_token": "of another"}) == 400
    assert not SaleorInstallation.objects.exists()


def test_another_saleor_is_refused(saleor: TokenSaleor) -> None:
    assert register({"auth_token": "good"}, "https://elsewhere.example/graphql/") == 400
    assert not SaleorInstallation.objects.exists()


@pytest.mark.parametrize("body", [b"nonsense", b"[]", {}, {"auth_token": ""}, {"auth_token": 7}, {"auth_token": None}])
def test_garbage_is_refused(saleor: TokenSaleor, body: object) -> None:
    assert register(body) == 400
    assert not SaleorInstallation.objects.exists()


@pytest.mark.parametrize("status", ["500 Broken", "502 Bad Gateway", "429 Too Many"])
def test_while_saleor_cannot_be_asked_the_installation_is_to_come_again(saleor: TokenSaleor, status: str) -> None:
    saleor.status = status
    assert register({"auth_token": "good"}) == 503
    assert not SaleorInstallation.objects.exists()


def test_nor_while_saleor_is_not_there_at_all(settings: Settings) -> None:
    settings.SALEOR_API_URL = "http://127.0.0.1:9/graphql/"
    assert register({"auth_token": "good"}) == 503
    assert not SaleorInstallation.objects.exists()


def test_without_an_installation_nothing_can_be_asked_yet() -> None:
    with pytest.raises(GatewayError) as failed:
        connected()
    assert failed.value.retry
