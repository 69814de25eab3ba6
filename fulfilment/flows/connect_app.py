"""Our app in Saleor: installed once, known again after a loss, told when addresses or documents of ours changed, and
installed anew when what it adds to the Dashboard did."""

import json
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from fulfilment.errors import GatewayError
from fulfilment.flows.install_app import install_app
from fulfilment.gateways.models import SaleorInstallation
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.saleor.client import SaleorClient, raise_business_errors

WAIT_SECONDS = 60
STANDS_THERE = "UNIQUE"
"""What Saleor says of the manifest of an app that is installed already, and does not hold against its coming back."""
Manifest = Mapping[str, Any]


def app_is_ours() -> bool:
    """Whether Saleor knows our app by the token that we keep."""
    found = SaleorInstallation.objects.filter(api_url=settings.SALEOR_API_URL).first()
    if found is None:
        return False
    saleor = Saleor(SaleorClient(found.api_url, found.token))
    try:
        return saleor.app_id(settings.SALEOR_APP_ID) is not None
    finally:
        saleor.close()


def connect_app(
    staff: SaleorClient, manifest: Manifest, *, now: datetime, tell: Callable[[str], None], apply: bool = True
) -> None:
    """Have our app installed, its token kept, and all as the manifest says now. `GatewayError`.

    `tell` hears of each change once; with `apply` false nothing else happens.
    """
    app = _installed(staff)
    if app is None:
        tell("install")
        if apply:
            _install(staff, manifest)
        return
    app_id = app["id"]
    found = staff.execute("setup/app_as_installed", {"id": app_id})["app"]
    if _in_dashboard(found["appUrl"], map(_as_in_manifest, found["extensions"])) != _in_dashboard(
        manifest["appUrl"], manifest["extensions"]
    ):
        tell("install anew, for what it adds to the Dashboard")
        if apply:
            _install_anew(staff, app_id, manifest)
        return
    if not app["isActive"]:
        tell("activate")
        if apply:
            staff.mutate_only("setup/activate_app", {"id": app_id})
    if not app_is_ours():
        tell("token")
        if apply:
            payload = staff.mutate_only("setup/create_app_token", {"input": {"app": app_id, "name": "fulfilment"}})
            install_app(payload["authToken"], now=now)
    _refresh(staff, app_id, found, manifest, tell, apply)


def _in_dashboard(app_url: str, extensions: Iterable[Mapping[str, Any]]) -> tuple[str, list[str]]:
    """What tells apart two ways in which an app shows itself in the Dashboard; in which order is all the same."""
    return app_url, sorted(json.dumps(extension, sort_keys=True) for extension in extensions)


def _as_in_manifest(extension: Mapping[str, Any]) -> dict[str, Any]:
    """An extension that Saleor tells of, as a manifest says it."""
    return {
        "identifier": extension["identifier"],
        "label": extension["label"],
        "mount": extension["mountName"],
        "target": extension["targetName"],
        "url": extension["url"],
        "permissions": [permission["code"] for permission in extension["permissions"]],
        "options": extension["settings"],
    }


def _install_anew(staff: SaleorClient, app_id: str, manifest: Manifest) -> None:
    """Saleor has nothing that changes what an installed app adds to the Dashboard, so it is taken out and comes back.

    Nothing is lost by it: Saleor knows whose transactions are whose by the identifier too, which stays; what happens in
    the seconds between is found by the sweep. It is only taken out where Saleor can read the manifest now.
    """
    answer = staff.execute("setup/fetch_manifest", {"url": _manifest_address()})["appFetchManifest"]
    raise_business_errors("fetch_manifest", [error for error in answer["errors"] if error["code"] != STANDS_THERE])
    staff.mutate_only("setup/delete_app", {"id": app_id})
    try:
        _install(staff, manifest)
    except GatewayError as error:
        raise GatewayError(
            f"our app was taken out of Saleor to be installed anew, and is not back: run the command again ({error})",
            retry=True,
            code=error.code,
            at=error.at,
        ) from error


def _refresh(
    staff: SaleorClient,
    app_id: str,
    found: Mapping[str, Any],
    manifest: Manifest,
    tell: Callable[[str], None],
    apply: bool,
) -> None:
    """Saleor reads a manifest at the installation only."""
    if set(manifest["permissions"]) - {permission["code"] for permission in found["permissions"]}:
        tell("permissions")
        if apply:
            staff.mutate_only("setup/update_app", {"id": app_id, "input": {"permissions": manifest["permissions"]}})
    seen = {webhook["name"]: webhook for webhook in found["webhooks"]}
    for webhook in manifest["webhooks"]:
        _refresh_webhook(staff, app_id, webhook, seen.get(webhook["name"]), tell, apply)


def _refresh_webhook(
    staff: SaleorClient,
    app_id: str,
    webhook: Manifest,
    now: Mapping[str, Any] | None,
    tell: Callable[[str], None],
    apply: bool,
) -> None:
    wanted = {"targetUrl": webhook["targetUrl"], "query": webhook["query"], "isActive": True}
    if now is not None and (now["targetUrl"], now["subscriptionQuery"], now["isActive"]) == tuple(wanted.values()):
        return
    tell(f"webhook {webhook['name']}")
    if not apply:
        return
    events = {name: webhook[name] for name in ("asyncEvents", "syncEvents") if name in webhook}
    if now is None:
        given = {"name": webhook["name"], "app": app_id, **wanted, **events}
        staff.mutate_only("setup/create_webhook", {"input": given})
    else:
        staff.mutate_only("setup/update_webhook", {"id": now["id"], "input": {**wanted, **events}})


def _installed(staff: SaleorClient) -> Mapping[str, Any] | None:
    """Our app as Saleor lists it, also one that staff switched off: a second one is refused as long as it is there."""
    apps = [edge["node"] for edge in staff.execute("installation_state")["apps"]["edges"]]
    return next((app for app in apps if app["identifier"] == settings.SALEOR_APP_ID), None)


def _install(staff: SaleorClient, manifest: Manifest) -> None:
    install = {
        "appName": manifest["name"],
        "manifestUrl": _manifest_address(),
        "permissions": manifest["permissions"],
        "activateAfterInstallation": True,
    }
    ours = staff.mutate("install_app", "appInstall", {"input": install})["appInstallation"]["id"]
    for _second in range(WAIT_SECONDS):
        state = staff.execute("installation_state")
        # One that failed before may still stand there.
        failed = [found["message"] for found in state["appsInstallations"] if found["id"] == ours and _failed(found)]
        if failed:
            raise GatewayError(f"Saleor could not install our app: {failed[0]}", retry=False)
        # Saleor lists the app before our own registration is committed: both must have happened.
        if _installed(staff) is not None and app_is_ours():
            return
        time.sleep(1)
    raise GatewayError(f"Saleor did not install our app within {WAIT_SECONDS} seconds", retry=False)


def _manifest_address() -> str:
    return f"{settings.FULFILMENT_URL}/saleor/manifest"


def _failed(installation: Mapping[str, Any]) -> bool:
    return bool(installation["status"] == "FAILED")
