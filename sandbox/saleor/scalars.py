"""Saleor's own scalars: how each is read and written."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from graphql import (
    FloatValueNode,
    GraphQLError,
    GraphQLScalarType,
    GraphQLSchema,
    IntValueNode,
    StringValueNode,
    ValueNode,
    value_from_ast_untyped,
)

from sandbox.saleor.moments import from_iso, to_iso


def bind_scalars(schema: GraphQLSchema) -> None:
    """Give the custom scalars of a schema that was built from text their behaviour."""
    for name, (serialize, parse) in _SCALARS.items():
        scalar = schema.type_map[name]
        assert isinstance(scalar, GraphQLScalarType)
        _set(scalar, serialize, parse)


def _set(scalar: GraphQLScalarType, serialize: Callable[[Any], Any], parse: Callable[[Any], Any]) -> None:
    def parse_literal(node: ValueNode, variables: dict[str, Any] | None = None) -> Any:
        # Numbers are read from their text, so that no cent passes through a float.
        if isinstance(node, (FloatValueNode, IntValueNode)) and scalar.name in _NUMBERS:
            return parse(node.value)
        if scalar.name == "JSON":
            return value_from_ast_untyped(node, variables)
        if isinstance(node, (StringValueNode, IntValueNode)):
            return parse(node.value)
        raise GraphQLError(f"{scalar.name} cannot be read here.", node)

    # graphql-core keeps these as attributes of the instance; its own classes do the same.
    scalar.serialize = serialize  # type: ignore[assignment,method-assign]
    scalar.parse_value = parse  # type: ignore[assignment,method-assign]
    scalar.parse_literal = parse_literal  # type: ignore[method-assign]


def _decimal(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
        raise GraphQLError(f"Decimal cannot represent value: {value!r}")
    try:
        number = Decimal(value)
    except InvalidOperation as error:
        raise GraphQLError(f"Decimal cannot represent value: {value!r}") from error
    if not number.is_finite():
        raise GraphQLError(f"Decimal cannot represent value: {value!r}")
    return number


def _positive(value: Any) -> Decimal:
    number = _decimal(value)
    if number < 0:
        raise GraphQLError(f"Value cannot be lower than 0. Unsupported value: {value}")
    return number


def _positive_int(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, str)) or not str(value).isdigit() or int(value) < 1:
        raise GraphQLError(f"PositiveInt cannot represent value: {value!r}")
    return int(value)


def _moment(value: Any) -> int:
    try:
        return from_iso(value)
    except (TypeError, ValueError) as error:
        raise GraphQLError(f"DateTime cannot represent value: {value!r}") from error


def _uuid(value: Any) -> str:
    try:
        return str(UUID(value))
    except (TypeError, ValueError, AttributeError) as error:
        raise GraphQLError(f"UUID cannot represent value: {value!r}") from error


def _same(value: Any) -> Any:
    return value


_NUMBERS = {"Decimal", "PositiveDecimal", "PositiveInt"}
_SCALARS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "DateTime": (to_iso, _moment),
    "Decimal": (_same, _decimal),
    "PositiveDecimal": (_same, _positive),
    "PositiveInt": (_same, _positive_int),
    "UUID": (str, _uuid),
    "JSON": (_same, _same),
    "JSONString": (_same, _same),
    "Metadata": (_same, _same),
}
