"""The lives of a payment, of a refund of it at Stripe and of a dispute, each on one screen: no clock, no database."""

from fulfilment.states import Table

PAYMENT: Table = {
    "open": {"pay": "paid", "fail": "failed", "expire": "expired"},
    "failed": {"pay": "paid"},
    "expired": {"pay": "paid"},
    "paid": {"pay": "paid", "order": "ordered", "give_back": "returning", "empty": "refunded"},
    "ordered": {"pay": "ordered", "order": "ordered", "empty": "refunded"},
    "returning": {"pay": "returning", "give_back": "returning", "order": "ordered", "empty": "refunded"},
    "refunded": {"pay": "refunded", "fill_order": "ordered", "fill": "returning"},
}
"""State of a payment → event → next state.

`pay`: Stripe took the money, or tells so again (also on a page that we had given up: money is never refused).
`fail`, `expire`: the page closed, after an attempt that the customer's bank refused, or unpaid.
`order`: Saleor's checkout became an order, also where we had begun to give its money back.
`give_back`: it can become no order, and we are about to ask for all of it to go back.
`empty`: all of it went back to the customer. `fill_order`, `fill`: their bank sent some of that back to us; with an
order it is the order's again, without one it waits to be given back.
"""

REFUND: Table = {
    "asked": {"accept": "pending", "refuse": "failed"},
    "pending": {"succeed": "succeeded", "fail": "failed"},
    "succeeded": {"fail": "failed"},
    "failed": {"accept": "pending"},
}
"""State of a refund → event → next state.

`accept`: Stripe has a refund for what was asked (also after it had seemed to refuse: Stripe's word counts).
`refuse`: Stripe will never do it. `succeed`: the money left for the customer. `fail`: it did not reach them, or their
bank sent it back.
"""

DISPUTE: Table = {
    "new": {
        "inquire": "warning_needs_response",
        "answer": "warning_under_review",
        "take": "needs_response",
        "defend": "under_review",
        "appeal": "under_review",
        "win": "won",
        "lose": "lost",
        "drop": "closed",
    },
    "warning_needs_response": {
        "inquire": "warning_needs_response",
        "answer": "warning_under_review",
        "take": "needs_response",
        "defend": "under_review",
        "win": "won",
        "lose": "lost",
        "drop": "closed",
    },
    "warning_under_review": {
        "answer": "warning_under_review",
        "take": "needs_response",
        "defend": "under_review",
        "win": "won",
        "lose": "lost",
        "drop": "closed",
    },
    "needs_response": {
        "take": "needs_response",
        "defend": "under_review",
        "win": "won",
        "lose": "lost",
        "drop": "closed",
    },
    "under_review": {"defend": "under_review", "appeal": "under_review", "win": "won", "lose": "lost"},
    "won": {"win": "won"},
    "lost": {"lose": "lost", "appeal": "under_review", "win": "won", "bear": "borne"},
    "borne": {"lose": "borne", "appeal": "borne", "win": "won", "take_over": "lost"},
    "closed": {"drop": "closed", "take": "needs_response"},
}
"""State of a dispute → event → next state. A bank tells where it stands, so any later state may come after any earlier
one; what is told late of an earlier one leads nowhere.

`inquire`: the bank only asks, and takes nothing (`warning_…`); `answer`: what we wrote to that is looked at.
`take`: it took the money; evidence is waited for. `defend`: the evidence is looked at. `appeal`: it is looked at again.
`win`, `lose`: the bank decided, for us or for the cardholder. `drop`: nothing comes of it.
`bear`: it was lost, and an operator said who bears it; what no order took over the platform bears. `take_over`: an
order took the payment over after that, so that it is asked anew.
"""

REFUND_AT_STRIPE = ("asked", "pending")
"""Nobody knows yet whether the money reaches the customer."""

DISPUTE_OPEN = ("new", "warning_needs_response", "warning_under_review", "needs_response", "under_review")
"""Nobody knows yet whose the money is."""
DISPUTE_TAKEN = ("needs_response", "under_review", "lost", "borne")
"""The money is at the cardholder's bank, or was: Stripe gives nothing of that payment back any more."""
