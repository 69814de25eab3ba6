"""Everything that exists is written by something: accounts, marks, exceptions, states and fields that nobody writes are
promises that nobody keeps."""

import ast
import re
from collections.abc import Iterator
from enum import Enum
from functools import cache

import pytest
from django.apps import apps
from django.db import models
from pghistory.models import Event

from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.ledger.accounts import Account
from fulfilment.life import Living, Step
from fulfilment.orders.models import Recipient
from tests.support.sources import READERS, SQL, Source, called, is_given, source, sources, text_of

NOT_YET: dict[str, str] = {}
"""What is known and waits for its writer. A test below takes care that it goes once there is one."""

FULFILMENT = "fulfilment"

READS_BALANCES = READERS | {"balance", "net", "by_tags"}
CLOSES = READERS | {"resolve"}
HURRIES = READERS | {"soon"}


def given(member: str, where: tuple[Source, ...], readers: set[str]) -> bool:
    """Whether a member of an enumeration, such as `Mark.Kind.ORDER`, is handed on somewhere to be written."""
    return any(
        (chain == member or chain.endswith(f".{member}")) and is_given(found, node, readers)
        for found in where
        for chain, node in found.chains
    )


def unwritten(kind: type[Enum], readers: set[str], where: tuple[Source, ...]) -> list[str]:
    members = [f"{kind.__qualname__}.{member.name}" for member in kind]
    return [member for member in members if not given(member, where, readers)]


# --- states ----------------------------------------------------------------------------------------------------------

Tables = list[tuple[dict[str, dict[str, str]], ast.Dict]]


def _literal(node: ast.AST) -> str | None:
    """The value of a string, or of a member of an enumeration by its name."""
    if isinstance(node, ast.Attribute):
        return node.attr.lower()
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def tables(where: tuple[Source, ...]) -> Tables:
    """Every table of states, {state: {event: next state}}, with where it stands."""
    found: Tables = []
    for one in where:
        for node in one.tree.body:
            value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
            if not isinstance(value, ast.Dict) or not value.values:
                continue
            rows = {
                _literal(key): {
                    _literal(event): _literal(state) for event, state in zip(row.keys, row.values, strict=True) if event
                }
                for key, row in zip(value.keys, value.values, strict=True)
                if key and isinstance(row, ast.Dict)
            }
            if len(rows) == len(value.keys) and None not in rows and any(rows.values()):
                found.append((rows, value))  # type: ignore[arg-type]  # checked above
    return found


def named_outside(event: str, table: ast.Dict, where: tuple[Source, ...]) -> bool:
    """Whether something else than its table knows an event."""
    own = set(ast.walk(table))
    known = (
        (word, node)
        for found in where
        for word, node in [*found.texts, *((node.attr.lower(), node) for _chain, node in found.chains)]
    )
    return any(word == event and node not in own for word, node in known)


def life_of(model: type[models.Model]) -> dict[str, dict[str, str]]:
    table = model.LIFE if issubclass(model, Living) else {}
    return {str(state): {str(event): str(to) for event, to in row.items()} for state, row in table.items()}


def states_of(model: type[models.Model]) -> tuple[str, set[str]]:
    """The state in which a noun is born, and all that it may come to; nothing of a history, which begins anywhere."""
    field = next((field for field in model._meta.concrete_fields if field.name == "state"), None)
    values = [str(value) for value, _label in (field.flatchoices if field else ())]
    if field is None or not (field.has_default() or issubclass(model, Living)):
        return "", set()
    return (str(field.default) if field.has_default() else values[0]), set(values)


def unreached(model: type[models.Model], where: tuple[Source, ...]) -> list[str]:
    """States of a model that neither an event of its table leads to nor anybody writes by name; and dead events."""
    (born, states), life = states_of(model), life_of(model)
    own = [(rows, node) for rows, node in tables(where) if rows == life or (not life and set(rows) == states)]
    dead = [
        f"{model.__name__}: {event}"
        for rows, node in own
        for event in sorted({event for row in rows.values() for event in row})
        if not named_outside(event, node, where)
    ]
    reached = {born, *(state for rows, _node in own for row in rows.values() for state in row.values())}
    names = {state: f"{model.__name__}.State.{state.upper()}" for state in sorted(states - reached)}
    return dead + [name for name in names.values() if not given(name, where, READERS)]


# --- fields ----------------------------------------------------------------------------------------------------------


def ours() -> list[type[models.Model]]:
    """The models of ours; the tables of the log are written by triggers."""
    models_of_ours = [model for model in apps.get_models() if model.__module__.startswith(f"{FULFILMENT}.")]
    return [model for model in models_of_ours if not issubclass(model, Event)]


def fields_of(model: type[models.Model]) -> Iterator[models.Field]:  # type: ignore[type-arg]
    """The fields that a model of ours declares itself; those that write themselves are left out.

    So is the row that a step is of: `life.move` writes it for every noun, as one of its `steps`.
    """
    inherited = {
        field.name for base in model.__mro__[1:] if hasattr(base, "_meta") for field in base._meta.get_fields()
    }
    for field in model._meta.concrete_fields:
        of_step = issubclass(model, Step) and field.remote_field and field.remote_field.related_name == "steps"
        writes_itself = field.primary_key or (field.has_default() and callable(field.default))
        if not (writes_itself or of_step or field.name in inherited):
            yield field


