"""The least of Saleor that a plugin needs to be imported here."""

import sys
from collections.abc import Callable, Mapping
from types import ModuleType

import pytest

Modules = Mapping[str, Mapping[str, object]]


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> Callable[[Modules], None]:
    """Gives modules that are not in our environment, by name, with what is in them."""

    def put(modules: Modules) -> None:
        for name, contents in modules.items():
            module = ModuleType(name)
            vars(module).update(contents)
            monkeypatch.setitem(sys.modules, name, module)

    return put
