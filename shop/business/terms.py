"""What a company agrees to that asks for a price list. Another text is another version: what was agreed to before it
must still be there to be read (`tests/contract/golden/business_terms.json` has them all)."""

from django.utils.translation import gettext_lazy

VERSION = "2026-11"
TEXT = (
    (
        gettext_lazy("Voor wie"),
        gettext_lazy(
            "Dit geldt voor ondernemingen en organisaties die voor hun werking kopen. De bedenktijd van veertien "
            "dagen die een consument heeft, hebben zij niet."
        ),
    ),
    (
        gettext_lazy("Wie aanvraagt"),
        gettext_lazy(
            "Wie een aanvraag doet, mag dat namens de onderneming of organisatie, en vult in wat klopt. Wij beslissen "
            "of we ze aannemen."
        ),
    ),
    (
        gettext_lazy("Prijzen"),
        gettext_lazy(
            "De prijzen van een prijslijst zijn in euro en zonder btw. De btw komt erbij zoals de wet het wil. De "
            "prijs van de dag van de bestelling geldt."
        ),
    ),
    (
        gettext_lazy("Betalen"),
        gettext_lazy(
            "Hoe en wanneer er betaald wordt, tot welk bedrag er iets open mag staan en het minimum van een bestelling "
            "spreken we per onderneming af. Het staat op haar pagina in de winkel."
        ),
    ),
    (
        gettext_lazy("Toegang"),
        gettext_lazy(
            "De prijslijst is voor wie de onderneming zelf uitnodigt, en niet om door te geven. De beheerders van de "
            "onderneming houden bij wie toegang heeft."
        ),
    ),
    (gettext_lazy("Welk recht"), gettext_lazy("Het Belgische recht geldt.")),
)
"""Each heading with what stands under it."""
