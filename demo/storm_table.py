"""What came of a storm, as people read it."""

from collections.abc import Mapping
from typing import Any

from demo.storm_check import Found

SHOWN = 20
"""Of each kind of fault, so many are told one by one."""


def table(found: Found, told: Mapping[str, Any]) -> str:
    """The table, and below it what is wrong."""
    times = " / ".join("-" if time is None else f"{time:.1f} s" for time in (found.median, found.p95, found.most))
    rows = [
        ("orders", f"{found.orders}"),
        ("paid", f"{found.paid} (became an order {found.ordered}, money back {found.returned})"),
        ("went away unpaid", f"{told['gave_up']}"),
        ("tasks, parcels, refunds", f"{found.tasks}, {found.parcels}, {found.refunds}"),
        ("calls that went wrong", f"{told['calls_disturbed']}"),
        ("killed and started again", _counted(told["killed"])),
        ("died by itself", _counted(told["died"])),
        ("lost", f"{len(found.lost)}"),
        ("doubled", f"{len(found.doubled)}"),
        ("stuck", f"{len(found.stuck)}"),
        ("time to repair", f"{times} (median / p95 / most)"),
        ("books", "right" if not found.books else f"{len(found.books)} wrong"),
        ("took", f"{told['seconds']:.0f} s"),
    ]
    width = max(len(name) for name, _value in rows)
    lines = ["", *(f"  {name:<{width}}  {value}" for name, value in rows), ""]
    for name in ("lost", "doubled", "stuck", "books"):
        faults = getattr(found, name)
        lines += [f"  {name}: {fault}" for fault in faults[:SHOWN]]
        if len(faults) > SHOWN:
            lines.append(f"  {name}: and {len(faults) - SHOWN} more, in the JSON below")
    return "\n".join(lines)


def _counted(found: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(found.items())) or "nothing"
