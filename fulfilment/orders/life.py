"""The life of what goes back. Pure: the one function that moves a row along a table is `fulfilment.life.move`."""

REFUND = {
    "asked": {"grant": "granted", "by_bank": "by_bank", "pay": "paid", "withdraw": "withdrawn"},
    "granted": {"request": "under_way", "pay": "paid", "fail": "failed", "withdraw": "withdrawn"},
    "under_way": {"pay": "paid", "fail": "failed"},
    "failed": {
        "again": "granted",
        "request": "under_way",
        "by_bank": "by_bank",
        "pay": "paid",
        "cover": "paid",
    },
    "by_bank": {"pay": "paid", "cover": "paid"},
    "paid": {"fail": "failed", "come_back": "by_bank"},
    "withdrawn": {},
}
"""Money of an order goes back. `grant`: Saleor knows it and for which lines. `request`: Saleor asks our payment app for
it; the work on what is not wanted any more stops. `pay`: it reached the customer, and is booked, the first time; what
somebody gave back elsewhere begins here. `fail`: Stripe could not pay it, or the customer's bank sent it back, also
after it was booked: the customer still has to get it. `again`: an operator has it asked once more. `by_bank`: no
payment app can pay it (any more), so the customer says on which account a bank file shall; what the bank cannot pay
stays there, for another account. `come_back`: the customer's bank sent a transfer back that was confirmed. `cover`:
they have this already, from their own bank that took the payment back, or because it went back plainly. `withdraw`:
Saleor will not have it, so nothing happened."""

REFUND_ASKED = ("asked", "granted", "under_way")
"""What Saleor is to ask for, and may tell of."""

REFUND_UNDER_WAY = (*REFUND_ASKED, "by_bank")
"""Money that is still to leave; what it is for is spoken for."""

REFUND_WAITS = ("failed", "by_bank")
"""Money that did not reach the customer, and of which Stripe does nothing more by itself."""

REFUND_UNPAID = (*REFUND_UNDER_WAY, "failed")
"""Money that the customer still has to get: nobody else is paid of it."""
