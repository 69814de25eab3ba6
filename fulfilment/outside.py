"""What a failing neighbour is called to people: who it was and how it failed. Its own words are for the log."""

import logging

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfilment.errors import GatewayError

NOT_ASKED = "not_asked"
"""Code of a `GatewayError` where the neighbour was not asked, so that nothing happened there."""

NO_ANSWER = "no_answer"
"""Code of one where it was asked and did not answer: what was asked may have happened."""

THIS_MAIL = "this_mail"
"""Code of one where the mail server works, and would not have this mail."""

MAIL_AWAY = "mail_server_away"
"""Code of one where no mail was handed over: its server was not reached, or lets us not in."""

NOTHING_IN_IT = "nothing_in_it"
"""Code of one where there is nothing to give back."""

REFUSED_BEFORE = "refused_before"
"""Code of one where nobody was asked again what was refused for good."""

NEIGHBOURS = {"mail": gettext_lazy("De mailserver")}
"""Those whose name is no name."""

WORDS = {
    NOT_ASKED: gettext_lazy("%(asked)s antwoordt nu niet."),
    NO_ANSWER: gettext_lazy("%(asked)s antwoordt niet."),
    THIS_MAIL: gettext_lazy("%(asked)s weigert deze mail (foutcode %(status)s)."),
    MAIL_AWAY: gettext_lazy("%(asked)s is niet te bereiken, of laat ons niet binnen."),
    NOTHING_IN_IT: gettext_lazy("Hier is niets van terug te betalen."),
    REFUSED_BEFORE: gettext_lazy("%(asked)s weigerde dit al eens."),
    "NO_WAREHOUSE": gettext_lazy("%(asked)s heeft geen magazijn voor deze werkplaats."),
    "NO_PRICE_LIST": gettext_lazy("%(asked)s heeft deze prijslijst niet (meer), of ze staat er dicht."),
    "MS_UNAVAILABLE": gettext_lazy("Het land van dit btw-nummer antwoordt nu niet bij %(asked)s."),
    "MS_MAX_CONCURRENT_REQ": gettext_lazy("Het land van dit btw-nummer heeft het nu te druk bij %(asked)s."),
    "not_installed": gettext_lazy("Onze app is nog niet geïnstalleerd in %(asked)s."),
    "NOT_FOUND": gettext_lazy("%(asked)s kent dit niet (meer)."),
    "CANNOT_FULFILL_UNPAID_ORDER": gettext_lazy("%(asked)s zegt dat de bestelling niet betaald is."),
    "MISSING_TRANSACTION_ACTION_REQUEST_WEBHOOK": gettext_lazy(
        "%(asked)s vindt geen betaalapp die dit kan terugbetalen."
    ),
    "INSUFFICIENT_STOCK": gettext_lazy("%(asked)s heeft er niet genoeg van in voorraad."),
    "PermissionDenied": gettext_lazy("%(asked)s zegt dat onze app dit niet mag."),
    "resource_missing": gettext_lazy("%(asked)s kent dit niet (meer)."),
    "balance_insufficient": gettext_lazy("Bij %(asked)s staat er niet genoeg geld."),
    "charge_already_refunded": gettext_lazy("Volgens %(asked)s ging dit geld al terug."),
    "charge_disputed": gettext_lazy("Bij %(asked)s wordt deze betaling betwist."),
}
"""By the code of a failure; ours, Saleor's and Stripe's."""

log = logging.getLogger(__name__)


def in_words(error: GatewayError) -> str:
    """`Saleor antwoordt niet (storing 502).` What the machine said goes to the log, where somebody can look it up."""
    log.warning("%s", error)
    asked = NEIGHBOURS.get(error.at, error.at) or _("Een ander systeem")
    said = _sentence(error) % {"asked": asked, "status": error.status, "code": error.code}
    return f"{error.about} {said}".strip()


def _sentence(error: GatewayError) -> str:
    if error.code in WORDS:
        return str(WORDS[error.code])
    if error.retry and error.status >= 500:
        return _("%(asked)s antwoordt niet (storing %(status)s).")
    if error.retry:
        return _("%(asked)s gaf geen goed antwoord.")
    return (
        _("%(asked)s weigerde wat we vroegen (foutcode %(code)s).")
        if error.code
        else _("%(asked)s weigerde wat we vroegen.")
    )


def stuck(error: Exception) -> str:
    """What the list says of a failure that nobody foresaw, and of a neighbour's that no flow has words for."""
    if isinstance(error, GatewayError):
        return in_words(error)
    return _("Hier loopt het programma op vast. Waarom, staat in het logboek.")
