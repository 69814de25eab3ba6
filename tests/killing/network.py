"""All that passes between the programs, in one process: no sockets, nothing at the same time, each run like the last.

What is replaced are the transports of the clients that everybody uses (httpx2, requests, smtplib, Celery), so that
whoever calls is found, whatever it calls.
"""

import email
import re
import smtplib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from email.header import decode_header, make_header
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import celery.app.base
import httpx2
import requests
from werkzeug.test import EnvironBuilder, run_wsgi_app

from tests.killing.probe import Killed, Probe

Wsgi = Callable[..., Iterable[bytes]]
HINTS = ("/hooks/saleor/", "/hooks/stripe/", "/hooks/plugin/")
"""Where fulfilment is told what it would also find by itself."""

STRIPES = re.compile(r"\b([a-z]+)_[A-Za-z0-9_]{8,}")
"""Stripe's ids."""


@dataclass(frozen=True)
class Request:
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes


def ask(app: Wsgi, request: Request) -> Answer:
    """What a program answers."""
    parts = urlsplit(request.url)
    builder = EnvironBuilder(
        path=parts.path,
        base_url=f"{parts.scheme}://{parts.netloc}/",
        query_string=parts.query,
        method=request.method,
        headers=list(request.headers.items()),
        data=request.body,
    )
    try:
        chunks, status, headers = run_wsgi_app(app, builder.get_environ(), buffered=True)
    finally:
        builder.close()
    return Answer(int(status.split()[0]), list(headers), b"".join(chunks))


@dataclass
class Letter:
    """A mail that the mail server took."""

    message_id: str
    to: str
    subject: str


@dataclass
class Network:
    """The programs by the beginning of their addresses, and what of it fulfilment hears.

    `deaf`: events of Saleor and Stripe get lost on their way to fulfilment; the sender does not notice.
    """

    probe: Probe
    fulfilment_url: str
    fulfilment: Wsgi
    saleor_url: str
    saleor: Wsgi
    stripe: Wsgi
    deaf: bool = False
    mail_server: str = ""
    """`away`: it refuses connections; `silent`: it takes a letter, and breaks off before it says so."""
    letters: list[Letter] = field(default_factory=list)
    queue: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)

    @contextmanager
    def replacing(self) -> Iterator["Network"]:
        """In place of every transport, until the end."""

        def over_httpx(transport: httpx2.HTTPTransport, request: httpx2.Request) -> httpx2.Response:
            body = request.read()
            found = self._asked(Request(request.method, str(request.url), dict(request.headers), body))
            return httpx2.Response(found.status, headers=found.headers, content=found.body)

        def over_requests(adapter: Any, request: requests.PreparedRequest, **options: Any) -> requests.Response:
            return self._over_requests(request)

        def send_task(app: Any, name: str, args: Any = None, *rest: Any, **options: Any) -> None:
            self.probe.calls(f"QUEUE {name}", lambda: self.queue.append((name, tuple(args or ()))), acts=True)

        with ExitStack() as stack:
            replace = mock.patch.object
            stack.enter_context(replace(httpx2.HTTPTransport, "handle_request", over_httpx))
            stack.enter_context(replace(requests.adapters.HTTPAdapter, "send", over_requests))
            stack.enter_context(replace(celery.app.base.Celery, "send_task", send_task))
            stack.enter_context(replace(smtplib, "SMTP", lambda *_at, **_options: MailServer(self)))
            yield self

    def _asked(self, request: Request) -> Answer:
        if request.url.startswith(self.fulfilment_url):
            return self._of_fulfilment(request)
        assert request.url.startswith(self.saleor_url), f"nobody lives at {request.url}"
        name = _operation(request)
        return self._called(f"SALEOR {name}", self.saleor, request, acts=name.startswith("mutation"))

    def _of_fulfilment(self, request: Request) -> Answer:
        """A web process of fulfilment is asked; where it dies, the line is cut."""
        if self.deaf and urlsplit(request.url).path in HINTS:
            return Answer(200, [], b"{}")
        try:
            with self.probe.process():
                return ask(self.fulfilment, request)
        except Killed as killed:
            raise httpx2.RemoteProtocolError("Server disconnected without sending a response.") from killed

    def _over_requests(self, request: requests.PreparedRequest) -> requests.Response:
        body = request.body.encode() if isinstance(request.body, str) else request.body or b""
        assert isinstance(body, bytes)
        headers = {name: str(value) for name, value in request.headers.items()}
        given = Request(str(request.method), str(request.url), headers, body)
        path = STRIPES.sub(r"\1_…", urlsplit(given.url).path)
        found = self._called(f"STRIPE {given.method} {path}", self.stripe, given, acts=given.method != "GET")
        response = requests.Response()
        response.status_code, response._content, response.request = found.status, found.body, request
        response.headers.update(dict(found.headers))
        response.url = given.url
        return response

    def _called(self, what: str, app: Wsgi, request: Request, *, acts: bool) -> Answer:
        answer: Answer = self.probe.calls(what, lambda: ask(app, request), acts=acts)
        return answer

    def take(self, raw: bytes) -> None:
        """The mail server has it."""
        message = email.message_from_bytes(raw)
        self.letters.append(Letter(message["Message-ID"], message["To"], _read(message["Subject"])))


def _read(header: str) -> str:
    """A header as people read it."""
    return str(make_header(decode_header(header)))


def _operation(request: Request) -> str:
    """The first line of a GraphQL document: what it is and what it is called."""
    if request.method == "GET":
        return f"GET {urlsplit(request.url).path}"
    document = httpx2.Response(200, content=request.body).json()["query"]
    return " ".join(str(document).split("(")[0].split("{")[0].split()[:2])


class MailServer:
    """A connection to a mail server, as Django uses one."""

    def __init__(self, network: Network) -> None:
        if network.mail_server == "away":
            raise ConnectionRefusedError("nobody listens there")
        network.probe.calls("SMTP connection", lambda: None, acts=False)
        self._network = network

    def sendmail(self, sender: str, to: list[str], message: bytes) -> None:
        self._network.probe.calls("SMTP", lambda: self._network.take(message), acts=True)
        if self._network.mail_server == "silent":
            raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")

    def quit(self) -> None:
        """Nothing is kept open."""

    close = quit
