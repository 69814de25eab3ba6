"""What there is at the end of a run, as lines that two runs can be held against each other by.

Every table of fulfilment and every kind of document of the stand-ins is in it unless it is left out here by name: a
new one is looked at without being mentioned. What differs from run to run (ids, moments) is not told.
"""

import base64
import binascii
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db.models import F, Model, OuterRef, Q, QuerySet, Subquery
from pghistory.models import Event

from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.ledger.balances import of_order, trial_balance
from fulfilment.ledger.models import Entry, Posting
from fulfilment.life import Living, Step
from fulfilment.mail.models import Mail
from fulfilment.orders.models import Line, Order
from fulfilment.partners.models import Partner
from fulfilment.payments.models import Payment
from fulfilment.payouts.models import BankFile
from sandbox.common.store import Store
from tests.killing.world import World

SEPARATOR = " | "
"""Between the parts of a line."""

End = dict[str, Counter[str]]
"""Lines by what they tell of, and how often each is there."""

OURS = "fulfilment."
"""Where models of ours come from."""

LEFT_OUT = {
    "Mark",
    "StripeEvent",
    "Cursor",
    "SaleorKeys",
    "SaleorInstallation",
    "Entry",
    "Posting",
    "OpenIssue",
    "Sign",
    "Sample",
    "Alarm",
    "PriceSeen",
    "User",
}
"""How we heard of things, what is told in another way below, whether a round came by, and who logged in."""
FIELDS_LEFT_OUT = {
    *("id", "attempt", "failures", "not_before", "told_as", "stripe_url", "html", "last_login", "charged_minor"),
    *("first_seen_at", "last_seen_at", "stripe_session_id", "content", "digest", "return_asked_at", "return_asks"),
    "token",  # of a piece: drawn by chance
}
ALARM = Q(key__startswith="alarm_")
"""Mails that something was not well for a while: of a death that is told, and without one it is not."""
TOLD_ONCE = {"Plan", "BalanceCheck"}
"""Looks that say the same as the one before."""
KINDS_LEFT_OUT = {
    *("event", "delivery", "attempt", "idempotency_key", "timer", "session_content", "faults", "health"),
    *("installation", "app", "balance_transaction"),
}
IN_DOCUMENTS_LEFT_OUT = {"id", "fulfillmentOrder", "events"}
"""What it is called, whether it was told before or after another, how often it was tried: the amounts tell the end."""

MOMENTS = 10**9
"""Whole numbers above it are moments (in seconds or microseconds), and no money."""
NAMES = re.compile(
    r"(?<=/volgen/)[^\s\"/]+"
    r"|(?<=/terugbetaling/)[^\s\"/]+"
    r"|(?<=/herroepen/)[^\s\"/]+"
    r"|(?<=/documenten/)[^\s\"/]+"
    r"|(?<=\bsignature:)\d+"  # a row of the database: who dies leaves its number out
    r"|(?<=Op )\w+ \d+ \w+ \d{4} om \d\d:\d\d(?= herriep)"  # when a statement was made
    r"|(?<=werkt tot )\d+ \w+ \d{4}"  # its link, as of the moment of the mail
    r"|\b(ord|rfd|wdr|tsk|imp|pcl|rtn|par|pay|mail|agr|usr|cs|pi|ch|py|re|pyr|po|du|evt|txn|req|pm)_[A-Za-z0-9_-]{8,}"
    r"|\b(bat|out|col)-[0-9a-f]{24}\b"
    r"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|\b[0-9a-f]{32}\b"
    r"|\bSANDBOX\w+"
)
GLOBAL_ID = re.compile(r"\b[A-Za-z0-9+/]{12,}={0,2}")


def end_of(world: World) -> End:
    """All that is compared."""
    end: End = {}
    for section, lines in (
        ("books", _books()),
        ("entries", _entries()),
        ("exceptions", _exceptions()),
        ("letters", (f"{letter.to}: {letter.subject}" for letter in _once(world))),
        ("bank file", _bank_files()),
        ("unfinished", _unfinished()),
        ("lives", _broken_lives()),
        ("failed jobs", world.failures),
        *_tables(),
        *_documents("Saleor", world.saleor.core.store),
        *_documents("Stripe", world.stripe.store),
    ):
        end[section] = Counter(_anonymous(line) for line in lines)
    return end


