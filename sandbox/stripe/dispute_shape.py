"""Stripe's dispute object."""

from sandbox.common.store import Document
from sandbox.stripe.settings import CURRENCY
from sandbox.stripe.shapes import new_id

REASONS = {
    "fraudulent": "10.4",
    "product_not_received": "13.1",
    "subscription_canceled": "13.2",
    "product_unacceptable": "13.3",
    "credit_not_processed": "13.6",
    "duplicate": "12.6.1",
    "unrecognized": "10.4",
    "general": "10.4",
}
"""The cardholder's reason, and the code that the card's network has for it."""

_DAY = 24 * 3600
_ANSWERED_WITHIN = 8
"""Days after that of the dispute, until whose end evidence can be sent; between 7 and 21 at Stripe."""
_EVIDENCE = (
    "access_activity_log billing_address cancellation_policy cancellation_policy_disclosure cancellation_rebuttal "
    "customer_communication customer_email_address customer_name customer_purchase_ip customer_signature "
    "duplicate_charge_documentation duplicate_charge_explanation duplicate_charge_id product_description receipt "
    "refund_policy refund_policy_disclosure refund_refusal_explanation service_date service_documentation "
    "shipping_address shipping_carrier shipping_date shipping_documentation shipping_tracking_number "
    "uncategorized_file uncategorized_text"
)


def due_by(now: int) -> int:
    """Until when evidence can be sent for what the bank asks now: the end of a day in UTC."""
    return (now // _DAY + _ANSWERED_WITHIN + 1) * _DAY - 1


def dispute(paid: Document, amount: int, reason: str, *, is_inquiry: bool, now: int) -> Document:
    """A dispute about a part of a charge by card, `amount` in cents, that waits for an answer. An inquiry only asks."""
    return {
        "id": new_id("du_1", 23),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": paid["id"],
        "created": now,
        "currency": CURRENCY,
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys(_EVIDENCE.split()), "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": due_by(now),
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": is_inquiry,
        "livemode": False,
        "metadata": {},
        "payment_intent": paid["payment_intent"],
        "payment_method_details": {
            "card": {
                "brand": "visa",
                "case_type": "inquiry" if is_inquiry else "chargeback",
                "network": "visa",
                "network_reason_code": REASONS[reason],
            },
            "type": "card",
        },
        "reason": reason,
        "status": "warning_needs_response" if is_inquiry else "needs_response",
    }
