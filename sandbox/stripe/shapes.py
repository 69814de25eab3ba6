"""Stripe's objects, with every field that Stripe's own published examples have."""

import secrets
import string
from collections.abc import Mapping
from typing import Any

from sandbox.common.store import Document
from sandbox.stripe.settings import CURRENCY

_ALPHABET = string.ascii_letters + string.digits
_BANK_ACCOUNT = "ba_1SandboxBankAccountBE0001"
_NO_ADDRESS = {"city": None, "country": None, "line1": None, "line2": None, "postal_code": None, "state": None}


def new_id(prefix: str, length: int = 24) -> str:
    """An id as Stripe makes them: a prefix and random letters and digits."""
    return prefix + "".join(secrets.choice(_ALPHABET) for _ in range(length))


def _filled(document: Document, absent: str) -> Document:
    """The object with None for the absent fields, in the order in which Stripe shows them."""
    first = {"id": document["id"], "object": document["object"]}
    rest = {**dict.fromkeys(absent.split()), **document}
    return {**first, **{name: rest[name] for name in sorted(rest) if name not in first}}


def checkout_session(wanted: Mapping[str, Any], *, total: int, methods: list[str], base_url: str, now: int) -> Document:
    """An open session for `total` cents, from checked parameters."""
    session_id = new_id("cs_test_a1", 56)
    email = wanted.get("customer_email")
    absent = (
        "after_expiration allow_promotion_codes billing_address_collection client_secret consent consent_collection "
        "currency_conversion customer customer_account discounts integration_identifier invoice managed_payments "
        "origin_context payment_intent payment_link payment_method_configuration_details recovered_from "
        "saved_payment_method_options setup_intent shipping_address_collection shipping_cost subscription "
        "wallet_options collected_information"
    )
    return _filled(
        {
            "id": session_id,
            "object": "checkout.session",
            "adaptive_pricing": {"enabled": False},
            "amount_subtotal": total,
            "amount_total": total,
            "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
            "cancel_url": wanted.get("cancel_url"),
            "client_reference_id": wanted.get("client_reference_id"),
            "created": now,
            "currency": CURRENCY,
            "custom_fields": [],
            "custom_text": {
                "after_submit": None,
                "shipping_address": None,
                "submit": None,
                "terms_of_service_acceptance": None,
            },
            "customer_creation": "if_required",
            "customer_details": None if email is None else customer_details(email),
            "customer_email": email,
            "expires_at": wanted["expires_at"],
            "invoice_creation": {
                "enabled": False,
                "invoice_data": {
                    "account_tax_ids": None,
                    "custom_fields": None,
                    "description": None,
                    "footer": None,
                    "issuer": None,
                    "metadata": {},
                    "rendering_options": None,
                },
            },
            "livemode": False,
            "locale": wanted.get("locale"),
            "metadata": wanted.get("metadata", {}),
            "mode": "payment",
            "payment_method_collection": "if_required",
            "payment_method_options": {},
            "payment_method_types": methods,
            "payment_status": "unpaid",
            "permissions": None,
            "phone_number_collection": {"enabled": False},
            "shipping_options": [],
            "status": "open",
            "submit_type": wanted.get("submit_type"),
            "success_url": wanted["success_url"],
            "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
            "ui_mode": "hosted_page",
            "url": f"{base_url}/pay/{session_id}",
        },
        absent,
    )


def customer_details(email: str | None) -> Document:
    """What a session knows of the customer."""
    return {
        "address": dict(_NO_ADDRESS),
        "business_name": None,
        "email": email,
        "individual_name": None,
        "name": None,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": None,
    }


