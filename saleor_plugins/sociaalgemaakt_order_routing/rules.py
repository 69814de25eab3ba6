"""What may become an order, and which configuration can work. Pure: no Saleor, no clock, no I/O."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from sociaalgemaakt_checkout.refusal import Movement, is_too_late

PRODUCER_KEY = "producer"
"""Public metadata of a product: the slug of the partner that answers for it, published by fulfilment."""

SHORTEST_SECRET = 32
"""Characters. A notice's signature is worth no more than its key."""


@dataclass(frozen=True)
class Line:
    """A product in a checkout. `code` is Saleor's external reference and may be empty."""

    code: str
    name: str
    metadata: Mapping[str, object]

    @property
    def label(self) -> str:
        """How a person recognises it: `Koord (SG-001)`."""
        return f"{self.name} ({self.code})" if self.code else self.name


def unroutable(lines: Iterable[Line]) -> list[Line]:
    """The lines that no producer answers for."""
    return [line for line in lines if not _is_slug(line.metadata.get(PRODUCER_KEY))]


def refused(lines: Iterable[Line], movements: Callable[[], Iterable[Movement]]) -> list[Line]:
    """The lines for which the order must not come to be; none once money has moved.

    An unroutable order that is paid waits in the operator's list.
    `movements` is asked only when a line is in doubt, since asking costs a query.
    """
    doubtful = unroutable(lines)
    if doubtful and is_too_late(movements()):
        return []
    return doubtful


def configuration_problems(address: str, secret: str) -> dict[str, str]:
    """What keeps notices from arriving, by the name of the field; the texts are for the staff who configure it."""
    problems = {}
    if problem := _address_problem(address):
        problems["notice_address"] = problem
    if problem := _secret_problem(secret):
        problems["notice_secret"] = problem
    return problems


def _address_problem(address: str) -> str | None:
    if not address:
        return "Vul het adres in waar fulfilment de berichten verwacht, bijvoorbeeld https://…/hooks/plugin/."
    if not address.isascii() or any(sign.isspace() for sign in address):
        return "In dit adres staat een spatie of een teken dat niet in een adres past."
    try:
        parts = urlsplit(address)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        return "Dit is geen volledig webadres. Het begint met http:// of https:// en noemt een server."
    if parts.username is not None:
        return "Zet geen gebruikersnaam of wachtwoord in het adres: de berichten worden met het geheim ondertekend."
    if parts.fragment:
        return "Laat het deel vanaf # weg uit het adres."
    return None


def _secret_problem(secret: str) -> str | None:
    if not secret:
        return "Vul het geheim in dat ook in PLUGIN_NOTICE_SECRETS van fulfilment staat."
    if len(secret) < SHORTEST_SECRET:
        return f"Dit geheim is te kort: neem minstens {SHORTEST_SECRET} willekeurige tekens."
    if not secret.isascii() or not secret.isprintable() or "," in secret or " " in secret:
        return "Gebruik in het geheim alleen letters, cijfers en leestekens, zonder spaties en komma's."
    return None


def _is_slug(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
