"""What a failing neighbour is called to people: who it was and whether it answered, before the machine's own words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfilment.errors import GatewayError
from fulfilment.gateways.neighbours import NOT_ASKED

NEIGHBOURS = {"mail": gettext_lazy("De mailserver")}
"""Those whose name is no name."""


def told(error: GatewayError) -> str:
    """`Saleor gaf geen goed antwoord. (Saleor answered order with 502)`"""
    asked = NEIGHBOURS.get(error.at, error.at) or _("Een ander systeem")
    what = _("%(asked)s gaf geen goed antwoord.") if error.retry else _("%(asked)s weigerde wat we vroegen.")
    if error.code == NOT_ASKED:
        what = _("%(asked)s antwoordt nu niet.")
    return f"{what % {'asked': asked}} ({error})"
