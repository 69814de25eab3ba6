"""Fulfilment: from a paid order to paid makers.

The path of an order, one file a step, all in `fulfilment.flows`:

1. start_payment     a checkout may be paid: its routing is planned, Stripe's page is opened
2. settle_payment    Stripe took the money: Saleor hears it, the checkout becomes an order
3. accept_order      the order is read from Saleor and kept; its money is booked
4. route_order       each line becomes work for the one workshop that answers for it
5. work_task         the workshop accepts, makes, packs and ships
6. report_shipment   Saleor hears what was shipped
7. release_shares    the time to withdraw is over: what was held becomes payable
8. plan_payouts      what is payable, and the money that is there: who is paid now
9. order_payouts     a person approves, and a SEPA file goes to the bank
10. settle_payouts   the bank paid, could not, or sent it back
11. reconcile        what no event told us is found and repaired

Beside the path: request_refund asks for money back, and book_refund reverses the shares of exactly what it was for.
"""
