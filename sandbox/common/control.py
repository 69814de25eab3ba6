"""The control page: what a stand-in holds, its webhooks with every attempt, and the switches of its faults.

A program hands in its sections (tables of what it holds) and may add addresses of its own below `/control/`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from sandbox.common.faults import Faults, UnknownFaultError
from sandbox.common.outbox import Outbox
from sandbox.common.settings import SandboxSettings
from sandbox.common.store import Document, NotStoredError, Reader, Store
from sandbox.common.web import Route, form_or_json, json_response, moment, page, redirect, templates
from sandbox.common.worker import Clock

_ON_FIRST_PAGE = 5
_ON_A_PAGE = 100
_MOST_TOLD = 500
STATES = {
    "waiting": "wacht",
    "sending": "onderweg",
    "delivered": "aangekomen",
    "failed": "opgegeven",
    "dropped": "verloren",
    "void": "vervallen",
}
_REFUSED = "Dit adres bestaat hier niet, of het verwacht iets anders."
_BROKEN = "De fout ligt bij de zandbak zelf. In haar logboek staat wat er gebeurde."
_NOTICES = {
    "faults": "De storingen zijn aangepast.",
    "redeliver": "De webhook vertrekt opnieuw.",
    "done": "Gedaan.",
}


@dataclass(frozen=True)
class Row:
    """One line of a section: the id that its detail page is found by, and one text per column. `state` colours the
    line's first cell: good, bad, busy or empty."""

    id: str
    cells: tuple[str, ...]
    state: str = ""


@dataclass(frozen=True)
class Input:
    """A field beside a button: a whole number, or one of `choices` (value and label)."""

    name: str
    label: str
    value: str = ""
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Action:
    """A button that posts to `path`, with what is filled in beside it."""

    path: str
    label: str
    explanation: str
    inputs: tuple[Input, ...] = ()


@dataclass(frozen=True)
class Section:
    """One kind of document as a table; `row` turns a document into a line. Newest first. `detail` may name other
    documents that belong to one, shown below it, as (title, document); `actions` what can be done to it there."""

    kind: str
    title: str
    columns: tuple[str, ...]
    row: Callable[[Document], Row]
    detail: Callable[[Reader, Document], list[tuple[str, Document]]] = field(default=lambda reader, document: [])
    actions: Callable[[Document], Sequence[Action]] = field(default=lambda document: [])


@dataclass(frozen=True)
class Panel:
    """A few figures on top of the first page, as (label, value), and the buttons below them."""

    figures: list[tuple[str, str]]
    actions: Sequence[Action] = ()


DISTURBED = Section(
    "disturbance",
    "Verstoorde oproepen",
    ("Oproep", "Nummer", "Wanneer", "Hoe"),
    lambda d: Row(d["id"], (d["call"], str(d["number"]), moment(d["at"]), d["kind"]), "bad"),
)


