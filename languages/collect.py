"""Which texts customers read: all of the shop's, and those of fulfilment's that are for them.

In fulfilment a template is for customers where one of the `tell_…` flows below writes it, or where such a template
includes or extends it; a text in the code is where it says so, with the context `customer`:
``pgettext("customer", "…")``.
"""

import re
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ("en", "fr")
CUSTOMER = "customer"

_KEYWORDS = DEFAULT_KEYWORDS | {
    f"{name}{lazy}": what
    for name, what in {
        "gettext": None,
        "ngettext": (1, 2),
        "pgettext": ((1, "c"), 2),
        "npgettext": ((1, "c"), 2, 3),
    }.items()
    for lazy in ("", "_lazy")
}
_MAIL = ROOT / "fulfilment" / "entrypoints" / "templates"
_WRITTEN_IN = [
    ROOT / "fulfilment" / "flows" / f"tell_{whom}.py"
    for whom in ("account", "company", "customer", "reader", "restock", "return", "withdrawal")
]
_OTHERS = re.compile(r"""{% (?:include|extends) "([^"]+)" """)


def shop() -> Catalog:
    """Every text of the shop."""
    return _collected([*code_of("shop"), *shop_templates()])


def fulfilment() -> Catalog:
    """What fulfilment says to customers."""
    found = Catalog(charset="utf-8")
    in_code = (message for message in _collected(code_of("fulfilment")) if message.context == CUSTOMER)
    for message in (*in_code, *_collected(customer_templates())):
        if message.id:
            found.add(message.id, context=message.context, locations=message.locations)
    return found


PROGRAMS = {"shop": shop, "fulfilment": fulfilment}


def code_of(program: str) -> list[Path]:
    """The modules of a program, but for its migrations."""
    return sorted(path for path in (ROOT / program).rglob("*.py") if "migrations" not in path.relative_to(ROOT).parts)


def shop_templates() -> list[Path]:
    """The templates of the shop."""
    return sorted((ROOT / "shop").rglob("*.html"))


def customer_templates() -> list[Path]:
    """The mails that customers get, and what stands in them."""
    words = set(re.findall(r'"([a-z_]+)"', " ".join(path.read_text(encoding="utf-8") for path in _WRITTEN_IN)))
    to_read = [path for path in sorted((_MAIL / "mail").glob("*.*")) if path.name.split(".")[0] in words]
    found: set[Path] = set()
    while to_read:
        path = to_read.pop()
        if path not in found:
            found.add(path)
            to_read += [_MAIL / name for name in _OTHERS.findall(path.read_text(encoding="utf-8"))]
    return sorted(found)


def _collected(files: Iterable[Path]) -> Catalog:
    catalog = Catalog(charset="utf-8")
    for path in files:
        for told, context in _texts(path):
            catalog.add(told, context=context, locations=[(path.relative_to(ROOT).as_posix(), 0)])
    return catalog


def _texts(path: Path) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    code = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # Django writes a template as calls, with as much space before each as there was: Python allows none.
        lines = templatize(code, origin=str(path)).splitlines()
        code = "\n".join(line.strip() for line in lines)
    for _line, told, _comments, context in extract("python", BytesIO(code.encode()), keywords=_KEYWORDS):
        yield told, context
