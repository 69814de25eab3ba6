"""What many pieces name, and what is the same in every language: once in memory, however often Saleor tells it."""

from dataclasses import fields
from typing import Any, TypeVar
from weakref import WeakValueDictionary

Value = TypeVar("Value")

_POOL: WeakValueDictionary[tuple[Any, ...], Any] = WeakValueDictionary()


def shared(value: Value) -> Value:
    """The one like it that is in memory already, or else this one; a frozen dataclass with a ``weakref_slot``."""
    told = (getattr(value, field.name) for field in fields(value))  # type: ignore[arg-type]  # any dataclass
    found: Value = _POOL.setdefault((type(value), *told), value)
    return found
