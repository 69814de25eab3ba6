"""What our app asks of Saleor at installation: its manifest, held against Saleor's own schema where that is there."""

import json
import re
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from graphql import build_schema, parse, validate
from graphql.language import OperationDefinitionNode, OperationType
from pytest_django import Settings

from fulfilment.entrypoints import payment_app
from fulfilment.gateways.saleor.client import OPERATIONS, document
from tests.contract.prove_subset import SUBSET, true_schema_file
from tests.support.static_files import as_they_lie

DOCUMENTS = sorted(path.stem for path in OPERATIONS.glob("*.graphql"))
ADDRESSES = {
    *("/hooks/saleor/", "/hooks/saleor/accounts/", "/hooks/saleor/collection/"),
    *("/saleor/payment/initialize", "/saleor/payment/process", "/saleor/payment/refund"),
}


@pytest.fixture(autouse=True)
def _static_files(settings: Settings) -> None:
    as_they_lie(settings)


def manifest() -> dict[str, Any]:
    answer = Client().get("/saleor/manifest")
    assert answer.status_code == 200
    read: dict[str, Any] = json.loads(answer.content)
    return read


def operation(name: str) -> OperationDefinitionNode:
    found = [node for node in parse(document(name)).definitions if isinstance(node, OperationDefinitionNode)]
    assert len(found) == 1
    return found[0]


def test_the_manifest_says_who_we_are_and_where() -> None:
    told = manifest()
    assert told["id"] == "sociaalgemaakt.payment" == django_settings.SALEOR_APP_ID
    assert told["tokenTargetUrl"] == f"{django_settings.FULFILMENT_URL}/saleor/register"
    assert told["requiredSaleorVersion"] == "^3.23"
    assert {hook["targetUrl"].removeprefix(django_settings.FULFILMENT_URL) for hook in told["webhooks"]} == ADDRESSES


def test_every_address_of_the_manifest_is_one_of_ours() -> None:
    for address in ADDRESSES:
        assert Client().get(address).status_code == 405, address


def test_no_permission_is_asked_but_those_that_are_needed() -> None:
    assert set(manifest()["permissions"]) == {
        "MANAGE_ORDERS",
        "HANDLE_PAYMENTS",
        "HANDLE_CHECKOUTS",
        "MANAGE_CHECKOUTS",
        "MANAGE_PRODUCTS",
        "MANAGE_DISCOUNTS",
        "MANAGE_PLUGINS",
        "MANAGE_USERS",
        "MANAGE_PAGES",
        "MANAGE_MENUS",
        "MANAGE_TRANSLATIONS",
    }


def values(enum: str) -> set[str]:
    """The values of an enum of Saleor's; read as text, since the whole schema takes seconds to build."""
    path = true_schema_file()
    if not path.is_file():
        pytest.skip("Saleor's schema is not on this machine; set REFERENCE_DATA")
    block = re.search(rf"^enum {enum}\b[^{{]*{{(.*?)^}}", path.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert block is not None
    return set(re.findall(r"^  ([A-Z][A-Z_]+)\b", block[1], re.MULTILINE))


def test_every_event_and_permission_exists_in_saleor() -> None:
    told = manifest()
    assert set(told["permissions"]) <= values("PermissionEnum")
    for hook in told["webhooks"]:
        assert set(hook.get("asyncEvents", [])) <= values("WebhookEventTypeAsyncEnum")
        assert set(hook.get("syncEvents", [])) <= values("WebhookEventTypeSyncEnum")


def test_every_query_of_the_manifest_is_one_subscription_that_the_sandbox_takes() -> None:
    schema = build_schema(SUBSET.read_text("utf-8"))
    for hook in manifest()["webhooks"]:
        parsed = parse(hook["query"])
        [node] = [found for found in parsed.definitions if isinstance(found, OperationDefinitionNode)]
        assert node.operation is OperationType.SUBSCRIPTION
        assert validate(schema, parsed) == []


def test_each_asynchronous_event_asks_for_its_order() -> None:
    """An event whose body names no order would be taken, and mark nothing."""
    written = document("order_events")
    for event in payment_app.ORDER_EVENTS:
        name = "".join(part.capitalize() for part in event.split("_"))
        assert f"... on {name} {{ order {{ id }} }}" in written


def test_each_event_of_the_collection_is_one_that_its_subscription_takes() -> None:
    written = document("catalogue_events")
    named = {"".join(part.capitalize() for part in event.split("_")) for event in payment_app.CATALOGUE_EVENTS}
    assert set(re.findall(r"\.\.\. on (\w+) ", written)) == named


def test_lists_are_asked_for_by_pages_that_saleor_gives() -> None:
    for name in DOCUMENTS:
        for limit in ("first: 1000", "first: 500", "first: 200"):
            assert limit not in document(name)


def test_no_document_holds_more_root_mutations_than_saleor_takes() -> None:
    for name in DOCUMENTS:
        node = operation(name)
        if node.operation is OperationType.MUTATION:
            assert len(node.selection_set.selections) <= 4
