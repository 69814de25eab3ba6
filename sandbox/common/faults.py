"""Switches that make a stand-in misbehave the way the real one sometimes does; stored, so they survive a restart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sandbox.common.store import Document, Reader, Store, Transaction

SHUFFLE_SECONDS = 3.0
_LONGEST = 7 * 24 * 3600


@dataclass(frozen=True)
class Switch:
    """One fault: `count` is used up one by one, `flag` is on or off, `seconds` is a length of time."""

    name: str
    kind: Literal["count", "flag", "seconds"]
    label: str
    explanation: str


COMMON_SWITCHES = (
    Switch("drop_next", "count", "Verlies webhooks", "Zoveel webhooks komen nooit aan."),
    Switch("fail_next", "count", "Laat webhooks mislukken", "Zoveel pogingen krijgen zogezegd antwoord 500."),
    Switch("delay_seconds", "seconds", "Vertraag (seconden)", "Nieuwe webhooks vertrekken zoveel later."),
    Switch("duplicate", "flag", "Stuur elke webhook twee keer", "Zoals het in het echt ook gebeurt."),
    Switch("shuffle", "flag", "Gooi de volgorde door elkaar", "Nieuwe webhooks wachten elk een willekeurige tijd."),
)


class UnknownFaultError(ValueError):
    """The name or the value of a fault is not one that this program knows; the text is for people."""


class Faults:
    """The faults of one program: the common ones plus its own (`extra`)."""

    def __init__(self, store: Store, extra: Sequence[Switch] = ()) -> None:
        self._store = store
        self.switches = (*COMMON_SWITCHES, *extra)

    def values(self, reader: Reader | None = None) -> Document:
        """Every switch by name, and `down_until` (unix seconds, 0 when the program is up)."""
        stored = self._store.get("faults", "switches") if reader is None else reader.get("faults", "switches")
        blank: Document = {switch.name: False if switch.kind == "flag" else 0 for switch in self.switches}
        return {**blank, "down_until": 0, **(stored or {})}

    def change(self, tx: Transaction, wanted: Mapping[str, object], now: float) -> None:
        """Set switches by name; `down_for` (seconds) takes the program down, 0 brings it back; `reset` clears all
        before the rest is applied. Raises UnknownFaultError."""
        values = self.values(tx)
        if _truth(wanted.get("reset", False)):
            values = {name: type(value)(0) for name, value in values.items()}
        kinds = {switch.name: switch.kind for switch in self.switches}
        for name, raw in wanted.items():
            if name == "reset":
                continue
            if name == "down_for":
                seconds = _number(name, raw)
                values["down_until"] = now + seconds if seconds else 0
            elif name == "down_until":
                values[name] = _number(name, raw, ceiling=None)
            elif name in kinds:
                values[name] = _value(name, kinds[name], raw)
            else:
                raise UnknownFaultError(f"Onbekende storing: {name}")
        tx.put("faults", "switches", values)

    def take(self, tx: Transaction, name: str) -> bool:
        """Use up one of a `count`; says whether there was one left."""
        values = self.values(tx)
        if values[name] < 1:
            return False
        tx.put("faults", "switches", {**values, name: values[name] - 1})
        return True

    def is_down(self, now: float) -> bool:
        """Whether the program must pretend to be out of reach."""
        return float(self.values()["down_until"]) > now


def _truth(raw: object) -> bool:
    return raw in (True, 1, "1", "true", "on", "ja")


def _number(name: str, raw: object, ceiling: float | None = _LONGEST) -> float:
    try:
        number = float(str(raw).replace(",", ".") or 0)
    except ValueError as error:
        raise UnknownFaultError(f"{name}: {raw!r} is geen getal") from error
    if not 0 <= number < float("inf") or (ceiling is not None and number > ceiling):
        raise UnknownFaultError(f"{name}: {raw!r} is te klein of te groot")
    return number


def _value(name: str, kind: Literal["count", "flag", "seconds"], raw: object) -> bool | int | float:
    if kind == "flag":
        return _truth(raw)
    number = _number(name, raw)
    if kind == "count":
        if number != int(number):
            raise UnknownFaultError(f"{name}: {raw!r} is geen heel getal")
        return int(number)
    return number
