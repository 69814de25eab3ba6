"""Apps: installing one from its manifest, what is installed, and taking one out again."""

import json
import logging
import re
import secrets
import string
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import httpx2
from graphql import GraphQLError, GraphQLResolveInfo

from sandbox.common.store import Document, Transaction
from sandbox.common.worker import Workers
from sandbox.saleor.auth import PermissionDenied, require, require_staff_or_app
from sandbox.saleor.connections import connection, page_size, place
from sandbox.saleor.core import VERSION, Core, Node, Resolvers, context, core_of, problem
from sandbox.saleor.customer_types import GUARD, guards
from sandbox.saleor.extensions import InstallationError, permission_nodes, read_extensions
from sandbox.saleor.ids import global_id, key_of
from sandbox.saleor.webhooks import ASYNC_EVENTS, SYNC_EVENTS

log = logging.getLogger(__name__)
resolvers = Resolvers()

_TOKEN_LENGTH = 30
_ALPHABET = string.ascii_letters + string.digits
_SCHEMA_VERSION = VERSION.rpartition(".")[0]
_ADDRESS = re.compile(
    r"(https?|ftps?)://([^\s:@/]+(:[^\s:@/]*)?@)?(?P<host>\[[0-9a-f:.]+\]|[a-z0-9-]+(\.[a-z0-9-]+)*\.?)"
    r"(:\d{2,5})?([/?#]\S*)?",
    re.IGNORECASE,
)
"""Where an app may live. A port has two digits at least: Saleor would have it so."""
_NEEDED = ("id", "version", "name", "tokenTargetUrl")


@resolvers.field("Mutation.appInstall")
def app_install(_root: object, info: GraphQLResolveInfo, input: Mapping[str, Any]) -> Node:
    requestor = context(info).requestor
    if requestor.kind != "staff":
        raise PermissionDenied("AUTHENTICATED_STAFF_USER", "MANAGE_APPS")
    core = core_of(info)
    wrong = _address_fault(input["manifestUrl"])
    if wrong is not None:
        return {"appInstallation": None, "errors": [problem(wrong, "Enter a valid URL.", "manifestUrl")]}
    now = core.now()
    installation: Document = {
        "id": str(uuid4()),
        "status": "PENDING",
        "created": now,
        "updated": now,
        "message": None,
        "app_name": input["appName"],
        "manifest_url": input["manifestUrl"],
        "permissions": list(input.get("permissions") or []),
        "activate": input.get("activateAfterInstallation", True),
    }
    with core.store.write() as tx:
        tx.insert("installation", installation["id"], installation)
    return {"appInstallation": _installation_node(installation), "errors": []}


@resolvers.field("Mutation.appDelete")
def app_delete(_root: object, info: GraphQLResolveInfo, id: str) -> Node:
    """Taken out at once. What it owns waits for an app that is installed under the same identifier."""
    require(info, "MANAGE_APPS")
    key = key_of("App", id)
    with core_of(info).store.write() as tx:
        found = tx.get("app", key) if key is not None else None
        if found is None or not found["installed"]:
            return {"app": None, "errors": [problem("NOT_FOUND", f"Couldn't resolve to a node: {id}", "id")]}
        gone = {**found, "is_active": False, "installed": False}
        tx.put("app", found["id"], gone)
    return {"app": app_node(gone), "errors": []}


@resolvers.field("Mutation.appFetchManifest")
def app_fetch_manifest(_root: object, info: GraphQLResolveInfo, manifestUrl: str) -> Node:
    """Whether an app could be installed from there; what stands in the way of one that is installed already."""
    require(info, "MANAGE_APPS")
    core = core_of(info)
    try:
        manifest = read_manifest(core, manifestUrl)
    except InstallationError as error:
        return {"manifest": None, "errors": [problem("INVALID", str(error), "manifestUrl")]}
    with core.store.read() as reader:
        known = reader.first("app", {"identifier": manifest["id"], "installed": True})
    if known is not None:
        told = f"App with the same identifier is already installed: {known['name']}"
        return {"manifest": None, "errors": [problem("UNIQUE", told, "identifier")]}
    return {"manifest": {**manifest, "identifier": manifest["id"]}, "errors": []}


def _address_fault(address: str) -> str | None:
    """The code of what is wrong with an app's address."""
    read = _ADDRESS.fullmatch(address)
    if read is None:
        return "INVALID_URL_FORMAT"
    host = read["host"].lower()
    return None if host == "localhost" or "." in host or host.startswith("[") else "INVALID"


