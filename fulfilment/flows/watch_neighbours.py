"""Saleor and Stripe themselves: whether they answer, still know us, tell us all that they should, and what time it is.

Nothing is lost meanwhile, since the sweep finds what nobody told; but it is found later, or not before a person did
something. So each of these stands on the operator's list within two minutes, and leaves it once it is over.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fulfilment.errors import GatewayError
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.saleor.connect import NOT_INSTALLED
from fulfilment.gateways.saleor.values import SaleorApp
from fulfilment.gateways.stripe.api import Stripe
from fulfilment.inbox.issues import raise_issue, resolve
from fulfilment.inbox.models import OpenIssue
from fulfilment.outside import in_words

ORDER_ROUTING = "sociaalgemaakt.order_routing"
"""Our plugin in Saleor, which tells of orders and refuses what nobody makes."""

CLOCKS_DIFFER = timedelta(minutes=2)
"""Messages are signed with the time, and refused as too old after five minutes."""

SLOW_TO_TELL, FORGOTTEN = timedelta(minutes=1), timedelta(hours=1)
"""Between these, what waits in Saleor and was never tried says that its worker stands still. What waits longer was lost
there, and comes no more however well that works."""

SALEOR, STRIPE = "neighbour:Saleor", "neighbour:Stripe"
"""What the list calls them."""


def watch_saleor(connect: Callable[[], Saleor], manifest: Mapping[str, Any], *, now: datetime) -> None:
    """Look at our app in Saleor, which is to be as the manifest says, at our plugin, and at Saleor's clock."""
    try:
        saleor = connect()
        app = saleor.our_app(settings.SALEOR_APP_ID)
        missing = _missing(app, manifest, saleor, now) if app else []
    except GatewayError as error:
        if error.code == NOT_INSTALLED:
            _say_unknown(now)
        else:
            _say_away(SALEOR, error, now)
        return
    resolve(OpenIssue.Kind.NEIGHBOUR_AWAY, SALEOR, now)
    if app is None:
        _say_unknown(now)
        return
    resolve(OpenIssue.Kind.SALEOR_APP, SALEOR, now)
    if missing:
        message = _("In Saleor is niet alles zoals het moet zijn: %(missing)s.")
        raise_issue(OpenIssue.Kind.SALEOR_HOOKS, SALEOR, message % {"missing": "; ".join(missing)}, now)
    else:
        resolve(OpenIssue.Kind.SALEOR_HOOKS, SALEOR, now)
    _watch_clock(SALEOR, saleor.told_at, now)


def watch_stripe(stripe: Stripe, *, now: datetime) -> None:
    """Ask Stripe for the time: whether it answers us at all, and whether its clock is ours."""
    try:
        told_at = stripe.told_at()
    except GatewayError as error:
        _say_away(STRIPE, error, now)
        return
    resolve(OpenIssue.Kind.NEIGHBOUR_AWAY, STRIPE, now)
    _watch_clock(STRIPE, told_at, now)


def _missing(app: SaleorApp, manifest: Mapping[str, Any], saleor: Saleor, now: datetime) -> list[str]:
    """What is not as it should be, in words."""
    found = [
        _("de webhook “%(name)s” ontbreekt, staat uit of wijst elders heen") % {"name": hook["name"]}
        for hook in manifest["webhooks"]
        if app.hooks.get(hook["name"]) != hook["targetUrl"]
    ]
    lacking = sorted(set(manifest["permissions"]) - app.permissions)
    if lacking:
        found.append(_("onze app mist rechten (%(names)s)") % {"names": ", ".join(lacking)})
    elif not saleor.plugin_is_on(ORDER_ROUTING):
        found.append(_("de plugin “%(name)s” staat uit") % {"name": ORDER_ROUTING})
    waits = (saleor.told_at or now) - app.untold_since if app.untold_since else timedelta()
    if SLOW_TO_TELL < waits < FORGOTTEN:
        found.append(_("de werker van Saleor staat stil, en verstuurt geen berichten"))
    return found


def _say_unknown(now: datetime) -> None:
    message = _("Saleor kent onze app niet: ze is er verwijderd of uitgezet, of haar token is ingetrokken.")
    raise_issue(OpenIssue.Kind.SALEOR_APP, SALEOR, message, now)


def _say_away(subject: str, error: GatewayError, now: datetime) -> None:
    name = subject.partition(":")[2]
    told = in_words(error)
    if not error.retry:
        told = f"{told} {_('Kijk de sleutel na waarmee wij %(name)s aanspreken.') % {'name': name}}"
    raise_issue(OpenIssue.Kind.NEIGHBOUR_AWAY, subject, told, now)


def _watch_clock(subject: str, told_at: datetime | None, now: datetime) -> None:
    """None where it said no time."""
    off = told_at - now if told_at else timedelta()
    if abs(off) <= CLOCKS_DIFFER:
        resolve(OpenIssue.Kind.CLOCK_OFF, subject, now)
        return
    minutes = round(abs(off).total_seconds() / 60)
    words = ngettext(
        "De klok van %(name)s loopt %(minutes)s minuut achter op de onze.",
        "De klok van %(name)s loopt %(minutes)s minuten achter op de onze.",
        minutes,
    )
    if off > timedelta():
        words = ngettext(
            "De klok van %(name)s loopt %(minutes)s minuut voor op de onze.",
            "De klok van %(name)s loopt %(minutes)s minuten voor op de onze.",
            minutes,
        )
    values = {"name": subject.partition(":")[2], "minutes": minutes}
    raise_issue(OpenIssue.Kind.CLOCK_OFF, subject, words % values, now)
