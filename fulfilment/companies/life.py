"""The life of a company that buys from us, on one screen: no clock, no database."""

from fulfilment.states import Table

COMPANY: Table = {
    "applied": {"approve": "approved", "refuse": "refused"},
    "approved": {"suspend": "suspended", "end": "ended"},
    "suspended": {"resume": "approved", "end": "ended"},
    "refused": {},
    "ended": {},
}
"""State of a company → event → next state.

`suspend`: its members see their page and no prices, and Saleor sells them nothing from the list. `end` and `refuse` are
for good: whoever comes back applies anew.
"""

LIVING = ("applied", "approved", "suspended")
"""The states in which a company is known to us: nobody else can be it."""

OPEN = ("approved", "suspended")
"""The states in which its members have a page."""