def _installation_node(installation: Document) -> Node:
    return {
        "id": global_id("AppInstallation", installation["id"]),
        "status": installation["status"],
        "message": installation["message"],
        "createdAt": installation["created"],
        "updatedAt": installation["updated"],
        "appName": installation["app_name"],
        "manifestUrl": installation["manifest_url"],
    }


@resolvers.field("Query.appsInstallations")
def apps_installations(_root: object, info: GraphQLResolveInfo) -> list[Node]:
    require(info, "MANAGE_APPS")
    return [_installation_node(one) for one in core_of(info).store.find("installation")]


@resolvers.field("Query.apps")
def apps(_root: object, info: GraphQLResolveInfo, first: int | None = None, after: str | None = None) -> Node:
    require(info, "MANAGE_APPS")
    size, start = page_size(first), place(after)
    found = [a for a in core_of(info).store.find("app", {"installed": True}) if start is None or [int(a["id"])] > start]
    return connection(found[: size + 1], size, lambda one: [int(one["id"])], app_node)


@resolvers.field("Query.app")
def app(_root: object, info: GraphQLResolveInfo, id: str | None = None) -> Node | None:
    requestor = require_staff_or_app(info)
    key = key_of("App", id) if id is not None else requestor.app_id
    if key is None:
        return None
    if key != requestor.app_id:
        require(info, "MANAGE_APPS")
    found = core_of(info).store.get("app", key)
    return app_node(found) if found else None


@resolvers.field("Query.plugin")
def plugin(_root: object, info: GraphQLResolveInfo, id: str) -> Node:
    """Every plugin is there and on: this stand-in does itself what ours do."""
    require(info, "MANAGE_PLUGINS")
    channels = guards(core_of(info)) if id == GUARD else []
    return {"id": id, "name": id, "globalConfiguration": {"active": True}, "channelConfigurations": channels}


def app_node(app: Document) -> Node:
    """An app by Saleor's field names."""
    return {
        "id": global_id("App", app["id"]),
        "identifier": app["identifier"],
        "name": app["name"],
        "isActive": app["is_active"],
        "version": app["version"],
        "appUrl": app["app_url"],
        "manifestUrl": app["manifest_url"],
        "permissions": permission_nodes(app["permissions"]),
        "_app": app,
    }


@resolvers.field("App.webhooks")
def app_webhooks(root: Node, info: GraphQLResolveInfo) -> list[Node]:
    if context(info).requestor.app_id != root["_app"]["id"]:
        require(info, "MANAGE_APPS")
    return [
        {
            "id": global_id("Webhook", webhook["id"]),
            "name": webhook["name"],
            "targetUrl": webhook["targetUrl"],
            "isActive": webhook["isActive"],
            "subscriptionQuery": webhook["query"],
        }
        for webhook in root["_app"]["webhooks"]
    ]


def read_manifest(core: Core, url: str) -> dict[str, Any]:
    """What an app says of itself; raises InstallationError."""
    try:
        answer = core.http.get(url, headers={"Saleor-Schema-Version": _SCHEMA_VERSION})
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise InstallationError(f"Failed to connect to app. Try later or contact with app support. {error}") from error
    if not answer.is_success:
        raise InstallationError(f"App internal error ({answer.status_code}). Try later or contact with app support.")
    try:
        manifest = json.loads(answer.text)
    except ValueError as error:
        raise InstallationError("Invalid manifest format.") from error
    missing = [name for name in _NEEDED if not isinstance(manifest, dict) or not manifest.get(name)]
    if missing:
        raise InstallationError(f"{missing[0]}: Field required.")
    assert isinstance(manifest, dict)
    return manifest


