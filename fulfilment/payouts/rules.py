"""Which partners are paid, out of the money that is really there."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Claim:
    """A partner's payable balance (minor units; below zero: the partner owes us) and whether it can be paid."""

    partner_id: int
    payable: int
    has_account: bool


@dataclass(frozen=True)
class Verdict:
    """What happens with a claim: `amount` paid now, and why not where it is zero."""

    partner_id: int
    payable: int
    amount: int
    reason: str


def plan(claims: Iterable[Claim], pot: int) -> list[Verdict]:
    """Pay each claim whole or not at all, smallest first, as far as the pot reaches.

    Smallest first pays the most partners when money is short. A balance below zero waits until it is earned back.
    """
    verdicts: list[Verdict] = []
    left = max(pot, 0)
    for claim in sorted(claims, key=lambda claim: (claim.payable, claim.partner_id)):
        reason = ""
        if claim.payable < 0:
            reason = "owes"
        elif claim.payable == 0:
            continue
        elif not claim.has_account:
            reason = "no_account"
        elif claim.payable > left:
            reason = "short"
        amount = 0 if reason else claim.payable
        left -= amount
        verdicts.append(Verdict(claim.partner_id, claim.payable, amount, reason))
    return verdicts
