"""What every step of the set-up does: compare an object of Saleor with what the file wants, and change what differs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from catalogue.values import CatalogueFile, ShippingMethod, Variant
from fulfilment.errors import GatewayError
from fulfilment.gateways.saleor.client import SaleorClient, every_node
from fulfilment.saleor_setup.memory import Field, Memory

Node = Mapping[str, Any]
"""An object as Saleor tells it, or the fields of it that are compared."""

ALIASES = {"en": "english", "fr": "french"}
"""Under which name the documents ask for the translation into a language."""


class SetUpError(Exception):
    """Saleor refused an entry of the file, or cannot hold it; the text names the entry."""


@dataclass(frozen=True)
class Change:
    """What was changed, or would be: `fields` of the object `key` of a kind; all of it where it `is_new`."""

    kind: str
    key: str
    is_new: bool
    fields: tuple[str, ...] = ()


@dataclass
class Setup:
    """One run over the file. With `apply` false nothing is written; `tell` hears of every change as it is made."""

    saleor: SaleorClient
    file: CatalogueFile
    pictures: Path
    shop_url: str
    apply: bool
    tell: Callable[[Change], None]
    ids: dict[tuple[str, str], str] = field(default_factory=dict)
    """Saleor's ids by kind and key; empty for what a plan would only make."""
    missing: list[str] = field(default_factory=list)
    """Our plugins that this Saleor does not have."""
    memory: Memory = field(default_factory=Memory)
    kept: list[Change] = field(default_factory=list)
    """What staff changed since it was last written, and stays so."""
    overwrite: bool = False
    """Whether what staff changed is brought back to what the file says."""
    count: Callable[[int, int], None] = lambda done, of: None
    """Hears how many are done of the most there is: the products."""
    _to_remember: dict[Field, object] = field(default_factory=dict)

    def nodes(self, name: str, **variables: str) -> Iterator[Node]:
        """Every object of a list."""
        return every_node(self.saleor, f"setup/{name}", variables)

    def ensure(
        self,
        kind: str,
        key: str,
        now: Node | None,
        wanted: Node,
        *,
        extra: Node | None = None,
        of: Node | None = None,
        as_input: Callable[[Node], Node] = dict,
    ) -> Node | None:
        """Make the object, or change the fields that differ. What Saleor told of it then; None where it was not asked.

        `now` has Saleor's `id` and the fields of `wanted`. `extra` is what only a new object is given, `of` says
        beside it what it belongs to, `as_input` turns fields into the input of Saleor's mutation.
        """
        if now is None:
            self.tell(Change(kind, key, is_new=True))
            self.ids[kind, key] = ""
            self._to_remember |= {(kind, key, name): value for name, value in wanted.items()}
            if not self.apply:
                return None
            given = {**(of or {}), "input": {**(extra or {}), **as_input(wanted)}}
            made = self.write(kind, key, f"create_{kind}", given)
            self.ids[kind, key] = made["id"]
            return made
        self.ids[kind, key] = now["id"]
        changed = {name: value for name, value in wanted.items() if self.is_ours(kind, key, name, now[name], value)}
        if not changed:
            return None
        given = {"id": now["id"], "input": as_input(changed)}
        return self.change(kind, key, tuple(changed), f"update_{kind}", given)

    def is_ours(self, kind: str, key: str, name: str, now: object, wanted: object) -> bool:
        """Whether a field is to be written: it is not as the file wants it, and staff did not change it.

        What staff changed since it was last as the file wanted it is told (`kept`) and stays, unless `overwrite`.
        """
        which = (kind, key, name)
        if now == wanted:
            self.memory.keep(which, now)
            return False
        if not self.overwrite and not self.memory.is_as_left(which, now):
            self.kept.append(Change(kind, key, is_new=False, fields=(name,)))
            return False
        self._to_remember[which] = wanted
        return True

    def change(
        self, kind: str, key: str, fields: tuple[str, ...], document: str, variables: Node, *, is_new: bool = False
    ) -> Node | None:
        """One change of something that is there already (or was made just now: `is_new` is not told twice). What Saleor
        told of it then."""
        if not is_new:
            self.tell(Change(kind, key, is_new=False, fields=fields))
        return self.write(kind, key, document, variables) if self.apply else None

    def write(self, kind: str, key: str, document: str, variables: Node) -> dict[str, Any]:
        """Carry out a mutation; what it made. `SetUpError` names the entry that Saleor refuses."""
        try:
            payload = self.saleor.mutate_only(f"setup/{document}", variables)
        except GatewayError as error:
            if error.retry:
                raise
            raise SetUpError(f"{entry(kind, key)}: {error}") from error
        self._remember(kind, key)
        return _made(payload)

    def _remember(self, kind: str, key: str) -> None:
        """What was decided on for this object is written now."""
        for which in [which for which in self._to_remember if which[:2] == (kind, key)]:
            self.memory.keep(which, self._to_remember.pop(which))

    def upload(self, kind: str, key: str, document: str, variables: Node, place: str, path: Path) -> dict[str, Any]:
        """As `write`, with a file at `place` of the variables, for example `input.image`."""
        try:
            payload = self.saleor.upload(f"setup/{document}", variables, place, path)
        except OSError as error:
            raise SetUpError(f"{entry(kind, key)}: {path.name}: {error.strerror}") from error
        except GatewayError as error:
            raise SetUpError(f"{entry(kind, key)}: {path.name}: {error}") from error
        return _made(payload)

    def channel_ids(self) -> dict[str, str]:
        """The ids of the file's channels, by slug."""
        return {channel.slug: self.ids["channel", channel.slug] for channel in self.file.channels}


def _made(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What a mutation answers beside its errors; of one in bulk, which is asked for one thing, that."""
    made: Any = next((value for name, value in payload.items() if name != "errors" and value), {})
    told: dict[str, Any] = made[0] if isinstance(made, list) else made
    return told


def prices_to_set(
    setup: Setup, of: tuple[str, str], listings: Sequence[Node], thing: ShippingMethod | Variant
) -> list[dict[str, str]]:
    """The channels in which something has another price in Saleor than in the file, as Saleor takes them.

    `of` is its kind and key.
    """
    seen = {listing["channel"]["slug"]: Decimal(listing["price"]["amount"]) for listing in listings if listing["price"]}
    prices = {channel.slug: channel.price_of(thing) for channel in setup.file.channels}
    return [
        {"channelId": setup.ids["channel", slug], "price": str(price)}
        for slug, minor in prices.items()
        if minor is not None
        and setup.is_ours(*of, f"price ({slug})", seen.get(slug), price := Decimal(minor).scaleb(-2))
    ]


def entry(kind: str, key: str) -> str:
    """How an entry of the file is called: `[[product]] SG-001`."""
    return "[shop]" if kind == "shop" else f"[[{kind}]] {key}"
