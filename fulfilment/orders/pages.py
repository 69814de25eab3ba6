"""Where the pages of the shop are that we lead customers to, each in their language.

The shop says these words itself; a test of what goes over the wire holds ours against it.
"""

from django.conf import settings

LANGUAGES = ("nl", "en", "fr")
"""Those of customers; whoever bought in another is written to in the first."""

PAGES = {
    "tracking": {"nl": "volgen", "en": "track", "fr": "suivi"},
    "withdrawal": {"nl": "herroepen", "en": "withdraw", "fr": "retractation"},
    "piece": {"nl": "echt", "en": "genuine", "fr": "authentique"},
    "refund": {"nl": "terugbetaling", "en": "refund", "fr": "remboursement"},
    "conditions": {"nl": "verkoopsvoorwaarden", "en": "terms-of-sale", "fr": "conditions-de-vente"},
    "product": {"nl": "product", "en": "product", "fr": "produit"},
    "restock_confirm": {"nl": "verwittig-me/bevestigen", "en": "tell-me/confirm", "fr": "me-prevenir/confirmer"},
    "restock_leave": {"nl": "verwittig-me/intrekken", "en": "tell-me/withdraw", "fr": "me-prevenir/retirer"},
    "newsletter_confirm": {"nl": "nieuwsbrief/bevestigen", "en": "newsletter/confirm", "fr": "infolettre/confirmer"},
    "newsletter_leave": {
        "nl": "nieuwsbrief/uitschrijven",
        "en": "newsletter/unsubscribe",
        "fr": "infolettre/se-desinscrire",
    },
    "company": {"nl": "zakelijk/bedrijf", "en": "business/company", "fr": "professionnels/entreprise"},
    "company_invitation": {
        "nl": "zakelijk/uitnodiging",
        "en": "business/invitation",
        "fr": "professionnels/invitation",
    },
    "deletion": {"nl": "account/verwijderen", "en": "account/delete", "fr": "compte/supprimer"},
}


def spoken(language: str) -> str:
    """The language to write to a customer in, by the one that they bought in."""
    return language if language in LANGUAGES else LANGUAGES[0]


def page(name: str, language: str, *rest: str) -> str:
    """The address of a page of the shop, with what comes after it in its path."""
    return "/".join([settings.SHOP_URL, spoken(language), PAGES[name][spoken(language)], *rest, ""])
