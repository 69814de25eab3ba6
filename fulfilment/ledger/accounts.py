"""The chart of accounts.

A credit balance on a liability is what we owe; a debit balance on an asset is what we have.
"""

from enum import StrEnum


class Account(StrEnum):
    """Each account and what stands on it."""

    STRIPE = "stripe"  # asset: money at Stripe
    STRIPE_TRANSIT = "stripe_transit"  # asset: on its way from Stripe to the bank
    BANK = "bank"  # asset: money at the bank
    PAYOUTS_TRANSIT = "payouts_transit"  # liability: payouts ordered, not yet confirmed by the bank
    UNALLOCATED = "unallocated"  # liability: receipts that belong to no order yet
    CUSTOMER = "customer"  # liability: customers' money not yet earned
    RECEIVABLE = "receivable"  # asset: paid outside our payment app, or still to be paid
    VAT_OWED = "vat_owed"  # liability: VAT on sales, per rate
    VAT_INPUT = "vat_input"  # asset: VAT that partners charge us, recoverable
    WITHHOLDING_OWED = "withholding_owed"  # liability: tax kept back from royalties
    PARTNER_HELD = "partner_held"  # liability: a partner's, until the time to withdraw is over
    PARTNER_PAYABLE = "partner_payable"  # liability: a partner's, to be paid out
    SHIPPING = "shipping"  # clearing: shipping money before it is divided
    PAYMENT_FEES = "payment_fees"  # expense: what Stripe keeps
    PLATFORM_DISCOUNTS = "platform_discounts"  # expense: discounts that the platform funds
    PLATFORM_SHARE = "platform_share"  # income: the platform's own share
    DISPUTES = "disputes"  # asset: money that is disputed
    ROUNDING = "rounding"  # the cent between VAT per line and VAT per rate, and between parts and whole
