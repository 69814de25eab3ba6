"""Deaths after which the end is another today, by the place where they happen, and why."""

NOT_KEPT = "a request of Saleor's for a refund that was cut off before it was kept: Saleor gives it up, nobody is told"

KNOWN: dict[str, str] = {
    "before COMMIT of payments_paymentrefund, inbox_mark, in flows/settle_refund.py start_refund": NOT_KEPT,
}
