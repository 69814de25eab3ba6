"""Who looks at our app in Saleor's Dashboard: proven by the token that Saleor signed for this very app, and by nothing
else. No cookie and no session of ours says anything here: the pages stand in a frame of another site."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from fulfilment.entrypoints.dashboard.extensions import Permission
from fulfilment.errors import Refusal
from fulfilment.gateways.models import SaleorInstallation
from fulfilment.gateways.saleor.signature import staff_token

NOT_ALLOWED = "NOT_ALLOWED"
"""Code of a `Refusal` of somebody whom we know, and who may not see this."""


@dataclass(frozen=True)
class Visitor:
    """Somebody of Saleor's staff, with the rights that they had there when the token was made."""

    permissions: frozenset[str]

    def may(self, permission: str) -> bool:
        return permission in self.permissions


def visitor(request: HttpRequest, needs: Permission, *, now: datetime) -> Visitor:
    """Who sent this request, where they may do what it needs. `Refusal` in words for them; `GatewayError` when Saleor's
    keys are out of reach."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer" or not token:
        raise Refusal(
            _(
                "Saleor zei niet wie je bent. Vraag aan wie in Saleor de gebruikers beheert of je het recht hebt om "
                "dit te zien: “%(right)s”."
            )
            % {"right": needs.told},
            "NO_TOKEN",
        )
    try:
        claims = staff_token(token, now=now)
    except Refusal as refusal:
        if refusal.code == "EXPIRED":
            raise Refusal(_("Dit stond te lang open. Herlaad de pagina."), refusal.code) from refusal
        raise Refusal(
            _(
                "We konden niet nagaan wie je bent: dit bewijs komt niet van onze Saleor. Herlaad de pagina. Blijft "
                "dit, vraag dan aan beheer of het adres van Saleor juist is ingesteld."
            ),
            refusal.code,
        ) from refusal
    if not SaleorInstallation.objects.filter(api_url=settings.SALEOR_API_URL, app_id=claims["app"]).exists():
        raise Refusal(
            _(
                "Dit bewijs is voor een andere app. Herlaad de pagina. Blijft dit, vraag dan aan beheer om onze app "
                "opnieuw met Saleor te verbinden."
            ),
            "FOREIGN_APP",
        )
    return _allowed(claims.get("user_permissions"), needs)


def _allowed(permissions: object, needs: Permission) -> Visitor:
    found = Visitor(frozenset(map(str, permissions)) if isinstance(permissions, list) else frozenset())
    if not found.may(needs.code):
        raise Refusal(
            _(
                "Je hebt in Saleor het recht niet om dit te zien: “%(right)s”. Vraag het aan wie daar de gebruikers "
                "beheert."
            )
            % {"right": needs.told},
            NOT_ALLOWED,
        )
    return found
