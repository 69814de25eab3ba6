"""Who looks at our app in Saleor's Dashboard is proven by Saleor's own token for it, and by nothing else."""

import hmac
import json
from collections.abc import Callable
from datetime import timedelta

import jwt
import pytest
from django.test import Client
from django.utils import timezone
from jwt.utils import base64url_encode
from pytest_django import Settings

from fulfilment.gateways.models import SaleorInstallation, SaleorKeys
from tests.support import rows
from tests.support.in_dashboard import claims, fetched, looked_at
from tests.support.pages import told
from tests.support.signed import Jwks, SaleorKey, known_keys
from tests.support.stripe_sandbox import served

PAGES = {"order": "MANAGE_ORDERS", "product": "MANAGE_PRODUCTS", "waiting": "MANAGE_ORDERS"}
WORDS = {"MANAGE_ORDERS": "bestellingen beheren", "MANAGE_PRODUCTS": "producten beheren"}


def test_whoever_saleor_says_is_staff_with_the_right_for_it_looks_at_orders() -> None:
    assert looked_at("order", "MANAGE_ORDERS").status_code == 200
    assert looked_at("waiting", "MANAGE_ORDERS").status_code == 200


def test_the_token_of_the_app_itself_proves_as_much_as_that_of_an_extension() -> None:
    of_app = claims("MANAGE_ORDERS")
    del of_app["app_extension"]
    assert fetched("order", SaleorKey().token(of_app)).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_whoever_lacks_the_right_is_told_which(page: str) -> None:
    others = {"MANAGE_ORDERS", "MANAGE_PRODUCTS", "HANDLE_PAYMENTS", "MANAGE_STAFF"} - {PAGES[page]}
    answer = looked_at(page, *others)
    assert answer.status_code == 403
    assert WORDS[PAGES[page]] in told(answer)
    assert "Vraag het aan wie daar de gebruikers beheert" in told(answer)


@pytest.mark.parametrize("given", [None, "MANAGE_ORDERS", {"MANAGE_ORDERS": True}, []], ids=repr)
def test_rights_that_are_no_list_of_names_are_none(given: object) -> None:
    assert fetched("order", SaleorKey().token(claims(user_permissions=given))).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_whoever_brings_no_token_is_told_to_ask_for_the_right(page: str) -> None:
    answer = fetched(page, "")
    assert answer.status_code == 401
    assert "Saleor zei niet wie je bent" in told(answer)


def unsigned() -> str:
    return jwt.encode(claims("MANAGE_ORDERS"), "", algorithm="none", headers={"kid": SaleorKey().kid})


def signed_with_what_is_public() -> str:
    """HS256, with Saleor's public key as the secret: what a verifier takes that lets the token choose its algorithm."""
    head, claimed = ({"alg": "HS256", "typ": "JWT", "kid": SaleorKey().kid}, claims("MANAGE_ORDERS"))
    text = b".".join(base64url_encode(json.dumps(part).encode()) for part in (head, claimed))
    return b".".join((text, base64url_encode(hmac.digest(SaleorKey().pem, text, "sha256")))).decode()


FORGED: dict[str, Callable[[], str]] = {
    "garbage": lambda: "garbage",
    "no JWT": lambda: "a.b.c",
    "alg none": unsigned,
    "another key": lambda: SaleorKey(2).token(claims("MANAGE_ORDERS")),
    "another Saleor": lambda: SaleorKey().token(claims("MANAGE_ORDERS", iss="https://other.example/graphql/")),
    "a customer's": lambda: SaleorKey().customers_token(),
    "a login of staff": lambda: SaleorKey().token(claims("MANAGE_ORDERS", type="access")),
    "a refresh token": lambda: SaleorKey().token(claims("MANAGE_ORDERS", type="refresh")),
    "not of staff": lambda: SaleorKey().token(claims("MANAGE_ORDERS", is_staff=False)),
    "for somebody else": lambda: SaleorKey().token(claims("MANAGE_ORDERS", aud="other.example")),
    "for ever": lambda: SaleorKey().token(claims("MANAGE_ORDERS", exp="never")),
    "a webhook's signature": lambda: SaleorKey().signature(b"{}"),
}


@pytest.mark.parametrize("forged", FORGED)
def test_a_token_that_our_saleor_did_not_make_for_staff_proves_nothing(forged: str) -> None:
    answer = fetched("order", FORGED[forged]())
    assert answer.status_code == 401
    assert "dit bewijs komt niet van onze Saleor" in told(answer)


@pytest.mark.parametrize("left_out", ["exp", "iss", "type", "app", "is_staff"])
def test_a_token_that_leaves_out_what_must_be_known_proves_nothing(left_out: str) -> None:
    given = claims("MANAGE_ORDERS")
    del given[left_out]
    assert fetched("order", SaleorKey().token(given)).status_code == 401


def test_a_token_that_is_over_says_so() -> None:
    an_hour_ago = int((timezone.now() - timedelta(hours=1)).timestamp())
    answer = fetched("order", SaleorKey().token(claims("MANAGE_ORDERS", iat=an_hour_ago, exp=an_hour_ago + 300)))
    assert answer.status_code == 401
    assert "Dit stond te lang open. Herlaad de pagina." in told(answer)


@pytest.mark.parametrize("app", ["QXBwOjI=", "", 1, ["QXBwOjE="]], ids=repr)
def test_a_token_for_another_app_proves_nothing(app: object) -> None:
    answer = fetched("order", SaleorKey().token(claims("MANAGE_ORDERS", app=app)))
    assert answer.status_code == 401
    assert "Dit bewijs is voor een andere app" in told(answer)


def test_after_our_app_left_saleor_its_tokens_prove_nothing() -> None:
    SaleorInstallation.objects.all().delete()
    assert looked_at("order").status_code == 401


def test_a_login_of_ours_proves_nothing_here() -> None:
    client = Client()
    client.force_login(rows.user("operator@example.com", staff=True))
    assert client.get("/in-saleor/order/content", {"orderId": "T3JkZXI6MQ=="}).status_code == 401


def test_a_key_that_saleor_made_since_is_fetched(settings: Settings) -> None:
    with served(Jwks([SaleorKey(3)])) as url:
        settings.SALEOR_API_URL = f"{url}/graphql/"
        SaleorInstallation.objects.update(api_url=settings.SALEOR_API_URL)
        known_keys(SaleorKey(), fetched_at=timezone.now() - timedelta(minutes=1))
        assert fetched("order", SaleorKey(3).token(claims("MANAGE_ORDERS"))).status_code == 200


def test_while_saleors_keys_are_out_of_reach_nobody_is_refused_for_good() -> None:
    SaleorKeys.objects.all().delete()
    assert looked_at("order").status_code == 503
