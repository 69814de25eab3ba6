"""What somebody agrees to who asks for our newsletter. Another text is another version: what was agreed to before it
must still be there to be read (`tests/contract/golden/newsletter_consent.json` has them all)."""

from django.utils.translation import gettext_lazy

VERSION = "2026-11"
TEXT = gettext_lazy(
    "Je krijgt een paar keer per jaar een mail van Sociaal Gemaakt over nieuwe stukken en de mensen die ze maken. "
    "We gebruiken je adres voor niets anders, geven het aan niemand door, en je schrijft je uit met één klik in elke "
    "mail."
)
