"""Switches that make a stand-in misbehave the way the real one sometimes does; stored, so they survive a restart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sandbox.common.store import Document, Reader, Store, Transaction

SHUFFLE_SECONDS = 3.0
DISTURBED = ("closed", "hanging", "garbage", "unanswered")
"""The ways in which a call can go wrong; see sandbox/common/disturbances.py."""
_LONGEST = 7 * 24 * 3600
_HIGHEST: Mapping[str, float | None] = {"count": _LONGEST, "seconds": _LONGEST, "percent": 100, "number": 2**31}

Kind = Literal["count", "flag", "seconds", "percent", "number", "choice", "choices"]


@dataclass(frozen=True)
class Switch:
    """One fault: `count` is used up one by one, `flag` is on or off, `seconds` is a length of time, `percent` a share,
    `number` a whole number, `choice` one of `choices` (value and label) or empty, `choices` any of them."""

    name: str
    kind: Kind
    label: str
    explanation: str
    choices: tuple[tuple[str, str], ...] = ()

    @property
    def blank(self) -> object:
        """Its value when nothing is wrong."""
        return {"flag": False, "choice": "", "choices": []}.get(self.kind, 0)


COMMON_SWITCHES = (
    Switch("drop_next", "count", "Verlies webhooks", "Zoveel webhooks komen nooit aan."),
    Switch("fail_next", "count", "Laat webhooks mislukken", "Zoveel pogingen krijgen zogezegd antwoord 500."),
    Switch("delay_seconds", "seconds", "Vertraag (seconden)", "Nieuwe webhooks vertrekken zoveel later."),
    Switch("duplicate", "flag", "Stuur elke webhook twee keer", "Zoals het in het echt ook gebeurt."),
    Switch("shuffle", "flag", "Gooi de volgorde door elkaar", "Nieuwe webhooks wachten elk een willekeurige tijd."),
    Switch("fault_percent", "percent", "Verstoor oproepen (%)", "Zoveel procent van alle oproepen loopt mis."),
    Switch(
        "fault_kinds",
        "choices",
        "Hoe ze mislopen",
        "closed, hanging, garbage, unanswered; met komma's ertussen. Leeg is alle vier.",
        choices=tuple((name, name) for name in DISTURBED),
    ),
    Switch("hang_seconds", "seconds", "Blijf hangen (seconden)", "Zo lang hangt een verstoorde oproep. 0 is tien."),
    Switch("fault_seed", "number", "Begingetal", "Hetzelfde getal geeft dezelfde reeks; instellen begint ze opnieuw."),
)


class UnknownFaultError(ValueError):
    """The name or the value of a fault is not one that this program knows; the text is for people."""


class Faults:
    """The faults of one program: the common ones plus its own (`extra`)."""

    def __init__(self, store: Store, extra: Sequence[Switch] = ()) -> None:
        self._store = store
        self.switches = (*COMMON_SWITCHES, *extra)
        self._blank: Document = {**{switch.name: switch.blank for switch in self.switches}, "down_until": 0}

    def values(self, reader: Reader | None = None) -> Document:
        """Every switch by name, and `down_until` (unix seconds, 0 when the program is up)."""
        stored = self._store.get("faults", "switches") if reader is None else reader.get("faults", "switches")
        return {**self._blank, **(stored or {})}

    def change(self, tx: Transaction, wanted: Mapping[str, object], now: float) -> None:
        """Set switches by name; `down_for` (seconds) takes the program down, 0 brings it back; `reset` clears all
        before the rest is applied. Raises UnknownFaultError."""
        values = dict(self._blank) if _truth(wanted.get("reset", False)) else self.values(tx)
        switches = {switch.name: switch for switch in self.switches}
        for name, raw in wanted.items():
            if name == "reset":
                continue
            if name == "down_for":
                seconds = _number(name, raw)
                values["down_until"] = now + seconds if seconds else 0
            elif name == "down_until":
                values[name] = _number(name, raw, ceiling=None)
            elif name in switches:
                values[name] = _value(switches[name], raw)
            else:
                raise UnknownFaultError(f"Onbekende storing: {name}")
        tx.put("faults", "switches", values)
        if "fault_seed" in wanted:
            tx.put("faults", "calls", {"count": 0})

    def take(self, tx: Transaction, name: str) -> bool:
        """Use up one of a `count`; says whether there was one left."""
        values = self.values(tx)
        if values[name] < 1:
            return False
        tx.put("faults", "switches", {**values, name: values[name] - 1})
        return True

    def take_alone(self, name: str) -> bool:
        """Like `take`, in a transaction of its own; none is opened where none is left."""
        if self.values()[name] < 1:
            return False
        with self._store.write() as tx:
            return self.take(tx, name)

    def next_call(self, tx: Transaction) -> int:
        """The number of this call since `fault_seed` was set, from 1."""
        count = int((tx.get("faults", "calls") or {"count": 0})["count"]) + 1
        tx.put("faults", "calls", {"count": count})
        return count

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


def _value(switch: Switch, raw: object) -> object:
    if switch.kind == "flag":
        return _truth(raw)
    if switch.kind in ("choice", "choices"):
        return _chosen(switch, raw)
    number = _number(switch.name, raw, _HIGHEST[switch.kind])
    if switch.kind in ("count", "number"):
        if number != int(number):
            raise UnknownFaultError(f"{switch.name}: {raw!r} is geen heel getal")
        return int(number)
    return number


def _chosen(switch: Switch, raw: object) -> str | list[str]:
    given = raw if isinstance(raw, list) else str(raw).split(",")
    chosen = [str(one).strip() for one in given if str(one).strip()]
    unknown = [one for one in chosen if one not in dict(switch.choices)]
    if unknown or (switch.kind == "choice" and len(chosen) > 1):
        raise UnknownFaultError(f"{switch.name}: {raw!r} kan niet; kies uit {', '.join(dict(switch.choices))}")
    if switch.kind == "choices":
        return chosen
    return chosen[0] if chosen else ""
