"""The first two sentences of a tracking page: how the order as a whole is, and what became of its money."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from shop.fulfilment.client import Tracking
from shop.money import Money, format_money


@dataclass(frozen=True, slots=True)
class Headline:
    """``money`` is empty as long as no money goes back."""

    text: str
    money: str


def headline(order: Tracking) -> Headline:
    """Cancelled and paid back go before what was made and sent: the buyer of such an order waits for money."""
    money = _money(order)
    if _is_cancelled(order):
        return Headline(
            _("Deze bestelling is geannuleerd."),
            money or _("Wat je ervoor betaalde, storten we terug. Je krijgt een mail zodra dat gebeurd is."),
        )
    if order.total.minor and order.returning.minor + order.refunded.minor >= order.total.minor:
        return Headline(_("Je krijgt alles terug.") if order.returning.minor else _("Alles is terugbetaald."), money)
    return Headline(_goods(order), money)


def _is_cancelled(order: Tracking) -> bool:
    """Nothing of it came or will come."""
    if any(part.state in ("shipped", "delivered") for part in order.parts):
        return False
    nothing_left = all(part.state == "cancelled" for part in order.parts) and not order.unrouted_lines
    return order.is_cancelled or (bool(order.parts) and nothing_left)


def _goods(order: Tracking) -> str:
    live = [part for part in order.parts if part.state != "cancelled"]
    if not live:
        return _("We zoeken een atelier voor je bestelling.")
    if all(part.state == "delivered" for part in live) and not order.unrouted_lines:
        if any(found.state != "lost" for found in order.returns):
            return _("Alles was geleverd. Wat er terugkomt, lees je hieronder.")
        if len(live) < len(order.parts):
            return _("De rest is geleverd. Veel plezier ermee.")
        return _("Alles is geleverd. Veel plezier ermee.")
    if len(live) == 1:
        return _("Je bestelling wordt op één plek gemaakt.")
    return _("Je bestelling wordt op %(count)s plekken gemaakt en komt in delen naar je toe.") % {"count": len(live)}


def _money(order: Tracking) -> str:
    if not order.returning.minor and not order.refunded.minor:
        return ""
    if not order.returning.minor:
        return _(
            "We stortten %(amount)s terug, naar de rekening of kaart waarmee je betaalde. "
            "Het staat er meestal binnen enkele werkdagen; je hoeft niets te doen."
        ) % _amount(order.refunded)
    told = _("%(amount)s is onderweg naar de rekening of kaart waarmee je betaalde.") % _amount(order.returning)
    if order.refunded.minor:
        told += " " + _("%(amount)s stortten we al terug.") % _amount(order.refunded)
    return told


def _amount(money: Money) -> dict[str, str]:
    return {"amount": format_money(money)}
