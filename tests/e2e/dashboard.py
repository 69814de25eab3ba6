"""Saleor's Dashboard as our pages in it meet it: a page of its origin that holds ours in a frame, sandboxed
as there, and speaks the App Bridge's messages; and somebody else's page that tries the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx2
from werkzeug.wrappers import Response

from catalogue.file import read_catalogue
from tests.e2e.conftest import ROOT, Demo

SANDBOX = "allow-same-origin allow-forms allow-scripts allow-downloads allow-popups"
"""What the Dashboard's frames may do."""

_PAGE = """<!doctype html><html lang="en"><title>Dashboard</title><body style="margin:0">
<iframe title="app" sandbox="SANDBOX" style="border:0;width:100%;height:200px"></iframe>
<script>
const given = new URLSearchParams(location.search);
const frame = document.querySelector("iframe"), app = new URL(given.get("app")).origin;
const versions = { version: 1, saleorVersion: "3.23.28", dashboardVersion: "3.23.27" };
window.heard = [];
window.say = (type, payload) => frame.contentWindow.postMessage({ type, payload }, app);
const handshake = () => { if (given.has("token")) say("handshake", { token: given.get("token"), ...versions }); };
frame.addEventListener("load", handshake);
window.addEventListener("message", ({ origin, data }) => {
  if (origin !== app || !data?.type || !data?.payload?.actionId) return;
  heard.push(data);
  if (data.type === "notifyReady") handshake();
  if (data.type === "widgetResize") frame.style.height = `${data.payload.height}px`;
  say("response", { actionId: data.payload.actionId, ok: true });
});
frame.src = given.get("app");
</script>""".replace("SANDBOX", SANDBOX)


def host_page(environ: Any, start_response: Any) -> Any:
    """The page, as a WSGI program: which page of ours it holds, and the token, stand in its own address."""
    return Response(_PAGE, mimetype="text/html")(environ, start_response)


@dataclass(frozen=True)
class Dashboard:
    """A Dashboard, or somebody else who plays it, at an address of one's choice."""

    demo: Demo
    origin: str

    def show(self, page: Any, frame: str, token: str | None, *, theme: str = "light", **about: str) -> Any:
        """Open a page of the Dashboard with a page of ours in it; what is in the frame. `None`: it says no token."""
        query = urlencode({"domain": "x", "saleorApiUrl": "x", "id": "QXBwOjE=", **about, "theme": theme})
        given = {"app": f"{self.demo.fulfilment}/in-saleor{frame}?{query}"}
        page.goto(f"{self.origin}/dashboard/?{urlencode(given | ({} if token is None else {'token': token}))}")
        return page.frame_locator("iframe")


@dataclass(frozen=True)
class StaffOfSaleor:
    """Somebody who works in the Dashboard of the demo's Saleor."""

    demo: Demo

    def ask(self, document: str, **variables: object) -> dict[str, Any]:
        """Signed in anew each time: a login lasts five minutes, and a busy machine takes its time."""
        email, password = next(iter(read_catalogue(ROOT / "demo" / "catalogue.toml").staff.items()))
        signing_in = "mutation($e: String!, $p: String!) { tokenCreate(email: $e, password: $p) { token } }"
        token = _ask(self.demo, signing_in, {"e": email, "p": password})["tokenCreate"]["token"]
        return _ask(self.demo, document, variables, token)

    def token_for(self, mount: str) -> str:
        """What the Dashboard hands to what our app has there."""
        document = """query($m: [String!]) {
          appExtensions(first: 9, filter: {mountName: $m}) { edges { node { accessToken } } } }"""
        [edge] = self.ask(document, m=[mount])["appExtensions"]["edges"]
        token: str = edge["node"]["accessToken"]
        return token


def _ask(demo: Demo, document: str, variables: Mapping[str, object], token: str = "") -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    body = {"query": document, "variables": dict(variables)}
    answer = httpx2.post(f"{demo.saleor}/graphql/", json=body, headers=headers, timeout=60, trust_env=False).json()
    assert "errors" not in answer, answer
    data: dict[str, Any] = answer["data"]
    return data
