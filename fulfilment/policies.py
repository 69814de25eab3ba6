"""Policies that partners agree on by name: who bears what. An entry of the ledger says under which it was made."""

from enum import StrEnum


class DiscountPolicy(StrEnum):
    """Who bears a discount that no voucher says is funded. An agreement names one.

    `SHARED_BY_ALL`: the waterfall runs on what was paid, so percentages lose first, then fixed amounts.
    `PLATFORM_TOPS_UP`: the same, but fixed amounts are guaranteed, whatever the price: the platform adds what lacks.
    `PLATFORM_BEARS`: everybody shares in the price without the discount.
    """

    SHARED_BY_ALL = "shared_by_all"
    PLATFORM_TOPS_UP = "platform_tops_up"
    PLATFORM_BEARS = "platform_bears"
