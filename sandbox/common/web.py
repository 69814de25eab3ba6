"""The base of both WSGI programs: routes, errors, health page, form parsing, templates."""

import json
import logging
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from sandbox.common.store import Store

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

log = logging.getLogger(__name__)

HERE = Path(__file__).parent
ALWAYS_UP = ("/control/", "/healthz", "/assets/")
_LARGEST_BODY = 5 * 1024 * 1024

Handler = Callable[..., Response]
"""Called with the request and the parts of its address as keyword arguments."""


@dataclass(frozen=True)
class Route:
    """One address: a werkzeug rule, its handler and its methods."""

    rule: str
    handler: Handler
    methods: tuple[str, ...] = ("GET",)


class Program:
    """One WSGI program.

    `unavailable(request)` answers for the whole program while it is down (None when it is up), except at the control
    page, the health page and the assets; `failed(request, error)` turns an error into an answer (None: the plain one);
    `around(request, answer)` stands around every answer.
    """

    def __init__(
        self,
        routes: Iterable[Route],
        *,
        store: Store,
        unavailable: Callable[[Request], Response | None],
        failed: Callable[[Request, HTTPException], Response | None],
        around: Callable[[Request, Callable[[], Response]], Response],
        assets: Sequence[Path] = (),
    ) -> None:
        self._store = store
        self._around = around
        self._unavailable = unavailable
        self._failed = failed
        self._assets = {path.name: path for folder in (HERE / "static", *assets) for path in folder.iterdir()}
        own = (
            Route("/", lambda request: redirect("/control/")),
            Route("/healthz", self._health),
            Route("/assets/<name>", self._asset),
        )
        self._map = Map([Rule(r.rule, endpoint=r.handler, methods=list(r.methods)) for r in (*own, *routes)])

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request(environ)
        request.max_content_length = _LARGEST_BODY
        request.max_form_memory_size = _LARGEST_BODY
        return self._around(request, lambda: self._answer(request))(environ, start_response)

    def _answer(self, request: Request) -> Response:
        try:
            down = None if request.path == "/" or request.path.startswith(ALWAYS_UP) else self._unavailable(request)
            if down is not None:
                return down
            handler, arguments = self._map.bind_to_environ(request.environ).match()
            response = handler(request, **arguments)
            assert isinstance(response, Response)
            return response
        except HTTPException as error:
            return self._error(request, error)
        except Exception as error:
            log.exception("%s %s failed", request.method, request.path)
            return self._error(request, InternalServerError(original_exception=error))

    def _error(self, request: Request, error: HTTPException) -> Response:
        shaped = self._failed(request, error)
        if shaped is not None:
            return shaped
        response = error.get_response(request.environ)
        assert isinstance(response, Response)
        return response

    def _health(self, request: Request) -> Response:
        try:
            self._store.check()
        except sqlite3.Error as error:
            return json_response({"ok": False, "error": str(error)}, 503)
        return json_response({"ok": True})

    def _asset(self, request: Request, name: str) -> Response:
        path = self._assets.get(name)
        if path is None:
            return Response("Not found", 404)
        kind = {".css": "text/css", ".svg": "image/svg+xml"}[path.suffix]
        return Response(path.read_bytes(), mimetype=kind, headers={"Cache-Control": "max-age=60"})


def json_response(document: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """An answer in JSON, readable for people."""
    body = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    return Response(body, status, mimetype="application/json", headers=headers)


def redirect(location: str) -> Response:
    """To be read next with GET, whatever this request was."""
    return Response(status=303, headers={"Location": location})


def form_or_json(request: Request) -> dict[str, object]:
    """The fields of a POST, from a form (the last value of each name) or from a JSON object.

    Raises ValueError for JSON that is no object."""
    if request.mimetype != "application/json":
        return {name: values[-1] for name, values in request.form.lists()}
    document = json.loads(request.get_data())
    if not isinstance(document, dict):
        raise ValueError("a JSON object is expected")
    return document


def templates(*folders: Path, **shared: Any) -> Environment:
    """Templates of the given folders and of the common one, with `shared` known to each."""
    environment = Environment(
        loader=FileSystemLoader([*folders, HERE / "templates"]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"moment": moment, "money": money, "pretty": pretty}
    environment.globals.update(shared)
    return environment


def page(environment: Environment, name: str, /, status: int = 200, **values: Any) -> Response:
    """A rendered template as HTML."""
    return Response(environment.get_template(name).render(**values), status, mimetype="text/html")


def moment(seconds: float | None) -> str:
    """A unix time as people write it, in the machine's zone; a dash for none."""
    if not seconds:
        return "–"
    return datetime.fromtimestamp(seconds, UTC).astimezone().strftime("%d/%m/%Y %H:%M:%S")


def money(minor: int, currency: str) -> str:
    """Minor units as people write them in Flanders: € 1.234,50 (currencies with two decimals)."""
    sign = "−" if minor < 0 else ""
    whole, cents = divmod(abs(minor), 100)
    name = "€" if currency.upper() == "EUR" else currency.upper()
    return f"{name} {sign}{whole:,}".replace(",", ".") + f",{cents:02d}"


def pretty(document: object) -> str:
    """A document as indented JSON; text that is JSON is indented too, other text stays as it is."""
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            return str(document)
    return json.dumps(document, ensure_ascii=False, indent=2)