def differences(expected: End, found: End) -> list[str]:
    """What is missing (−), too much (+) or another (→), section by section; nothing where the ends are equal."""
    told: list[str] = []
    for section in dict.fromkeys([*expected, *found]):
        missing = expected.get(section, Counter()) - found.get(section, Counter())
        extra = found.get(section, Counter()) - expected.get(section, Counter())
        told += [f"{section}: {line}" for line in _compared(list(missing.elements()), list(extra.elements()))]
    return told


def _compared(missing: list[str], extra: list[str]) -> Iterator[str]:
    """Of two lines that tell of the same thing, only what differs between them."""
    for line in missing:
        alike = max(extra, key=lambda other: len(_parts(line) & _parts(other)), default="")
        if not _parts(line) & _parts(alike):
            yield f"− {line}"
            continue
        extra.remove(alike)
        was, now = _parts(line) - _parts(alike), _parts(alike) - _parts(line)
        about = line.partition(SEPARATOR)[0]
        yield f"{about}: {SEPARATOR.join(sorted(was)) or '-'} → {SEPARATOR.join(sorted(now)) or '-'}"
    yield from (f"+ {line}" for line in extra)


def _parts(line: str) -> set[str]:
    return set(line.split(SEPARATOR)) if line else set()


def _anonymous(text: str) -> str:
    text = NAMES.sub(lambda found: f"{found[1] or found[2] or 'id'}…", text)
    return GLOBAL_ID.sub(lambda found: _type_of(found[0]), text)


def _type_of(text: str) -> str:
    """The type that an id of Saleor names; the text itself where it is no such id."""
    try:
        name, separator, _rest = base64.b64decode(text, validate=True).decode("ascii").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return text
    return f"{name}…" if separator and name.isalpha() else text


# --- money ------------------------------------------------------------------------------------------------------------
def _books() -> Iterator[str]:
    for account, amount in trial_balance().items():
        if amount:
            yield f"all {account}{SEPARATOR}{amount}"
    for order in Order.objects.all():
        for account, amount in of_order(order.pk).items():
            if amount:
                yield f"order {order.number} {account}{SEPARATOR}{amount}"


def _entries() -> Iterator[str]:
    for entry in Entry.objects.all():
        moves = sorted(_move(posting) for posting in entry.postings.select_related("order", "line", "partner"))
        yield f"{entry.kind} {entry.policy or ''} {'; '.join(moves)}"


def _move(posting: Posting) -> str:
    tags = [str(found) for found in (posting.order, posting.line, posting.partner) if found is not None]
    return f"{posting.debit} → {posting.credit} {posting.amount_minor} ({', '.join(tags)})"


def _bank_files() -> Iterator[str]:
    for file in BankFile.objects.select_related("batch"):
        text = bytes(file.content).decode()
        paid = re.findall(r"<InstdAmt[^>]*>([\d.]+)</InstdAmt>|<IBAN>(\w+)</IBAN>", text)
        yield f"{file.batch.state}: {' '.join(amount or iban for amount, iban in paid)}"


# --- people -----------------------------------------------------------------------------------------------------------
def _exceptions() -> Iterator[str]:
    for issue in OpenIssue.objects.filter(resolved_at=None):
        yield f"{issue.kind} {issue.subject}: {issue.message}"


def _once(world: World) -> list[Any]:
    """Each letter once: a mail whose sending was cut off goes again under its own id, and is the same mail."""
    alarms = set(Mail.objects.filter(ALARM).values_list("public_id", flat=True))
    letters = {letter.message_id: letter for letter in world.network.letters}
    return [letter for name, letter in letters.items() if name.lstrip("<").partition("@")[0] not in alarms]


def _unfinished() -> Iterator[str]:
    for mark in Mark.objects.filter(counter__gt=F("handled")):
        yield f"{mark.kind} {mark.object_id} waits for a worker"
    for mail in Mail.objects.filter(sent_at=None).exclude(ALARM):
        yield f"mail to {mail.to}: {mail.subject} waits to be sent"


