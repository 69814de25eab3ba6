"""A state is moved by `fulfilment/life.py` alone, along the table of its noun: whoever else writes one is found."""

import ast
import re
from collections.abc import Iterator

import pytest
from django.apps import apps

from fulfilment.life import Living
from tests.support.sources import ROOT, Source, called, dotted, source, sources, text_of

STATE = "state"
CREATES = {"create", "get_or_create", "update_or_create", "acreate", "aget_or_create", "aupdate_or_create"}
UPDATES = {"update", "aupdate"}
BULK = {"bulk_update", "abulk_update"}
WRITER = ROOT / "fulfilment" / "life.py"


def strings(node: ast.AST | None) -> set[str]:
    """The strings of a list, a tuple or a set, as it stands there."""
    return {text_of(part) for part in ast.walk(node)} - {""} if node is not None else set()


def writes(one: Source, living: dict[str, str]) -> Iterator[int]:
    """The lines on which a module writes a state; `living` are the nouns with a life and their tables.

    By attribute, by `update`, by `save` and `bulk_update` that name it, at birth, and in SQL. Nobody is asked of what
    noun a row is, since a tree does not know it: see `suspects`.
    """
    yield from (node.lineno for _chain, node in one.chains if isinstance(node.ctx, ast.Store) and node.attr == STATE)
    yield from (node.lineno for node in one.nodes if isinstance(node, ast.Call) and _call_writes(node, living))
    for text, node in one.texts:
        if any(_sql_writes(text, table) for table in living.values()):
            yield getattr(node, "lineno", 0)


def _call_writes(node: ast.Call, living: dict[str, str]) -> bool:
    given = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
    name, chain = called(node), dotted(node)
    if name in BULK:
        fields = given.get("fields", node.args[1] if len(node.args) > 1 else None)
        return STATE in strings(fields)
    if name == "setattr":
        return len(node.args) > 1 and text_of(node.args[1]) == STATE
    if "update_fields" in given and STATE in strings(given["update_fields"]):
        return True
    if name in UPDATES:
        return STATE in given or any(STATE in _keys(keyword.value) for keyword in node.keywords if not keyword.arg)
    if name in CREATES or name in living:
        born_with = set(given) | _keys(given.get("defaults")) | _keys(given.get("create_defaults"))
        return STATE in born_with and any(noun in chain for noun in living)
    return False


def _keys(node: ast.AST | None) -> set[str]:
    return {text_of(key) for key in node.keys if key} if isinstance(node, ast.Dict) else set()


def _sql_writes(text: str, table: str) -> bool:
    """Whether SQL sets the state of rows of a table that stand there already."""
    rows = rf'(?:UPDATE\s+(?:ONLY\s+)?"?{table}"?|INSERT\s+INTO\s+"?{table}"?\b.*?\bDO\s+UPDATE)\b'
    sets = re.search(rf"{rows}.*?\bSET\b(.*?)(?:\bWHERE\b|\bRETURNING\b|$)", text, re.IGNORECASE | re.DOTALL)
    return sets is not None and re.search(rf'\b{STATE}"?\s*=', sets[1]) is not None


def nouns() -> dict[str, str]:
    """The models that have a life, by name, each with its table."""
    return {model.__name__: model._meta.db_table for model in apps.get_models() if issubclass(model, Living)}


def others() -> set[str]:
    """Models of ours with a state and no life."""
    return {
        model.__name__
        for model in apps.get_models()
        if model.__module__.startswith("fulfilment.") and hasattr(model, "State") and not issubclass(model, Living)
    }


def suspects(where: tuple[Source, ...], living: dict[str, str], lifeless: set[str]) -> list[Source]:
    """The modules in which a state that is written may be that of a noun with a life.

    Once every state has a life that is every module. Until then it is those that speak of such a noun.
    """
    rest = [one for one in where if one.path != WRITER]
    if not lifeless:
        return rest
    return [
        one
        for one in rest
        if living.keys() & one.names or any(table in text for text, _node in one.texts for table in living.values())
    ]


def test_nothing_but_life_moves_a_state() -> None:
    living = nouns()
    found = [
        f"{one.path.relative_to(ROOT)}:{line}"
        for one in suspects(sources("fulfilment"), living, others())
        for line in writes(one, living)
    ]
    assert found == []