def line_item(wanted: Mapping[str, Any], now: int) -> Document:
    """One line of a session, from checked parameters."""
    price, quantity = wanted["price_data"], wanted.get("quantity", 1)
    amount = price["unit_amount"] * quantity
    return {
        "id": new_id("li_1"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": CURRENCY,
        "description": price["product_data"]["name"],
        "metadata": wanted.get("metadata", {}),
        "price": {
            "id": new_id("price_1"),
            "object": "price",
            "active": False,
            "billing_scheme": "per_unit",
            "created": now,
            "currency": CURRENCY,
            "custom_unit_amount": None,
            "livemode": False,
            "lookup_key": None,
            "metadata": {},
            "nickname": None,
            "product": new_id("prod_", 14),
            "recurring": None,
            "tax_behavior": price.get("tax_behavior", "unspecified"),
            "tiers_mode": None,
            "transform_quantity": None,
            "type": "one_time",
            "unit_amount": price["unit_amount"],
            "unit_amount_decimal": str(price["unit_amount"]),
        },
        "quantity": quantity,
    }


def payment_intent(session: Document, data: Mapping[str, Any], now: int) -> Document:
    """The PaymentIntent of a session, made when the customer first tries to pay."""
    intent_id = new_id("pi_3", 23)
    absent = (
        "application application_fee_amount automatic_payment_methods canceled_at cancellation_reason customer "
        "customer_account excluded_payment_method_types last_payment_error latest_charge managed_payments next_action "
        "on_behalf_of payment_method payment_method_configuration_details processing review setup_future_usage "
        "shipping source statement_descriptor statement_descriptor_suffix transfer_data"
    )
    return _filled(
        {
            "id": intent_id,
            "object": "payment_intent",
            "amount": session["amount_total"],
            "amount_capturable": 0,
            "amount_details": {"tip": {}},
            "amount_received": 0,
            # What Checkout chooses since 2024: the fee is known a little after the money is taken.
            "capture_method": "automatic_async",
            "client_secret": f"{intent_id}_secret_{new_id('', 25)}",
            "confirmation_method": "automatic",
            "created": now,
            "currency": CURRENCY,
            "description": data.get("description"),
            "livemode": False,
            "metadata": data.get("metadata", {}),
            "payment_method_options": {},
            "payment_method_types": session["payment_method_types"],
            "receipt_email": data.get("receipt_email"),
            "status": "requires_payment_method",
            "transfer_group": data.get("transfer_group"),
        },
        absent,
    )


def charge(intent: Document, method: str, email: str | None, now: int) -> Document:
    """A charge that succeeded and whose fee is not known yet."""
    # Stripe numbers charges of other methods than cards as payments.
    charge_id = new_id("ch_3" if method == "card" else "py_3", 23)
    absent = (
        "application application_fee application_fee_amount balance_transaction customer failure_balance_transaction "
        "failure_code failure_message on_behalf_of receipt_number review shipping source source_transfer "
        "statement_descriptor statement_descriptor_suffix transfer_data"
    )
    return _filled(
        {
            "id": charge_id,
            "object": "charge",
            "amount": intent["amount"],
            "amount_captured": intent["amount"],
            "amount_refunded": 0,
            "billing_details": {
                "address": dict(_NO_ADDRESS),
                "email": email,
                "name": "Proef Koper",
                "phone": None,
                "tax_id": None,
            },
            "calculated_statement_descriptor": "SOCIAAL GEMAAKT" if method == "card" else None,
            "captured": True,
            "created": now,
            "currency": CURRENCY,
            "description": intent["description"],
            "disputed": False,
            "fraud_details": {},
            "livemode": False,
            "metadata": dict(intent["metadata"]),
            "outcome": _outcome("authorized", "approved_by_network", "Payment complete."),
            "paid": True,
            "payment_intent": intent["id"],
            "payment_method": new_id("pm_1", 23),
            "payment_method_details": {"type": method, method: _CARD if method == "card" else _BANCONTACT},
            "receipt_email": intent["receipt_email"],
            "receipt_url": None,
            "refunded": False,
            "status": "succeeded",
            "transfer_group": intent["transfer_group"],
        },
        absent,
    )


def failed_charge(intent: Document, method: str, email: str | None, now: int) -> Document:
    """A charge that the customer's bank refused."""
    refused = charge(intent, method, email, now)
    if method == "card":
        code, message = "card_declined", "Your card was declined."
    else:
        code, message = "payment_method_provider_decline", "The customer's bank refused the payment."
    return refused | {
        "amount_captured": 0,
        "captured": False,
        "failure_code": code,
        "failure_message": message,
        "outcome": _outcome("issuer_declined", "declined_by_network", "The bank did not return any further details."),
        "paid": False,
        "status": "failed",
    }


def payment_error(refused: Document) -> Document:
    """What a PaymentIntent says of its last failed attempt."""
    method = refused["payment_method_details"]["type"]
    return {
        "charge": refused["id"],
        "code": refused["failure_code"],
        "decline_code": "generic_decline",
        "doc_url": f"https://stripe.com/docs/error-codes/{refused['failure_code'].replace('_', '-')}",
        "message": refused["failure_message"],
        "payment_method": {"id": refused["payment_method"], "object": "payment_method", "type": method},
        "type": "card_error" if method == "card" else "invalid_request_error",
    }


def _outcome(kind: str, network_status: str, message: str) -> Document:
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": network_status,
        "reason": None if kind == "authorized" else "generic_decline",
        "seller_message": message,
        "type": kind,
    }


