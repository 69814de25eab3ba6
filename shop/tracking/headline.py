"""The first two sentences of a tracking page: how the order as a whole is, and what became of its money."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shop.fulfilment.client import Tracking, lies_ready
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
    to_come = order.returning.minor + order.by_bank.waiting.minor
    if order.total.minor and to_come + order.refunded.minor >= order.total.minor:
        return Headline(_("Je krijgt alles terug.") if to_come else _("Alles is terugbetaald."), money)
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
        was_collected = order.pickup is not None or all(part.was_collected for part in live)
        if any(found.state != "lost" for found in order.returns):
            if was_collected:
                return _("Alles was afgehaald. Wat er terugkomt, lees je hieronder.")
            return _("Alles was geleverd. Wat er terugkomt, lees je hieronder.")
        if len(live) < len(order.parts):
            return (
                _("De rest is afgehaald. Veel plezier ermee.")
                if was_collected
                else _("De rest is geleverd. Veel plezier ermee.")
            )
        if was_collected:
            return _("Alles is afgehaald. Veel plezier ermee.")
        return _("Alles is geleverd. Veel plezier ermee.")
    if all(part.state in ("shipped", "delivered") for part in live) and not order.unrouted_lines:
        return _on_its_way(order)
    if order.pickup:
        return _("Je bestelling wordt gemaakt. Je haalt ze af zodra ze klaar is.")
    told = ngettext(
        "Je bestelling wordt gemaakt.",
        "Je bestelling wordt op %(count)s plekken gemaakt en komt in delen naar je toe.",
        len(live),
    )
    return told % {"count": len(live)}


def _on_its_way(order: Tracking) -> str:
    """Nothing of it is made any more, and not all of it is with the buyer."""
    if not order.pickup:
        return _("Alles is gemaakt, en naar je onderweg.")
    if lies_ready(order.parts):
        return _("Het ligt voor je klaar op het afhaalpunt.")
    return _("Alles is gemaakt, en op weg naar het afhaalpunt.")


def _money(order: Tracking) -> str:
    """What goes back and what went back, each with the way it takes."""
    told = []
    if order.by_bank.waiting.minor:
        sentence = _("%(amount)s schrijven we over zodra we je rekeningnummer hebben: we mailden je een link.")
        if not order.by_bank.wants_account:
            sentence = _("%(amount)s schrijven we over op de rekening die je opgaf.")
        told.append(sentence % _amount(order.by_bank.waiting))
    if order.returning.minor:
        told.append(
            _("%(amount)s is onderweg naar de rekening of kaart waarmee je betaalde.") % _amount(order.returning)
        )
    if order.refunded.minor:
        told.append(_("%(amount)s stortten we al terug.") % _amount(order.refunded) if told else _all_there(order))
    return " ".join(told)


def _all_there(order: Tracking) -> str:
    """Nothing is under way any more."""
    sentence = _(
        "We stortten %(amount)s terug, naar de rekening of kaart waarmee je betaalde. "
        "Het staat er meestal binnen enkele werkdagen; je hoeft niets te doen."
    )
    if order.by_bank.paid.minor:
        sentence = _("We stortten %(amount)s terug, op de rekening die je opgaf. Je hoeft niets te doen.")
    if 0 < order.by_bank.paid.minor < order.refunded.minor:
        sentence = _("We stortten %(amount)s terug. Je hoeft niets te doen.")
    return sentence % _amount(order.refunded)


def _amount(money: Money) -> dict[str, str]:
    return {"amount": format_money(money)}
