"""Where mail goes: an SMTP server, or nowhere at all while the shop is tried out (`MAIL_URL`)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused
from urllib.parse import unquote, urlsplit

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend

from fulfilment import metrics
from fulfilment.errors import GatewayError
from fulfilment.gateways.neighbours import MAIL, asked
from fulfilment.outside import MAIL_AWAY, NO_ANSWER, THIS_MAIL

KEPT_ONLY = "database:"
"""The address of no mail server: what is written stays on the demo mail page."""

_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


@dataclass(frozen=True)
class Letter:
    """A mail as a server takes it; `message_id` stays the same when it is tried again.

    `unsubscribe` is the address that its reader's mail program calls when they want no more of its kind, by one press
    (RFC 8058); empty where there is no such kind.
    """

    message_id: str
    sender: str
    to: str
    subject: str
    text: str
    html: str
    unsubscribe: str = ""
    files: tuple[tuple[str, bytes, str], ...] = ()
    """What goes with it: name, bytes and media type of each."""

    @property
    def headers(self) -> dict[str, str]:
        told = {"Message-ID": f"<{self.message_id}>", "Auto-Submitted": "auto-generated"}
        if self.unsubscribe:
            told["List-Unsubscribe"] = f"<{self.unsubscribe}>"
            told["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        return told


@metrics.calling("mail", "send")
def send(letter: Letter, url: str) -> None:
    """Hand a mail to the server at `url` (`smtp://`, `smtp+tls://` or `smtps://user:password@host:port`).

    `GatewayError` when the server cannot be reached or does not take it; `ValueError` for an address of another kind.
    """
    message = EmailMultiAlternatives(
        letter.subject,
        letter.text,
        letter.sender,
        [letter.to],
        headers=letter.headers,
    )
    message.attach_alternative(letter.html, "text/html")
    for name, content, content_type in letter.files:
        message.attach(name, content, content_type)
    try:
        with asked(MAIL) as seconds, _reached(_server(url, seconds)) as message.connection:
            message.send()
    except (SMTPRecipientsRefused, SMTPDataError) as error:
        told = f"The mail server refused a mail: {error}"
        raise GatewayError(told, retry=True, code=THIS_MAIL, at="mail", status=_status(error)) from error
    except (SMTPException, OSError) as error:
        raise GatewayError(
            f"The mail server did not take a mail: {error}", retry=True, code=NO_ANSWER, at="mail"
        ) from error


def _status(error: SMTPRecipientsRefused | SMTPDataError) -> int:
    """What the server called its refusal: 550 and the like."""
    if isinstance(error, SMTPDataError):
        return error.smtp_code
    return max(code for code, _said in error.recipients.values())


@contextmanager
def _reached(server: EmailBackend) -> Iterator[EmailBackend]:
    try:
        server.open()
    except (SMTPException, OSError) as error:
        told = f"The mail server cannot be reached: {error}"
        raise GatewayError(told, retry=True, code=MAIL_AWAY, at="mail") from error
    try:
        yield server
    finally:
        server.close()


def check(url: str) -> None:
    """`ValueError` where this is no address of a mail server."""
    _server(url, MAIL.patience)


def _server(url: str, seconds: float) -> EmailBackend:
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("MAIL_URL must be database: or smtp://, smtp+tls:// or smtps:// with a host")
    return EmailBackend(
        host=parts.hostname,
        port=parts.port or _PORTS[parts.scheme],
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        use_tls=parts.scheme == "smtp+tls",
        use_ssl=parts.scheme == "smtps",
        timeout=seconds,
    )
