"""What stands on the wire as a word for programs, as people say it."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shop.fulfilment.companies import Member, Terms
from shop.money import format_money

ROLES: dict[str, tuple[Promise, Promise]] = {
    "buyer": (gettext_lazy("koper"), gettext_lazy("Bestelt voor het bedrijf en houdt de leveradressen bij.")),
    "approver": (gettext_lazy("goedkeurder"), gettext_lazy("Keurt goed wat een koper niet alleen mag bestellen.")),
    "bookkeeper": (gettext_lazy("boekhouder"), gettext_lazy("Ziet wat afgesproken is en wat nog openstaat.")),
    "administrator": (
        gettext_lazy("beheerder"),
        gettext_lazy("Mag alles, en nodigt collega’s uit of laat ze gaan."),
    ),
}
"""Each role, and what somebody does who has it."""
WITH_LIMIT = frozenset({"buyer", "approver"})
"""Roles that are held to an amount."""


def role(name: str) -> str:
    """``buyer`` is koper; a role that nobody knows stands for itself."""
    return str(ROLES[name][0]) if name in ROLES else name


def paid_how(terms: Terms) -> str:
    """When a company pays, in one sentence."""
    if terms.payment == "invoice":
        told = ngettext("Op factuur, binnen %(n)s dag.", "Op factuur, binnen %(n)s dagen.", terms.days)
        return told % {"n": terms.days}
    if terms.payment == "deposit":
        return _("%(percent)s %% vooraf, de rest voor we verzenden.") % {"percent": terms.deposit_percent}
    return _("Vooraf, voor het werk begint.")


def up_to(member: Member) -> str:
    """Up to which amount somebody may act alone; empty where their role has none."""
    if member.role not in WITH_LIMIT:
        return ""
    if member.limit is None:
        return _("zonder grens")
    if member.role == "approver":
        return _("keurt goed tot %(amount)s") % {"amount": format_money(member.limit, short=True)}
    return _("alleen tot %(amount)s") % {"amount": format_money(member.limit, short=True)}
