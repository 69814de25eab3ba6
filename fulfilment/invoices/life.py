"""The life of the sending of an invoice, on one screen: no clock, no database."""

from fulfilment.states import Table

SENDING: Table = {
    "queued": {"send": "sent"},
    "sent": {"deliver": "delivered", "refuse": "refused"},
    "delivered": {},
    "refused": {"again": "queued"},
}
"""State of a sending → event → next state.

`send`: an access point took it over, or its mail was written. `deliver` and `refuse`: what the access point says that
became of it; of a mail nobody says so. `again`: a person has it sent once more.
"""
