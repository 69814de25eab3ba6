"""Deaths after which the end is another today, by the place where they happen, and why. Each is to be mended."""

NO_INTENT = "a refund that was kept and not asked at Stripe is never asked again, and nobody is told"
NOT_KEPT = "a request of Saleor's for a refund that was cut off before it was kept: Saleor gives it up, nobody is told"
NOT_TOLD = "Stripe paid a refund back, Saleor heard no answer and says that it failed: it is booked for no unit"
GRANTED_ONLY = "a refund that Saleor granted and was never asked to pay counts as under way for ever"
OPEN_FOR_EVER = "a payment whose page was never heard of stays open for ever"

KNOWN: dict[str, str] = {
    "before COMMIT of payments_paymentrefund, inbox_mark, in flows/settle_refund.py start_refund": NOT_KEPT,
}