class ControlPage:
    """The pages below `/control/`. `name` is shown and marks which of the two programs this is ("Saleor", "Stripe")."""

    def __init__(
        self,
        name: str,
        *,
        settings: SandboxSettings,
        store: Store,
        faults: Faults,
        outbox: Outbox,
        clock: Clock,
        sections: Sequence[Section],
        panel: Callable[[Reader], Panel],
        calls: Callable[[], Mapping[str, int]] = dict,
        template_folders: Sequence[Path] = (),
    ) -> None:
        self._store = store
        self._faults = faults
        self._outbox = outbox
        self._clock = clock
        self._sections = {section.kind: section for section in (*sections, DISTURBED)}
        self._panel = panel
        self._calls = calls
        self._templates = templates(
            *template_folders,
            program=name,
            programs=[("Saleor", settings.saleor_url), ("Stripe", settings.stripe_url)],
            sections=list(self._sections.values()),
            states=STATES,
        )

    def routes(self) -> list[Route]:
        return [
            Route("/control/", self._overview),
            Route("/control/state.json", self._state),
            Route("/control/faults", self._change_faults, ("POST",)),
            Route("/control/webhooks/", self._webhooks),
            Route("/control/webhooks/<delivery_id>", self._webhook),
            Route("/control/webhooks/<delivery_id>/redeliver", self._redeliver, ("POST",)),
            Route("/control/<kind>/", self._list),
            Route("/control/<kind>/<path:document_id>", self._detail),
        ]

    def render(self, template: str, /, status: int = 200, **values: Any) -> Response:
        """A page in the control page's frame, for addresses that a program adds itself."""
        with self._store.read() as reader:
            faults = self._faults.values(reader)
        down = float(faults["down_until"]) > self._clock()
        return page(self._templates, template, status, faults=faults, down=down, **{"notice": "", **values})

    def failed(self, error: HTTPException) -> Response:
        """An error as a page that says where one is, for every address that is not an API's."""
        if error.code is not None and error.code < 500:
            return self.render("control/message.html", error.code, title="Dat ging niet", text=_REFUSED)
        return self.render("control/message.html", 500, title="Er liep iets mis", text=_BROKEN)

    def _overview(self, request: Request) -> Response:
        with self._store.read() as reader:
            tables = [
                (section, reader.count(section.kind), _rows(reader, section, _ON_FIRST_PAGE))
                for section in self._sections.values()
            ]
            deliveries = reader.find("delivery", newest_first=True, limit=8)
            counts = {state: reader.count("delivery", {"state": state}) for state in STATES}
            panel = self._panel(reader)
        return self.render(
            "control/overview.html",
            tables=tables,
            deliveries=deliveries,
            counts=counts,
            panel=panel,
            switches=self._faults.switches,
            notice=_NOTICES.get(request.args.get("done", ""), ""),
        )

    def _list(self, request: Request, kind: str) -> Response:
        section = self._sections.get(kind)
        if section is None:
            return self._missing()
        offset = request.args.get("from", 0, type=int)
        with self._store.read() as reader:
            total = reader.count(kind)
            rows = _rows(reader, section, _ON_A_PAGE, max(0, offset))
        return self.render("control/list.html", section=section, rows=rows, total=total, offset=offset, step=_ON_A_PAGE)

    def _detail(self, request: Request, kind: str, document_id: str) -> Response:
        section = self._sections.get(kind)
        with self._store.read() as reader:
            document = reader.get(kind, document_id)
            if section is None or document is None:
                return self._missing()
            related = section.detail(reader, document)
            row = section.row(document)
        return self.render(
            "control/detail.html",
            section=section,
            row=row,
            document=document,
            related=related,
            actions=section.actions(document),
            notice=_NOTICES.get(request.args.get("done", ""), ""),
        )

    def _webhooks(self, request: Request) -> Response:
        state = request.args.get("state", "")
        where = {"state": state} if state in STATES else {}
        offset = max(0, request.args.get("from", 0, type=int))
        with self._store.read() as reader:
            total = reader.count("delivery", where)
            deliveries = reader.find("delivery", where, newest_first=True, limit=_ON_A_PAGE, offset=offset)
        return self.render(
            "control/webhooks.html", deliveries=deliveries, total=total, offset=offset, step=_ON_A_PAGE, chosen=state
        )

    def _webhook(self, request: Request, delivery_id: str) -> Response:
        with self._store.read() as reader:
            delivery = reader.get("delivery", delivery_id)
            if delivery is None:
                return self._missing()
            attempts = reader.find("attempt", {"delivery": delivery_id})
        return self.render("control/webhook.html", delivery=delivery, attempts=attempts)

    def _redeliver(self, request: Request, delivery_id: str) -> Response:
        try:
            self._outbox.redeliver(delivery_id)
        except NotStoredError:
            return self._missing()
        return redirect("/control/?done=redeliver")

    def _change_faults(self, request: Request) -> Response:
        try:
            wanted = form_or_json(request)
            with self._store.write() as tx:
                self._faults.change(tx, wanted, self._clock())
                tx.on_commit(self._outbox.workers.wake)
        except (UnknownFaultError, ValueError) as error:
            if request.mimetype == "application/json":
                return json_response({"error": {"message": str(error)}}, 400)
            return self.render("control/message.html", 400, title="Dat ging niet", text=str(error))
        if request.mimetype == "application/json":
            return json_response(self._faults.values())
        return redirect("/control/?done=faults")

    def _state(self, request: Request) -> Response:
        limit = min(_MOST_TOLD, max(0, request.args.get("limit", _MOST_TOLD, type=int)))
        kind = request.args.get("kind", "")
        with self._store.read() as reader:
            if kind:
                offset = max(0, request.args.get("from", 0, type=int))
                found = reader.find(kind, newest_first=True, limit=limit, offset=offset)
                return json_response({"counts": {kind: reader.count(kind)}, "documents": {kind: found}})
            state: Document = {
                "program": self._templates.globals["program"],
                "faults": self._faults.values(reader),
                "down": float(self._faults.values(reader)["down_until"]) > self._clock(),
                "deliveries": reader.find("delivery", newest_first=True, limit=limit),
                "attempts": reader.find("attempt", newest_first=True, limit=limit),
                "counts": {kind: reader.count(kind) for kind in self._sections},
                "documents": {kind: reader.find(kind, newest_first=True, limit=limit) for kind in self._sections},
                "figures": dict(self._panel(reader).figures),
                "calls": dict(self._calls()),
            }
        return json_response(state)

    def _missing(self) -> Response:
        text = "Dit is hier niet (meer). Misschien begon de zandbak intussen opnieuw."
        return self.render("control/message.html", 404, title="Niet gevonden", text=text)


def _rows(reader: Reader, section: Section, limit: int, offset: int = 0) -> list[Row]:
    return [section.row(d) for d in reader.find(section.kind, newest_first=True, limit=limit, offset=offset)]
