"""What apps add to the Dashboard, by their manifests; and the tokens that it hands to them, which say who looks."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import uuid4

from graphql import GraphQLResolveInfo

from sandbox.common.store import Document
from sandbox.saleor.auth import PermissionDenied, require_staff_or_app
from sandbox.saleor.connections import connection, page_size, place
from sandbox.saleor.core import Core, Node, Resolvers, context, core_of
from sandbox.saleor.ids import global_id

resolvers = Resolvers()

_TOKEN_LIVES_SECONDS = 300
_DEFAULT_TARGET = "popup"


class InstallationError(Exception):
    """The app cannot be installed; the text becomes the installation's message."""


def read_extensions(manifest: Mapping[str, Any], permissions: Iterable[str]) -> list[Document]:
    """The extensions of a manifest, where they can be; raises InstallationError."""
    return [_extension(given, manifest, set(permissions)) for given in manifest.get("extensions") or []]


def _extension(given: Mapping[str, Any], manifest: Mapping[str, Any], permissions: set[str]) -> Document:
    missing = [name for name in ("label", "url", "mount") if not given.get(name)]
    if missing:
        raise InstallationError(f"extensions: {missing[0]}: Field required.")
    url = str(given["url"])
    if not (url.startswith(("http://", "https://")) or (url.startswith("/") and manifest.get("appUrl"))):
        raise InstallationError("extensions: Incorrect value for field: url.")
    needed = list(given.get("permissions") or [])
    if set(needed) - permissions:
        raise InstallationError("extensions: Extension permission must be listed in App's permissions.")
    return {
        "identifier": given.get("identifier"),
        "label": given["label"],
        "url": url,
        "mount": str(given["mount"]).lower(),
        "target": str(given.get("target") or _DEFAULT_TARGET).lower(),
        "permissions": needed,
        "options": given.get("options") or {},
    }


def permission_nodes(codes: Iterable[str]) -> list[Node]:
    return [{"code": code, "name": code.replace("_", " ").capitalize()} for code in codes]


@resolvers.field("Query.appExtensions")
def app_extensions(
    _root: object,
    info: GraphQLResolveInfo,
    filter: Mapping[str, Any] | None = None,
    first: int | None = None,
    after: str | None = None,
) -> Node:
    require_staff_or_app(info)
    size, start = page_size(first), place(after)
    mounts = {mount.lower() for mount in (filter or {}).get("mountName") or ()}
    target = ((filter or {}).get("targetName") or "").lower()
    found = [
        (app, one)
        for app in core_of(info).store.find("app", {"is_active": True})
        for one in _extensions(app)
        if (not mounts or one["mount"] in mounts) and target in ("", one["target"])
    ]
    shown = [pair for pair in found if start is None or [int(pair[1]["id"])] > start]
    return connection(shown[: size + 1], size, lambda pair: [int(pair[1]["id"])], lambda pair: _node(*pair))


@resolvers.field("App.extensions")
def extensions_of_app(root: Node, info: GraphQLResolveInfo) -> list[Node]:
    return [_node(root["_app"], one) for one in _extensions(root["_app"])]


def _extensions(app: Document) -> list[Document]:
    """Those of an app; a state of before there were any has none."""
    found: list[Document] = app.get("extensions") or []
    return found


def _node(app: Document, extension: Document) -> Node:
    return {
        "id": global_id("AppExtension", extension["id"]),
        "identifier": extension["identifier"],
        "label": extension["label"],
        "url": extension["url"],
        "mountName": extension["mount"].upper(),
        "targetName": extension["target"].upper(),
        "permissions": permission_nodes(extension["permissions"]),
        "settings": extension["options"],
        "app": {"id": global_id("App", app["id"]), "identifier": app["identifier"], "appUrl": app["app_url"]},
        "_app": app,
        "_extension": extension,
    }


@resolvers.field("AppExtension.app")
def app_of_extension(root: Node, info: GraphQLResolveInfo) -> Node:
    """Told to staff, and to the app itself."""
    if context(info).requestor.app_id not in (None, root["_app"]["id"]):
        raise PermissionDenied("OWNER")
    found: Node = root["app"]
    return found


@resolvers.field("App.accessToken")
def token_for_app(root: Node, info: GraphQLResolveInfo) -> str | None:
    return _token(info, root["_app"], root["_app"]["permissions"], {})


@resolvers.field("AppExtension.accessToken")
def token_for_extension(root: Node, info: GraphQLResolveInfo) -> str | None:
    extension = root["_extension"]
    named = {"app_extension": global_id("AppExtension", extension["id"])}
    return _token(info, root["_app"], extension["permissions"], named)


def _token(info: GraphQLResolveInfo, app: Document, permissions: Iterable[str], more: Mapping[str, str]) -> str | None:
    """A token that says who of the staff works in an app: nobody else gets one."""
    if context(info).requestor.kind != "staff":
        return None
    core: Core = core_of(info)
    now = int(core.clock())
    return core.keys.sign_token(
        {
            "iat": now,
            "exp": now + _TOKEN_LIVES_SECONDS,
            "owner": "saleor",
            "iss": core.api_url,
            "type": "thirdparty",
            "email": next(iter(core.catalogue.file.staff)),
            "user_id": global_id("User", "1"),
            "is_staff": True,
            "token": uuid4().hex[:12],
            "app": global_id("App", app["id"]),
            "permissions": list(permissions),
            "user_permissions": list(info.schema.type_map["PermissionEnum"].values),  # type: ignore[attr-defined]
            **more,
        }
    )
