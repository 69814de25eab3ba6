"""JSON-LD as it stands in a page: data that no browser executes, so that a content security policy does not mind it."""

import json
from collections.abc import Iterable

from django.utils.safestring import SafeString, mark_safe

from shop.found.linked_data import SCHEMA, Node

_ESCAPED = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}
"""Signs that could end the element, or begin another: JSON may write any sign by its number."""


def linked(nodes: Iterable[Node]) -> SafeString:
    """The element with these nodes; nothing where there are none."""
    graph = list(nodes)
    if not graph:
        return SafeString()
    text = json.dumps({"@context": SCHEMA.rstrip("/"), "@graph": graph}, ensure_ascii=False).translate(_ESCAPED)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308 - escaped just above