@cache
def _said(one: Source) -> frozenset[str]:
    """What a module sets, or hands on to be written, by its name: as an attribute, a keyword, a key, a word of SQL."""
    found = {node.attr for _chain, node in one.chains if isinstance(node.ctx, ast.Store)}
    for node in one.nodes:
        if isinstance(node, ast.Call) and called(node) not in READERS:
            found.update(keyword.arg for keyword in node.keywords if keyword.arg)
        elif isinstance(node, ast.Dict):
            found.update(text_of(key) for key in node.keys if key)
    for text, _node in one.texts:
        if SQL.search(text):
            found.update(re.findall(r"\w+", text))
    return frozenset(found)


@cache
def _asked(one: Source) -> frozenset[str]:
    """The words with which a module that has forms may name the fields that they ask for."""
    return frozenset(text for text, _node in one.texts) if "forms" in one.names else frozenset()


@cache
def speaks_of(one: Source, model: type[models.Model]) -> bool:
    """Whether a module names a model or its table: who does not can only write a row that it is handed."""
    return model.__name__ in one.names or any(model._meta.db_table in text for text, _node in one.texts)


def is_written(field: models.Field, where: tuple[Source, ...]) -> bool:  # type: ignore[type-arg]
    """Whether a module that speaks of the model of a field sets it, or asks for it in a form."""
    model, names = field.model, {field.name, field.attname}
    return any(
        names & _said(one) or names & _asked(one)
        for one in where
        if one.path.name != "models.py" and speaks_of(one, model)
    )


def idle_fields(where: tuple[Source, ...]) -> list[str]:
    return [
        f"{model._meta.label}.{field.name}"
        for model in ours()
        for field in fields_of(model)
        if not is_written(field, where)
    ]


# --- what counts as written ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "is_so"),
    [
        ("raise_issue(Kind.LATE, number, told, now)", True),
        ("Move(Account.CUSTOMER, Kind.LATE if amount > 0 else Account.ROUNDING, amount)", True),
        ("kind = Kind.LATE", True),
        ("EVENTS = {'payout.paid': Kind.LATE}", True),
        ("Issue.objects.create(kind=Kind.LATE)", True),
        ("resolve(Kind.LATE, number, now)", False),
        ("if issue.kind == Kind.LATE: pass", False),
        ("Issue.objects.filter(kind=Kind.LATE)", False),
        ("Issue.objects.filter(Q(kind=Kind.LATE))", False),
        ("Issue.objects.filter(kind__in=[Kind.LATE, Kind.FAULT])", False),
        ("WORDS = {Kind.LATE: 'Te laat'}", False),
        ("for kind in (Kind.LATE, Kind.FAULT): resolve(kind, number, now)", False),
        ("word = WORDS[Kind.LATE]", False),
    ],
)
def test_to_hand_something_on_is_to_write_it_and_to_look_for_it_is_not(text: str, is_so: bool) -> None:
    assert given("Kind.LATE", (source(text),), CLOSES) is is_so


@pytest.mark.parametrize(
    ("text", "is_so"),
    [
        ("recipient: Recipient\nrecipient.purged_at = now", True),
        ("Recipient.objects.filter(order=order).update(purged_at=now)", True),
        ("fields = {'purged_at': now}\nRecipient.objects.update(**fields)", True),
        ("cursor.execute('UPDATE orders_recipient SET purged_at = now()')", True),
        ("from django import forms\nclass Form(forms.ModelForm):\n    asks = Recipient, 'purged_at'", True),
        ("purged = Recipient.objects.filter(purged_at=None)", False),
        ("when = Recipient.objects.get().purged_at", False),
        ("cursor.execute('SELECT purged_at FROM orders_recipient')", False),
        ("order.purged_at = now", False),
    ],
)
def test_a_field_is_written_where_its_model_is_spoken_of(text: str, is_so: bool) -> None:
    field = Recipient._meta.get_field("purged_at")
    assert isinstance(field, models.Field)
    assert is_written(field, (source(text),)) is is_so


def test_a_state_is_reached_by_an_event_that_somebody_names() -> None:
    table = source("LIFE = {'waiting': {'accept': 'accepted'}, 'accepted': {}}")
    [(rows, node)] = tables((table,))
    assert rows == {"waiting": {"accept": "accepted"}, "accepted": {}}
    assert not named_outside("accept", node, (table,))
    for use in ("move(task, 'accept', now=now)", "move(task, Event.ACCEPT, now=now)"):
        assert named_outside("accept", node, (table, source(use)))


# --- the house -------------------------------------------------------------------------------------------------------


def everything_idle() -> list[str]:
    programs = sources(FULFILMENT)
    return [
        *unwritten(Account, READS_BALANCES, programs),
        *unwritten(Mark.Kind, HURRIES, programs),
        *unwritten(OpenIssue.Kind, CLOSES, programs),
        *(state for model in ours() for state in unreached(model, programs)),
        *idle_fields(programs),
    ]


def test_everything_that_exists_is_written_by_something() -> None:
    assert set(everything_idle()) - NOT_YET.keys() == set()


def test_what_waits_for_its_writer_is_taken_off_the_list_once_it_has_one() -> None:
    assert NOT_YET.keys() - set(everything_idle()) == set()
