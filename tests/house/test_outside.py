"""What a machine says of its failure is for the log: no flow and no page hands it on to people as it is."""

import ast
from collections.abc import Iterator
from pathlib import Path

FULFILMENT = Path(__file__).parents[2] / "fulfilment"

FOR_MACHINES = ("entrypoints/management", "entrypoints/storefront_api.py", "saleor_setup", "gateways")
"""Where a message goes to a terminal, to another program of ours, or into an error of its own."""

MACHINES = {"GatewayError", "Exception", "Conflict", "ValueError", "OSError"}
"""Errors whose text is no person's."""

LOGS = {"warning", "error", "exception", "info", "GatewayError"}


def _caught(tree: ast.AST) -> set[str]:
    """Names that such errors go by: where they are caught, and where they are handed on."""
    handlers = (node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler) and node.name and node.type)
    names = {str(node.name) for node in handlers if MACHINES & _names(node.type)}
    given = (node for node in ast.walk(tree) if isinstance(node, ast.arg) and node.annotation)
    return names | {node.arg for node in given if MACHINES & _names(node.annotation)}


def _names(node: ast.AST | None) -> set[str]:
    return {found.id for found in ast.walk(node) if isinstance(found, ast.Name)} if node else set()


def _called(node: ast.Call) -> str:
    return str(getattr(node.func, "attr", getattr(node.func, "id", "")))


def _texts(tree: ast.AST, names: set[str]) -> Iterator[int]:
    """The lines on which one of these is made text, or a value of a text, for somebody else than the log."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    logged = {inner for node in calls if _called(node) in LOGS for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if node in logged or not isinstance(node, ast.expr):
            continue
        made_text = node.args[:1] if isinstance(node, ast.Call) and _called(node) == "str" else []
        formatted = [node.value] if isinstance(node, ast.FormattedValue) else []
        values = [*made_text, *formatted, *(node.values if isinstance(node, ast.Dict) else [])]
        if any(getattr(value, "id", "") in names for value in values):
            yield node.lineno


def _handed_on() -> Iterator[str]:
    for path in sorted(FULFILMENT.rglob("*.py")):
        where = path.relative_to(FULFILMENT).as_posix()
        if where.startswith(FOR_MACHINES) or where == "outside.py":
            continue
        tree = ast.parse(path.read_text())
        yield from (f"{where}:{line}" for line in _texts(tree, _caught(tree)))


def test_no_words_of_a_machine_reach_people() -> None:
    assert list(_handed_on()) == []


def test_who_hands_them_on_is_found() -> None:
    source = """def f(error: GatewayError):
        a(note=str(error))
        b({"why": error})
        c(f"no: {error}")
        log.warning("%s", error)
    """
    tree = ast.parse(source)
    assert sorted(_texts(tree, _caught(tree))) == [2, 3, 4]
