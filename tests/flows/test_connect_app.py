"""Our app in Saleor: installed once, known again when we lost its token, and told of our new addresses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from unittest import mock

import pytest
from django.conf import settings
from django.utils import timezone

from fulfilment.entrypoints.payment_app import app_manifest
from fulfilment.errors import GatewayError
from fulfilment.flows import connect_app
from fulfilment.gateways.models import SaleorInstallation
from fulfilment.gateways.saleor.client import SaleorClient

pytestmark = pytest.mark.django_db


@dataclass
class Staff:
    """Saleor as its staff sees it; `installed` is the app as it stands there."""

    installed: dict[str, Any] | None = None
    is_active: bool = True
    failure: str = ""
    against: tuple[str, ...] = ("UNIQUE",)
    """What Saleor holds against the manifest, which it reads while the app is installed."""
    written: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def execute(self, name: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        if name == "setup/app_as_installed":
            return {"app": self.installed}
        if name == "setup/fetch_manifest":
            errors = [{"field": "f", "message": "m", "code": code} for code in self.against]
            return {"appFetchManifest": {"errors": errors}}
        node = {"id": "QXBwOjE=", "identifier": settings.SALEOR_APP_ID, "isActive": self.is_active}
        earlier = {"id": "1", "status": "FAILED", "message": "of yesterday", "manifestUrl": MANIFEST_ADDRESS}
        state = {**earlier, "id": "2", "message": self.failure}
        return {
            "appsInstallations": [earlier, state] if self.failure else [earlier],
            "apps": {"edges": [{"node": node}] if self.installed else []},
        }

    def mutate(self, name: str, field: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        self.written.append((name, variables))
        if not self.failure:
            self.installed = as_installed()
            remember("token-of-the-installation")
        return {"errors": [], "appInstallation": {"id": "2"}}

    def mutate_only(self, name: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        self.written.append((name, variables))
        if name == "setup/delete_app":
            self.installed = None
        return {"errors": [], "authToken": "a-fresh-token"}

    def as_client(self) -> SaleorClient:
        return cast(SaleorClient, self)

    def documents(self) -> list[str]:
        return [name for name, _variables in self.written]


MANIFEST_ADDRESS = f"{settings.FULFILMENT_URL}/saleor/manifest"


def as_installed() -> dict[str, Any]:
    manifest = app_manifest()
    webhooks = [
        {
            "id": f"webhook:{at}",
            "name": webhook["name"],
            "targetUrl": webhook["targetUrl"],
            "isActive": True,
            "subscriptionQuery": webhook["query"],
        }
        for at, webhook in enumerate(manifest["webhooks"])
    ]
    extensions = [
        {
            "identifier": one["identifier"],
            "label": one["label"],
            "mountName": one["mount"],
            "targetName": one["target"],
            "url": one["url"],
            "settings": one["options"],
            "permissions": [{"code": code} for code in one["permissions"]],
        }
        for one in reversed(manifest["extensions"])
    ]
    return {
        "appUrl": manifest["appUrl"],
        "permissions": [{"code": code} for code in manifest["permissions"]],
        "webhooks": webhooks,
        "extensions": extensions,
    }


def remember(token: str) -> None:
    SaleorInstallation.objects.update_or_create(
        api_url=settings.SALEOR_API_URL,
        defaults={"app_id": "QXBwOjE=", "token": token, "installed_at": timezone.now()},
    )


def connect(staff: Staff, *, apply: bool = True) -> list[str]:
    """Saleor knows our app by any token that we keep. What was told."""
    told: list[str] = []

    def kept(*_args: object) -> bool:
        return SaleorInstallation.objects.exists()

    with (
        mock.patch.object(connect_app, "app_is_ours", kept),
        mock.patch.object(connect_app, "install_app", lambda token, now: remember(token)),
    ):
        connect_app.connect_app(staff.as_client(), app_manifest(), now=timezone.now(), tell=told.append, apply=apply)
    return told


def test_a_saleor_installs_our_app_whatever_failed_before() -> None:
    staff = Staff()
    assert connect(staff) == ["install"]
    ((document, variables),) = staff.written
    assert document == "install_app"
    assert variables["input"]["manifestUrl"] == MANIFEST_ADDRESS
    assert variables["input"]["permissions"] == app_manifest()["permissions"]


def test_an_app_that_works_is_left_alone() -> None:
    remember("a-token")
    staff = Staff(as_installed())
    assert connect(staff) == []
    assert staff.written == []


def test_an_app_that_staff_switched_off_is_switched_on_and_not_installed_again() -> None:
    remember("a-token")
    staff = Staff(as_installed(), is_active=False)
    assert connect(staff) == ["activate"]
    assert staff.written == [("setup/activate_app", {"id": "QXBwOjE="})]


def test_an_app_whose_token_we_lost_is_not_installed_twice_but_given_a_new_one() -> None:
    staff = Staff(as_installed())
    assert connect(staff) == ["token"]
    assert staff.documents() == ["setup/create_app_token"]
    assert SaleorInstallation.objects.get().token == "a-fresh-token"


def test_what_changed_with_a_lost_token_is_told_once_and_done_once() -> None:
    staff = Staff(as_installed())
    assert staff.installed is not None
    staff.installed["webhooks"][0]["targetUrl"] = "https://old.example/hooks/saleor/"
    assert connect(staff, apply=False) == ["token", "webhook Orders"]
    assert staff.written == []
    assert connect(staff) == ["token", "webhook Orders"]
    assert staff.documents() == ["setup/create_app_token", "setup/update_webhook"]


def test_an_installation_that_fails_says_why() -> None:
    with pytest.raises(GatewayError, match="Saleor could not install our app: no answer from there"):
        connect(Staff(failure="no answer from there"))


def refreshed(staff: Staff, *, apply: bool = True) -> list[str]:
    remember("a-token")
    return connect(staff, apply=apply)


def test_webhooks_follow_our_addresses_and_documents() -> None:
    staff = Staff(as_installed())
    assert refreshed(staff) == []
    staff.installed = as_installed()
    staff.installed["webhooks"][0]["targetUrl"] = "https://old.example/hooks/saleor/"
    staff.installed["webhooks"][2]["isActive"] = False
    del staff.installed["webhooks"][4]
    told = ["webhook Orders", "webhook Start a payment", "webhook Refund a payment"]
    assert refreshed(staff, apply=False) == told
    assert staff.written == []
    assert refreshed(staff) == told
    assert staff.documents() == ["setup/update_webhook", "setup/update_webhook", "setup/create_webhook"]
    assert staff.written[0][1]["input"]["targetUrl"] == f"{settings.FULFILMENT_URL}/hooks/saleor/"
    assert staff.written[2][1]["input"]["app"] == "QXBwOjE="


def test_a_right_that_the_app_lacks_is_asked_for() -> None:
    staff = Staff(as_installed())
    assert staff.installed is not None
    staff.installed["permissions"].pop()
    assert refreshed(staff) == ["permissions"]
    assert staff.documents() == ["setup/update_app"]


def test_an_app_that_is_not_there_is_to_be_installed() -> None:
    staff = Staff()
    assert connect(staff, apply=False) == ["install"]
    assert staff.written == []


def without_our_page() -> dict[str, Any]:
    """As it was installed before there was anything of us in the Dashboard."""
    return {**as_installed(), "appUrl": f"{settings.FULFILMENT_URL}/backoffice/", "extensions": []}


ANEW = "install anew, for what it adds to the Dashboard"


def test_what_it_adds_to_the_dashboard_changes_only_by_installing_it_anew() -> None:
    staff = Staff(without_our_page())
    assert refreshed(staff, apply=False) == [ANEW]
    assert staff.written == []
    assert refreshed(staff) == [ANEW]
    assert staff.documents() == ["setup/delete_app", "install_app"]
    assert SaleorInstallation.objects.get().token == "token-of-the-installation"
    assert refreshed(staff) == []


@pytest.mark.parametrize("field", ["label", "mountName", "targetName", "url", "settings", "permissions", "identifier"])
def test_whatever_of_an_extension_is_another_is_seen(field: str) -> None:
    staff = Staff(as_installed())
    assert staff.installed is not None
    staff.installed["extensions"][0][field] = [] if field == "permissions" else "another"
    assert refreshed(staff, apply=False) == [ANEW]


def test_it_is_not_taken_out_where_saleor_cannot_read_the_manifest() -> None:
    staff = Staff(without_our_page(), against=("UNIQUE", "MANIFEST_URL_CANT_CONNECT"))
    with pytest.raises(GatewayError, match="MANIFEST_URL_CANT_CONNECT"):
        refreshed(staff)
    assert staff.written == []


def test_one_that_does_not_come_back_says_to_try_again_and_then_does() -> None:
    staff = Staff(without_our_page(), failure="no answer from there")
    with pytest.raises(GatewayError, match=r"is not back: run the command again .*no answer from there"):
        refreshed(staff)
    staff.failure = ""
    assert connect(staff) == ["install"]
