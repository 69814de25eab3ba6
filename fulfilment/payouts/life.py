"""The lives of a round of payouts, of a payout in it, and of money that is sent for from Stripe to the bank."""

from fulfilment.states import Table

BATCH: Table = {
    "planned": {"approve": "approved", "replace": "cancelled", "drop": "cancelled"},
    "approved": {"fetch": "fetched", "withdraw": "withdrawn"},
    "fetched": {"close": "confirmed", "withdraw": "withdrawn"},
    "confirmed": {},
    "cancelled": {},
    "withdrawn": {},
}
"""A round. `approve`: a person said yes, and the money is set apart. `fetch`: somebody has the bank file, which may be
at the bank from now on. `close`: none of its payouts is under way any more. `replace`: a newer plan took its place;
`drop`: a person dropped it. `withdraw`: it was approved, but its file never went to the bank."""

PAYOUT: Table = {
    "planned": {"send": "sent", "drop": "withdrawn"},
    "sent": {"confirm": "confirmed", "fail": "failed", "withdraw": "withdrawn"},
    "confirmed": {"return": "returned"},
    "failed": {},
    "returned": {},
    "withdrawn": {},
}
"""One payee's money. `send`: its round was approved. `confirm`: the bank's statement shows it. `fail`: the bank could
not pay it. `return`: the payee's bank sent it back, days after it was confirmed. `drop`, `withdraw`: its round was."""

COLLECTION: Table = {
    "asked": {"accept": "under_way", "refuse": "refused"},
    "under_way": {"arrive": "arrived", "fail": "failed"},
    "arrived": {"fail": "failed"},
    "refused": {"accept": "under_way"},
    "failed": {},
}
"""Money from Stripe to the bank. `asked`: we mean to have it, and Stripe may not know yet. `accept`: Stripe made a
payout of it (which holds also where it had told us otherwise before). `refuse`: Stripe will not. `arrive`: it is at the
bank. `fail`: the bank did not take it, or sent it back days later."""
