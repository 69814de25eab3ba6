"""Request parameters: Stripe's bracketed form names as a tree, checked against what an operation takes."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from sandbox.stripe.errors import ApiError, missing_parameter, unknown_parameter

Tree = dict[str, Any]

_NAME = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
_PART = re.compile(r"\[([^\[\]]*)\]")


@dataclass(frozen=True)
class Field:
    """What one parameter may be. `minimum` and `maximum` bound an integer; `maximum` is also the length of a text."""

    kind: Literal["text", "url", "integer", "choice", "metadata", "group", "items", "texts", "span"]
    required: bool = False
    minimum: int = 0
    maximum: int = 5000
    choices: tuple[str, ...] = ()
    spec: "Mapping[str, Field]" = field(default_factory=dict)


METADATA = Field("metadata")
EXPAND: Mapping[str, Field] = {"expand": Field("texts")}
PAGE: Mapping[str, Field] = {
    **EXPAND,
    "limit": Field("integer", minimum=1, maximum=100),
    "starting_after": Field("text"),
    "ending_before": Field("text"),
    "created": Field("span"),
}


def tree(pairs: Iterable[tuple[str, str]]) -> Tree:
    """`a[b][0]=x` pairs as nested dictionaries; `[]` appends."""
    root: Tree = {}
    for name, value in pairs:
        matched = _NAME.match(name)
        if matched is None:
            raise unknown_parameter(name)
        parts = [matched.group(1), *_PART.findall(matched.group(2))]
        here = root
        for part in parts[:-1]:
            inner = here.setdefault(part or str(len(here)), {})
            if not isinstance(inner, dict):
                raise ApiError(f"Invalid hash: {name}", param=name)
            here = inner
        here[parts[-1] or str(len(here))] = value
    return root


def check(values: Tree, spec: Mapping[str, Field], prefix: str = "") -> dict[str, Any]:
    """The parameters with their types; absent ones are left out. Raises Stripe's errors for everything else."""
    for name in values:
        if name not in spec:
            raise unknown_parameter(_path(prefix, name))
    checked: dict[str, Any] = {}
    for name, wanted in spec.items():
        path = _path(prefix, name)
        if name in values:
            checked[name] = _checked(values[name], wanted, path)
        elif wanted.required:
            raise missing_parameter(path)
    return checked


def _path(prefix: str, name: str) -> str:
    return f"{prefix}[{name}]" if prefix else name


def _checked(value: object, wanted: Field, path: str) -> Any:
    if wanted.kind == "group":
        return check(_hash(value, path), wanted.spec, path)
    if wanted.kind == "items":
        return [check(_hash(item, f"{path}[{n}]"), wanted.spec, f"{path}[{n}]") for n, item in _list(value, path)]
    if wanted.kind == "texts":
        return [_text(item, wanted, f"{path}[{n}]") for n, item in _list(value, path)]
    if wanted.kind == "metadata":
        return _metadata(_hash(value, path), path)
    if wanted.kind == "integer":
        return _integer(value, wanted, path)
    if wanted.kind == "span":
        return _span(value, path)
    return _text(value, wanted, path)


def _hash(value: object, path: str) -> Tree:
    if not isinstance(value, dict):
        raise ApiError("Invalid hash", param=path)
    return value


def _list(value: object, path: str) -> list[tuple[int, object]]:
    if not isinstance(value, dict) or not all(key.isdigit() for key in value):
        raise ApiError("Invalid array", param=path)
    return list(enumerate(value[key] for key in sorted(value, key=int)))


def _text(value: object, wanted: Field, path: str) -> str:
    if not isinstance(value, str):
        raise ApiError(f"Invalid string: {value}", param=path)
    if not value:
        message = (
            f"You passed an empty string for '{path}'. We assume empty values are an attempt to unset a parameter."
        )
        raise ApiError(message, code="parameter_invalid_empty", param=path)
    if len(value) > wanted.maximum:
        message = f"Invalid string: must be at most {wanted.maximum} characters"
        raise ApiError(message, code="parameter_invalid_string_length", param=path)
    if wanted.kind == "url":
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ApiError("Not a valid URL", code="url_invalid", param=path)
    if wanted.choices and value not in wanted.choices:
        message = f"Invalid {path}: must be one of {', '.join(wanted.choices)}"
        raise ApiError(message, param=path)
    return value


def _integer(value: object, wanted: Field, path: str) -> int:
    if not isinstance(value, str) or not re.fullmatch(r"-?\d{1,15}", value):
        raise ApiError(f"Invalid integer: {value}", code="parameter_invalid_integer", param=path)
    number = int(value)
    if number < wanted.minimum:
        message = f"This value must be greater than or equal to {wanted.minimum}."
        raise ApiError(message, code="parameter_invalid_integer", param=path)
    if number > wanted.maximum:
        message = f"This value must be less than or equal to {wanted.maximum}."
        raise ApiError(message, code="parameter_invalid_integer", param=path)
    return number


def _metadata(values: Tree, path: str) -> dict[str, str]:
    if len(values) > 50:
        raise ApiError("Metadata can have at most 50 keys.", param=path)
    for name, value in values.items():
        if not isinstance(value, str):
            raise ApiError("Metadata values must be strings.", param=_path(path, name))
        if len(name) > 40 or len(value) > 500:
            message = "Metadata keys can have up to 40 characters and values up to 500."
            raise ApiError(message, param=_path(path, name))
    # An empty value unsets a key, as at Stripe.
    return {name: value for name, value in values.items() if value}


def _span(value: object, path: str) -> dict[str, int]:
    bounds = {"gt": 0, "gte": 0, "lt": 0, "lte": 0}
    number = Field("integer", maximum=10**12)
    if isinstance(value, str):
        exact = _integer(value, number, path)
        return {"gte": exact, "lte": exact}
    given = _hash(value, path)
    for name in given:
        if name not in bounds:
            raise unknown_parameter(_path(path, name))
    return {name: _integer(text, number, _path(path, name)) for name, text in given.items()}
