"""The life of a change of the account on which a partner is paid, on one screen: no clock, no database."""

from fulfilment.states import Table

ACCOUNT_CHANGE: Table = {
    "asked": {"confirm": "confirmed", "stop": "stopped"},
    "confirmed": {"begin": "in_force", "stop": "stopped"},
    "in_force": {},
    "stopped": {},
}
"""State of a change → event → next state.

`confirm`: a second person looked at it. `begin`: the waiting time is over, and from now on the partner is paid there.
`stop`: somebody said no, while it waited for either.
"""