def refund(paid: Document, amount: int, wanted: Mapping[str, Any], *, waits_for: str, now: int) -> Document:
    """A refund under way; `waits_for` is Stripe's `pending_reason`."""
    method = paid["payment_method_details"]["type"]
    return {
        "id": new_id("re_3" if method == "card" else "pyr_1", 23),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": paid["id"],
        "created": now,
        "currency": CURRENCY,
        "customer": None,
        "customer_account": None,
        "destination_details": {"type": "card", "card": {"type": "refund"}} if method == "card" else None,
        "metadata": wanted.get("metadata", {}),
        "payment_intent": paid["payment_intent"],
        "payment_method": paid["payment_method"],
        "pending_reason": waits_for,
        "reason": wanted.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "pending",
        "transfer_reversal": None,
    }


def payout(amount: int, wanted: Mapping[str, Any], arrival: int, now: int) -> Document:
    """Money on its way from Stripe to the bank."""
    absent = (
        "application_fee application_fee_amount balance_transaction failure_balance_transaction failure_code "
        "failure_message original_payout payout_method reversed_by"
    )
    return _filled(
        {
            "id": new_id("po_1"),
            "object": "payout",
            "amount": amount,
            "arrival_date": arrival,
            "automatic": False,
            "created": now,
            "currency": CURRENCY,
            "description": wanted.get("description"),
            "destination": _BANK_ACCOUNT,
            "livemode": False,
            "metadata": wanted.get("metadata", {}),
            "method": "standard",
            "reconciliation_status": "not_applicable",
            "source_type": "card",
            "statement_descriptor": wanted.get("statement_descriptor"),
            "status": "pending",
            "trace_id": {"status": "pending", "value": None},
            "type": "bank_account",
        },
        absent,
    )


_CARD: Document = {
    "amount_authorized": None,
    "authorization_code": None,
    "brand": "visa",
    "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
    "country": "BE",
    "exp_month": 12,
    "exp_year": 2030,
    "extended_authorization": {"status": "disabled"},
    "fingerprint": "Sandb0xCardPrint",
    "funding": "credit",
    "incremental_authorization": {"status": "unavailable"},
    "installments": None,
    "last4": "4242",
    "mandate": None,
    "multicapture": {"status": "unavailable"},
    "network": "visa",
    "network_token": {"used": False},
    "network_transaction_id": None,
    "overcapture": {"maximum_amount_capturable": 0, "status": "unavailable"},
    "regulated_status": "regulated",
    "three_d_secure": None,
    "transaction_link_id": None,
    "wallet": None,
}
_BANCONTACT: Document = {
    "bank_code": "GEBA",
    "bank_name": "Proefbank",
    "bic": "GEBABEBB",
    "generated_sepa_debit": None,
    "generated_sepa_debit_mandate": None,
    "iban_last4": "7034",
    "preferred_language": "nl",
    "verified_name": "Proef Koper",
}
