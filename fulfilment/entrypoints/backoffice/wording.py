"""The words of the back office for what has no words of its own."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fulfilment.ledger.accounts import Account

ACCOUNTS: dict[str, Promise] = {
    Account.STRIPE: _("Geld bij Stripe"),
    Account.STRIPE_TRANSIT: _("Onderweg van Stripe naar de bank"),
    Account.BANK: _("Geld op de bank"),
    Account.PAYOUTS_TRANSIT: _("Uitbetalingen onderweg"),
    Account.UNALLOCATED: _("Ontvangen, nog zonder bestelling"),
    Account.CUSTOMER: _("Klantengeld, nog niet verdiend"),
    Account.RECEIVABLE: _("Nog te ontvangen"),
    Account.VAT_OWED: _("Btw te betalen"),
    Account.VAT_INPUT: _("Btw terug te vragen"),
    Account.WITHHOLDING_OWED: _("Ingehouden voorheffing"),
    Account.PARTNER_HELD: _("Partners, nog vastgehouden"),
    Account.PARTNER_PAYABLE: _("Partners, uit te betalen"),
    Account.SHIPPING: _("Verzendgeld, nog te verdelen"),
    Account.PAYMENT_FEES: _("Betaalkosten"),
    Account.PLATFORM_DISCOUNTS: _("Kortingen van het platform"),
    Account.PLATFORM_SHARE: _("Deel van het platform"),
    Account.DISPUTES: _("Betwiste betalingen"),
    Account.ROUNDING: _("Afronding"),
}

ASSETS = frozenset(
    {
        Account.STRIPE,
        Account.STRIPE_TRANSIT,
        Account.BANK,
        Account.RECEIVABLE,
        Account.VAT_INPUT,
        Account.PAYMENT_FEES,
        Account.PLATFORM_DISCOUNTS,
        Account.DISPUTES,
    }
)
"""Accounts that grow on the debit side: what we have, and what things cost us."""

ENTRIES: dict[str, Promise] = {
    "payment_received": _("Betaling ontvangen"),
    "payment_fee": _("Betaalkosten"),
    "order_paid": _("Betaling bij de bestelling gezet"),
    "order_receivable": _("Nog te ontvangen"),
    "order_split": _("Opbrengst verdeeld"),
    "order_refunded": _("Terugbetaling verdeeld"),
    "refund_paid": _("Geld terug naar de klant"),
    "shares_released": _("Vrijgegeven"),
    "bank_payout_sent": _("Van Stripe naar de bank gestuurd"),
    "bank_payout_arrived": _("Op de bank aangekomen"),
    "bank_payout_sent_reversed": _("Overschrijving naar de bank mislukt"),
    "payout_sent": _("Uitbetaling opgedragen"),
    "payout_confirmed": _("Uitbetaling bevestigd"),
    "payout_sent_reversed": _("Uitbetaling mislukt"),
}


POLICIES: dict[tuple[str, str], Promise] = {
    ("shipping", "equally_per_producer"): _("verzendgeld in gelijke delen per maker"),
    ("discount", "shared_by_all"): _("korting door allen gedragen"),
    ("payment_fee", "platform"): _("betaalkosten voor het platform"),
}


def policy_name(name: str, value: str) -> str:
    """A policy that held for an entry, in plain words."""
    return str(POLICIES.get((name, value), f"{name}: {value}"))


def account_name(account: str) -> str:
    """An account in plain words."""
    return str(ACCOUNTS.get(account, account))


def entry_name(kind: str) -> str:
    """What an entry was booked for, in plain words."""
    return str(ENTRIES.get(kind, kind))
