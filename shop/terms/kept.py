"""How long what we know of customers is kept, for the page that says so.

The shop keeps none of it itself: fulfilment does, and a test of the house holds these times against those of its jobs.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext


@dataclass(frozen=True)
class Row:
    """A kind of what is kept: what it is, how long (or how many whole years), and from when."""

    name: str
    what: Promise
    kept: timedelta | int
    since: Promise

    @property
    def how_long(self) -> str:
        return words(self.kept)


def words(kept: timedelta | int) -> str:
    """A time as people say it."""
    if isinstance(kept, int):
        return ngettext(
            "%(years)s jaar, vanaf 1 januari van het volgende jaar",
            "%(years)s jaar, vanaf 1 januari van het volgende jaar",
            kept,
        ) % {"years": kept}
    if kept.days and kept.days % 365 == 0:
        return ngettext("%(years)s jaar", "%(years)s jaar", kept.days // 365) % {"years": kept.days // 365}
    if kept.days:
        return ngettext("%(days)s dag", "%(days)s dagen", kept.days) % {"days": kept.days}
    return ngettext("%(hours)s uur", "%(hours)s uur", kept.seconds // 3600) % {"hours": kept.seconds // 3600}


_YEAR = timedelta(days=365)
_MONTH = timedelta(days=30)

ROWS = (
    Row(
        "addresses",
        gettext_lazy("Je naam, adressen (ook dat voor de factuur), e-mailadres en telefoon bij een bestelling"),
        2 * _YEAR,
        gettext_lazy("nadat alles geleverd, terugbetaald en afgehandeld is: zo lang loopt de wettelijke garantie"),
    ),
    Row(
        "books",
        gettext_lazy(
            "Nummer, dag, producten, bedragen, btw, land en postcode van een bestelling, zonder je naam; en wat op een "
            "factuur staat die je voor een bedrijf vroeg"
        ),
        10,
        gettext_lazy("zo lang moet het van de wet"),
    ),
    Row(
        "mail_links",
        gettext_lazy("De tekst van een mail met een link die iets opent"),
        timedelta(hours=2),
        gettext_lazy("nadat ze verstuurd is"),
    ),
    Row("mail_texts", gettext_lazy("De tekst van andere mails"), _MONTH, gettext_lazy("nadat ze verstuurd zijn")),
    Row("mails", gettext_lazy("Naar wie een mail ging"), _YEAR, gettext_lazy("nadat ze verstuurd is")),
    Row(
        "unconfirmed",
        gettext_lazy("Een adres waarvoor iemand mail vroeg en dat niemand bevestigde"),
        timedelta(days=7),
        gettext_lazy("nadat het gevraagd is"),
    ),
    Row(
        "restock_wishes",
        gettext_lazy("Dat je een mail wilt als iets er weer is"),
        _YEAR,
        gettext_lazy("nadat je het bevestigde, of tot de mail vertrokken is"),
    ),
    Row(
        "consents",
        gettext_lazy("Dat je de nieuwsbrief wilde, zonder je adres"),
        3 * _YEAR,
        gettext_lazy("nadat je je uitschreef"),
    ),
    Row(
        "refused_companies",
        gettext_lazy("Wat een onderneming ons vroeg die we weigerden"),
        _YEAR,
        gettext_lazy("na de weigering"),
    ),
    Row(
        "members",
        gettext_lazy("Dat je voor een onderneming koopt, met haar adressen, en wie het voor haar vroeg"),
        2 * _YEAR,
        gettext_lazy("nadat je er niet meer bij hoort, of ze geen klant meer is"),
    ),
    Row(
        "invitations",
        gettext_lazy("Een uitnodiging om voor een onderneming te kopen"),
        _MONTH,
        gettext_lazy("nadat ze niet meer geldt"),
    ),
    Row("stripe_events", gettext_lazy("Wat Stripe ons over je betaling meldt"), _MONTH, gettext_lazy("na de melding")),
    Row(
        "refund_accounts",
        gettext_lazy("Een rekeningnummer voor een terugbetaling"),
        timedelta(days=90),
        gettext_lazy("na de terugbetaling; in het bestand voor de bank tien jaar, dat moet van de wet"),
    ),
    Row(
        "exceptions",
        gettext_lazy("Een nota over iets dat misging"),
        _YEAR,
        gettext_lazy("nadat het opgelost is"),
    ),
    Row(
        "requests",
        gettext_lazy("Dat je ons vroeg om alles te wissen, zonder je naam of adres"),
        3 * _YEAR,
        gettext_lazy("nadat het gedaan is"),
    ),
    Row("baskets", gettext_lazy("Wat in je mandje ligt"), timedelta(days=90), gettext_lazy("als je er niets mee doet")),
    Row(
        "saleor_messages",
        gettext_lazy("Berichten tussen onze eigen programma's"),
        timedelta(days=14),
        gettext_lazy("nadat ze verstuurd zijn"),
    ),
    Row("logs", gettext_lazy("Technische logboeken"), _MONTH, gettext_lazy("nadat er iets in geschreven is")),
    Row(
        "backups",
        gettext_lazy("Reservekopieën, versleuteld"),
        _MONTH,
        gettext_lazy("nadat ze gemaakt zijn; wie gewist is, komt er niet uit terug"),
    ),
)
