"""The life of what comes back. Pure: the one function that moves a row along a table is `fulfilment.life.move`."""

from fulfilment.states import Table

RETURN: Table = {
    "announced": {"expect": "expected", "receive": "received", "lose": "lost", "withdraw": "withdrawn"},
    "expected": {"expect": "expected", "receive": "received", "lose": "lost", "withdraw": "withdrawn"},
    "received": {"judge": "judged", "undo_receive": "expected"},
    "judged": {"undo_judge": "received"},
    "lost": {"expect": "expected", "receive": "received"},
    "withdrawn": {},
}
"""Units that left a workshop come back to it. `expect`: the customer says that they are on their way. `receive`: they
are at the workshop. `judge`: it said of every unit whether it is as new, to mend, or spoilt. `lose`: they never came;
should they turn up, they are received after all. `withdraw`: the customer keeps them. `undo_…`: pressed by mistake, as
long as nothing followed."""

UNDO = {"received": "undo_receive", "judged": "undo_judge"}
"""The event that takes back the step to a state."""


def before(state: str) -> str | None:
    """The state that undoing the step to `state` leads back to; None where that step is not undone."""
    return RETURN.get(state, {}).get(UNDO.get(state, ""))


LIVE = ("announced", "expected", "received")
"""Nobody knows yet what of it is worth anything: nobody is paid for it meanwhile."""

TO_COME = ("announced", "expected")
"""Not at the workshop yet."""

BACK = ("received", "judged")
"""At the workshop again."""
