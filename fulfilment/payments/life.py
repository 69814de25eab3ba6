"""The lives of a payment and of a refund of it at Stripe, each on one screen. Pure: no clock, no database."""

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
