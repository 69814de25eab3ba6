"""What the set-up wrote last: what differs from it in Saleor since then, staff changed there."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from fulfilment.gateways.models import SetUpValue
from fulfilment.saleor_setup.rich_text import blocks_of

Field = tuple[str, str, str]
"""Kind and key of an object, and the name of one of its fields."""


@dataclass
class Memory:
    """By field, the digest of what stood there when it was last as the file wanted it. Empty: nothing is known."""

    digests: dict[Field, str] = field(default_factory=dict)
    unsaved: set[Field] = field(default_factory=set)
    """What is known otherwise since it was last kept for the next run."""

    def is_as_left(self, which: Field, now: object) -> bool:
        """Whether nobody changed it since; also where nothing is known of it."""
        return self.digests.get(which, digest(now)) == digest(now)

    def keep(self, which: Field, value: object) -> None:
        told = digest(value)
        if self.digests.get(which) != told:
            self.digests[which] = told
            self.unsaved.add(which)


def digest(value: object) -> str:
    """The same for values that say the same."""
    return hashlib.sha256(json.dumps(_canonical(value), sort_keys=True, default=str).encode()).hexdigest()


def _canonical(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float | Decimal):
        return str(Decimal(str(value)).normalize())
    if isinstance(value, str):
        return blocks_of(value) if value.startswith("{") and '"blocks"' in value else value
    if isinstance(value, Mapping):
        return {name: _canonical(part) for name, part in value.items()}
    return [_canonical(part) for part in value] if isinstance(value, list | tuple) else value


def remembered(api_url: str) -> Memory:
    """What is known of the Saleor at an address."""
    rows = SetUpValue.objects.filter(api_url=api_url).values_list("kind", "key", "field", "digest")
    return Memory({(kind, key, name): told for kind, key, name, told in rows})


def remember(api_url: str, memory: Memory) -> None:
    """Keep what is new in it for the next run."""
    SetUpValue.objects.bulk_create(
        [
            SetUpValue(api_url=api_url, kind=kind, key=key, field=name, digest=memory.digests[kind, key, name])
            for kind, key, name in memory.unsaved
        ],
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["api_url", "kind", "key", "field"],
        update_fields=["digest"],
    )
    memory.unsaved.clear()