def _broken_lives() -> Iterator[str]:
    """Rows that do not stand where their history says. How they came there may differ, since some of it was cut off."""
    for model in apps.get_models():
        if issubclass(model, Living):
            fields: Any = model._meta
            steps: Any = fields.get_field("steps")
            last = steps.related_model._default_manager.filter(**{steps.field.name: OuterRef("pk")}).order_by("-pk")
            rows: QuerySet[Any] = model._default_manager.all()
            for row in rows.annotate(history=Subquery(last.values("state")[:1])).exclude(history=F("state")):
                if row.history is not None:
                    yield f"{model.__name__} is {row.state}, and its history says {row.history}"


# --- tables of fulfilment ---------------------------------------------------------------------------------------------
Names = dict[tuple[type[Model], Any], str]


def _tables() -> Iterator[tuple[str, Iterator[str]]]:
    names: Names = {}
    for model in apps.get_models():
        is_left_out = model.__name__ in LEFT_OUT or issubclass(model, Step | Event)
        if model.__module__.startswith(OURS) and not is_left_out:
            yield f"table {model.__name__}", _rows(model, names)


def _rows(model: type[Model], names: Names) -> Iterator[str]:
    rows: QuerySet[Model] = model._default_manager.all()
    if model is Payment:
        # A page that nobody paid on leaves no trace but its row: who was cut off opened another.
        rows = rows.exclude(state="expired", paid_at=None)
    if model is Mail:
        rows = rows.exclude(ALARM)
    told = (_row(row, names) for row in rows)
    return iter(set(told)) if model.__name__ in TOLD_ONCE else told


def _row(row: Model, names: Names) -> str:
    told = []
    for column in row._meta.concrete_fields:
        if column.name not in FIELDS_LEFT_OUT:
            value = getattr(row, column.attname)
            told.append(f"{column.name}={_named(column, value, names) if column.is_relation else _value(value)}")
    return SEPARATOR.join(told)


def _value(value: Any) -> str:
    if isinstance(value, datetime):
        return "at some time"
    return value.isoformat() if isinstance(value, date) else str(value)


def _named(column: Any, key: Any, names: Names) -> str:
    """What a row of another table is called."""
    if key is None:
        return "-"
    place = (column.related_model, key)
    if place not in names:
        row = column.related_model._default_manager.get(pk=key)
        names[place] = row.slug if isinstance(row, Partner) else _called(row)
    return names[place]


def _called(row: Model) -> str:
    return f"{row.order} line {row.position}" if isinstance(row, Line) else f"{type(row).__name__}({row})"


# --- documents of the stand-ins ---------------------------------------------------------------------------------------
def _documents(program: str, store: Store) -> Iterator[tuple[str, Iterator[str]]]:
    with store.read() as reader:
        kinds = [row[0] for row in reader._connection.execute("SELECT DISTINCT kind FROM document")]
    for kind in kinds:
        if kind not in KINDS_LEFT_OUT:
            yield f"{program}: {kind}", _of_kind(store, kind)


def _of_kind(store: Store, kind: str) -> Iterator[str]:
    for document in store.find(kind):
        if not _is_left_over(kind, document):
            yield SEPARATOR.join(_flat("", document))


def _is_left_over(kind: str, document: Mapping[str, Any]) -> bool:
    """A page or a transaction of an attempt to pay that came to nothing: who was cut off began another."""
    if kind == "checkout.session":
        return bool(document["status"] == "expired")
    if kind == "transaction":
        return not any(document["amounts"].values())
    return False


def _flat(name: str, value: Any) -> Iterator[str]:
    """A document as `name=value`, without moments."""
    if isinstance(value, dict):
        for key, found in value.items():
            if key not in IN_DOCUMENTS_LEFT_OUT and not _is_moment(found):
                yield from _flat(f"{name}.{key}".lstrip("."), found)
    elif isinstance(value, list):
        for number, found in enumerate(value, 1):
            yield from _flat(f"{name}[{number}]", found)
    else:
        yield f"{name}={value}"


def _is_moment(value: Any) -> bool:
    return isinstance(value, int) and value > MOMENTS
