"""The programs' own sources as trees, for tests of the house: where a name stands as something that is written."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

READERS = {
    "filter",
    "exclude",
    "get",
    "Q",
    "When",
    "order_by",
    "values_list",
    "values",
    "only",
    "annotate",
    "aggregate",
}
"""Calls of Django's that look for a value and write none."""

SQL = re.compile(r"\b(?:INSERT\s+INTO|UPDATE)\s+(\w+)", re.IGNORECASE)


@dataclass(frozen=True)
class Source:
    """A module: its path, its tree, and what tests of the house ask of it again and again."""

    path: Path
    tree: ast.Module

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.tree))

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        return {child: node for node in self.nodes for child in ast.iter_child_nodes(node)}

    @cached_property
    def chains(self) -> list[tuple[str, ast.Attribute]]:
        """Every chain of names, such as `Mark.Kind.ORDER`, and where it stands."""
        return [(".".join(dotted(node)), node) for node in self.nodes if isinstance(node, ast.Attribute)]

    @cached_property
    def texts(self) -> list[tuple[str, ast.AST]]:
        """Every string, and where it stands."""
        return [(text, node) for node in self.nodes if (text := text_of(node))]

    @cached_property
    def names(self) -> set[str]:
        """Every name that the module uses."""
        return {node.id for node in self.nodes if isinstance(node, ast.Name)}

    def within(self, node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
        """What a node is part of, inside its statement: each part with what it is part of, from within outwards."""
        while (parent := self.parents.get(node)) is not None:
            yield node, parent
            if isinstance(parent, ast.stmt):
                return
            node = parent


def source(text: str, path: str = "example.py") -> Source:
    return Source(Path(path), ast.parse(text))


@cache
def sources(folder: str) -> tuple[Source, ...]:
    """Every module below a folder of the project, without migrations."""
    paths = sorted(path for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.relative_to(ROOT).parts)
    return tuple(Source(path, ast.parse(path.read_text())) for path in paths)


def called(node: ast.Call) -> str:
    """The last word of what is called."""
    func = node.func
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""


def dotted(node: ast.AST) -> list[str]:
    """The words of a chain such as `Task.objects.filter(…).update`, whatever stands in its brackets."""
    if isinstance(node, ast.Call):
        return dotted(node.func)
    if isinstance(node, ast.Attribute):
        return [*dotted(node.value), node.attr]
    return [node.id] if isinstance(node, ast.Name) else []


def is_given(found: Source, node: ast.AST, readers: set[str]) -> bool:
    """Whether a value is handed on where it stands: not compared, nor looked up by, nor one of several to look for."""
    for part, whole in found.within(node):
        if isinstance(whole, ast.Compare | ast.Subscript | ast.Tuple | ast.List | ast.Set | ast.comprehension):
            return False
        if isinstance(whole, ast.Dict) and part in whole.keys:
            return False
        if isinstance(whole, ast.Call):
            return called(whole) not in readers
        if isinstance(whole, ast.IfExp) and part is whole.test:
            return False
    return True


def text_of(node: ast.AST) -> str:
    """The words of a string, also of one with holes in it; "" of anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(part) if isinstance(part, ast.Constant) else "?" for part in node.values)
    return ""