class Installer:
    """Carries installations out, one after another, in the background."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self.workers = Workers("app-installer", self.install_one, self._next_due, core.clock)

    def install_one(self) -> bool:
        """Carry out the oldest installation that waits; says whether there was one."""
        with self._core.store.read() as reader:
            waiting = reader.first("installation", {"status": "PENDING"})
        if waiting is None:
            return False
        try:
            self._install(waiting)
        except InstallationError as error:
            change = {"status": "FAILED", "message": str(error), "updated": self._core.now()}
            with self._core.store.write() as tx:
                tx.put("installation", waiting["id"], {**waiting, **change})
        else:
            # As in Saleor, an installation that went well leaves no trace but the app.
            with self._core.store.write() as tx:
                tx.delete("installation", waiting["id"])
        return True

    def _next_due(self) -> float:
        # The mutation does not know this worker: it is looked for four times a second.
        return self._core.clock() + 0.25

    def _install(self, installation: Document) -> None:
        manifest = read_manifest(self._core, installation["manifest_url"])
        webhooks = self._webhooks(manifest)
        extensions = read_extensions(manifest, installation["permissions"])
        with self._core.store.write() as tx:
            app = self._new_app(tx, installation, manifest, webhooks, extensions)
        # Committed: the app may use the token while it is still being given to it.
        try:
            self._hand_over(manifest["tokenTargetUrl"], app["token"])
        except InstallationError:
            with self._core.store.write() as tx:
                tx.delete("app", app["id"])
            raise
        with self._core.store.write() as tx:
            tx.put("app", app["id"], {**tx.require("app", app["id"]), "installed": True})

    def _webhooks(self, manifest: Mapping[str, Any]) -> list[Document]:
        return [self._webhook(given) for given in manifest.get("webhooks") or []]

    def _webhook(self, given: Mapping[str, Any]) -> Document:
        name = str(given.get("name"))
        events = [str(e).upper() for e in (*(given.get("asyncEvents") or ()), *(given.get("syncEvents") or ()))]
        unknown = [event for event in events if event not in ASYNC_EVENTS | SYNC_EVENTS]
        if unknown:
            raise InstallationError(f"webhooks: Webhook {name}: this Saleor does not know the event {unknown[0]}.")
        try:
            self._core.executor.read(given["query"])
        except (KeyError, GraphQLError) as error:
            raise InstallationError(f"webhooks: Webhook {name}: Subscription query is not valid: {error}") from error
        if not str(given.get("targetUrl", "")).startswith(("http://", "https://")):
            raise InstallationError(f"webhooks: Webhook {name}: Invalid target url.")
        return {
            "name": name,
            "events": events,
            "query": given["query"],
            "targetUrl": given["targetUrl"],
            "isActive": given.get("isActive", True),
            "customHeaders": given.get("customHeaders") or {},
        }

    def _new_app(
        self,
        tx: Transaction,
        installation: Document,
        manifest: Mapping[str, Any],
        webhooks: list[Document],
        extensions: list[Document],
    ) -> Document:
        known = tx.first("app", {"identifier": manifest["id"]})
        if known is not None and known["installed"]:
            raise InstallationError(f"identifier: App with the same identifier is already installed: {known['name']}")
        missing = sorted(set(manifest.get("permissions") or ()) - set(installation["permissions"]))
        if missing:
            log.info("the app %s asked for %s and did not get it", manifest["id"], ", ".join(missing))
        app: Document = {
            "id": str(tx.next_number("App")),
            "identifier": manifest["id"],
            "name": installation["app_name"] or manifest["name"],
            "version": manifest["version"],
            "app_url": manifest.get("appUrl"),
            "manifest_url": installation["manifest_url"],
            "is_active": installation["activate"],
            "installed": False,
            "permissions": installation["permissions"],
            "token": "".join(secrets.choice(_ALPHABET) for _ in range(_TOKEN_LENGTH)),
            "webhooks": [{**webhook, "id": str(tx.next_number("Webhook"))} for webhook in webhooks],
            "extensions": [{**one, "id": str(tx.next_number("AppExtension"))} for one in extensions],
        }
        if known is not None:
            # Taken out by staff, or left behind by an installation that a restart broke off. As in Saleor, where an app
            # owns its transactions by its identifier too, the new one goes on with them.
            for transaction in tx.find("transaction", {"app": known["id"]}):
                tx.put("transaction", transaction["id"], {**transaction, "app": app["id"]})
            tx.delete("app", known["id"])
        tx.insert("app", app["id"], app)
        return app

    def _hand_over(self, url: str, token: str) -> None:
        """Give the app its token. Nothing signs this request, in Saleor neither."""
        sent = {
            "Content-Type": "application/json",
            "Saleor-Domain": self._core.domain,
            "Saleor-Api-Url": self._core.api_url,
            "Saleor-Schema-Version": _SCHEMA_VERSION,
        }
        try:
            answer = self._core.http.post(url, content=json.dumps({"auth_token": token}).encode(), headers=sent)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise InstallationError("Failed to connect to app. Try later or contact with app support.") from error
        if answer.is_success:
            return
        try:
            told = json.loads(answer.text)["error"]["message"]
        except (ValueError, KeyError, TypeError):
            told = f"App internal error ({answer.status_code}). Try later or contact with app support."
        raise InstallationError(str(told))
