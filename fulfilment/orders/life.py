"""The life of what goes back. Pure: the one function that moves a row along a table is `fulfilment.life.move`."""

REFUND = {
    "asked": {"grant": "granted", "pay": "paid", "withdraw": "withdrawn"},
    "granted": {"request": "under_way", "pay": "paid", "fail": "failed", "withdraw": "withdrawn"},
    "under_way": {"pay": "paid", "fail": "failed"},
    "failed": {"request": "under_way", "pay": "paid"},
    "paid": {"fail": "failed"},
    "withdrawn": {},
}
"""Money of an order goes back. `grant`: Saleor knows it and for which lines. `request`: Saleor asks our payment app for
it; the work on what is not wanted any more stops. `pay`: it reached the customer, and is booked, the first time; what
somebody gave back elsewhere begins here. `fail`: Stripe could not pay it, or the customer's bank sent it back, also
after it was booked: the customer still has to get it. `withdraw`: Saleor will not have it, so nothing happened."""

REFUND_UNDER_WAY = ("asked", "granted", "under_way")
"""Money that is still to leave; what it is for is spoken for."""
