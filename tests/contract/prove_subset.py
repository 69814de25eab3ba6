"""Proves that the stand-in's schema is a part of Saleor's own, and writes the proof down.

    python -m tests.contract.prove_subset

Saleor's schema is looked for in REFERENCE_DATA (default: ../shared beside the project).
"""

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    is_required_argument,
    is_required_input_field,
    is_specified_scalar_type,
)

ROOT = Path(__file__).parents[2]
SUBSET = ROOT / "sandbox" / "saleor" / "schema.graphql"
PROOF = Path(__file__).with_name("saleor_subset.json")
VERSION = "3.23.28"


def true_schema_file() -> Path:
    """Where Saleor's own schema would be."""
    return Path(os.environ.get("REFERENCE_DATA", ROOT.parent / "shared")) / "saleor" / f"schema-{VERSION}.graphql"


@cache
def true_schema() -> GraphQLSchema:
    """Saleor's own schema, where there is one. It takes more than a second to build, and is the same for everybody."""
    return build_schema(true_schema_file().read_text("utf-8"))


def fingerprint() -> str:
    """SHA-256 of the subset's text."""
    return hashlib.sha256(SUBSET.read_bytes()).hexdigest()


def proof(subset: GraphQLSchema, whole: GraphQLSchema) -> dict[str, object]:
    """The proof as it is committed; raises AssertionError with everything that differs."""
    differences = list(_schema_differences(subset, whole))
    assert not differences, "\n".join(differences)
    proven = sum(len(getattr(kind, "fields", {})) for kind in _own_types(subset))
    return {"saleor_version": VERSION, "sha256": fingerprint(), "proven_fields": proven}


def _own_types(schema: GraphQLSchema) -> list[GraphQLNamedType]:
    return [
        kind
        for name, kind in schema.type_map.items()
        if not name.startswith("__") and not is_specified_scalar_type(kind)
    ]


def _schema_differences(subset: GraphQLSchema, whole: GraphQLSchema) -> Iterator[str]:
    for kind in _own_types(subset):
        true = whole.type_map.get(kind.name)
        if true is None:
            yield f"{kind.name}: Saleor has no such type"
        elif type(kind) is not type(true):
            yield f"{kind.name}: another kind of type"
        else:
            yield from _type_differences(kind, true)


def _type_differences(kind: Any, true: Any) -> Iterator[str]:
    if isinstance(kind, GraphQLEnumType):
        for value in kind.values.keys() - true.values.keys():
            yield f"{kind.name}.{value}: Saleor has no such value"
    elif isinstance(kind, GraphQLUnionType):
        for name in {t.name for t in kind.types} - {t.name for t in true.types}:
            yield f"{kind.name}: {name} is no member"
    elif isinstance(kind, GraphQLInputObjectType):
        yield from _members(kind.name, kind.fields, true.fields)
        for name, field in true.fields.items():
            if is_required_input_field(field) and name not in kind.fields:
                yield f"{kind.name}.{name}: is required and was left out"
    elif isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType)):
        for name in {i.name for i in kind.interfaces} - {i.name for i in true.interfaces}:
            yield f"{kind.name}: does not implement {name}"
        yield from _members(kind.name, kind.fields, true.fields)
        for name in kind.fields.keys() & true.fields.keys():
            yield from _arguments(f"{kind.name}.{name}", kind.fields[name].args, true.fields[name].args)


def _arguments(where: str, ours: dict[str, GraphQLArgument], true: dict[str, GraphQLArgument]) -> Iterator[str]:
    yield from _members(where, ours, true)
    for name, argument in true.items():
        if is_required_argument(argument) and name not in ours:
            yield f"{where}({name}): is required and was left out"


def _members(where: str, ours: dict[str, Any], true: dict[str, Any]) -> Iterator[str]:
    """Fields or arguments: the name, the type with its nullability, the default value."""
    for name, member in ours.items():
        theirs = true.get(name)
        if theirs is None:
            yield f"{where}.{name}: Saleor has no such member"
            continue
        if str(member.type) != str(theirs.type):
            yield f"{where}.{name}: {member.type} instead of {theirs.type}"
        valued = isinstance(member, (GraphQLArgument, GraphQLInputField))
        if valued and member.default_value != theirs.default_value:
            yield f"{where}.{name}: another default value"
        assert isinstance(member, (GraphQLArgument, GraphQLInputField, GraphQLField))


def main() -> int:
    """Prove and write; 1 where Saleor's schema is not there."""
    if not true_schema_file().is_file():
        sys.stderr.write(f"{true_schema_file()} is not there: nothing can be proven.\n")
        return 1
    found = proof(build_schema(SUBSET.read_text("utf-8")), true_schema())
    PROOF.write_text(json.dumps(found, indent=2) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