# --- the finder itself -----------------------------------------------------------------------------------------------

LIVING = {"Payment": "payments_payment"}

WRITERS = [
    "payment.state = Payment.State.PAID",
    "payment.state, payment.paid_at = 'paid', now",
    "payment.state: str = 'paid'",
    "for payment.state in states: pass",
    "Payment.objects.filter(pk=pk).update(state='paid')",
    "rows.update(paid_at=now, state='paid')",
    "rows.update(**{'state': 'paid'})",
    "payment.save(update_fields=['paid_at', 'state'])",
    "payment.save(update_fields=('state',))",
    "await payment.asave(update_fields={'state'})",
    "Payment.objects.bulk_update(found, ['state'])",
    "Payment.objects.bulk_update(found, fields=('paid_at', 'state'))",
    "setattr(payment, 'state', 'paid')",
    "Payment(checkout_id=checkout, state='paid')",
    "models.Payment(state='paid')",
    "Payment.objects.create(state='paid')",
    "Payment.objects.get_or_create(pk=1, defaults={'state': 'paid'})",
    "Payment.objects.update_or_create(pk=1, defaults={'paid_at': now, 'state': 'paid'})",
    "cursor.execute('UPDATE payments_payment SET paid_at = now(), state = %s WHERE id = %s', [state, pk])",
    "cursor.execute(f\"update payments_payment set {more} state = 'paid'\")",
    "SQL = 'INSERT INTO payments_payment (state) VALUES (%s) ON CONFLICT (id) DO UPDATE SET state = excluded.state'",
    'cursor.execute(\'UPDATE "payments_payment" SET "state" = %s\')',
]

READERS_OF_IT = [
    "move(payment, 'pay', now=now, paid_at=now)",
    "advance(payment, 'pay', message=told, now=now)",
    "if payment.state == Payment.State.PAID: pass",
    "state = payment.state",
    "Payment.objects.filter(state='paid').update(reported_at=now)",
    "Payment.objects.filter(state__in=['paid']).exclude(state='ordered')",
    "payment.save(update_fields=['paid_at'])",
    "payment.save()",
    "Payment.objects.bulk_update(found, ['paid_at'])",
    "Payment.objects.create(checkout_id=checkout)",
    "PaymentStep.objects.create(payment=payment, state='paid')",
    "found.update({'state': 'paid'})",
    "context = {'state': payment.state}",
    "request.session.save(state='x')",
    "cursor.execute('UPDATE payments_payment SET reported_at = now() WHERE state = %s', [state])",
    "cursor.execute('UPDATE other_table SET state = %s')",
    "cursor.execute('SELECT state FROM payments_payment')",
    "cursor.execute('INSERT INTO payments_payment (state) VALUES (%s)')",
    "'Another sentence about the state of a payment.'",
]


@pytest.mark.parametrize("text", WRITERS)
def test_whoever_writes_a_state_is_found(text: str) -> None:
    wrapped = f"async def flow():\n    {text}" if text.startswith("await") else text
    assert list(writes(source(wrapped), LIVING)) != []


@pytest.mark.parametrize("text", READERS_OF_IT)
def test_whoever_reads_one_or_moves_it_is_not(text: str) -> None:
    assert list(writes(source(text), LIVING)) == []


def test_the_one_writer_is_found_when_it_is_not_expected_to_write() -> None:
    [life] = [one for one in sources("fulfilment") if one.path == WRITER]
    assert len(list(writes(life, LIVING))) == 2  # the row that was handed in, and the one in the database
    assert suspects((life,), LIVING, set()) == []


def test_as_long_as_some_states_have_no_life_only_who_speaks_of_a_noun_with_one_is_suspected() -> None:
    about = source("from fulfilment.payments.models import Payment\nfound: Payment")
    by_table = source("SQL = 'UPDATE payments_payment SET state = 1'")
    beside = source("batch.state = 'approved'")
    assert suspects((about, by_table, beside), LIVING, {"Batch"}) == [about, by_table]
    assert suspects((about, by_table, beside), LIVING, set()) == [about, by_table, beside]
