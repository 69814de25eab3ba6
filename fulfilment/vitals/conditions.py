"""What must hold for the whole to be well, and what to do where it does not: one table, for the light, the watchman and
the mails."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import ngettext as _n

from fulfilment.vitals.measures import Present
from fulfilment.vitals.models import Sign


@dataclass(frozen=True)
class Limits:
    """From when on something is no longer well (`ALERT_…` in the settings). Times in seconds."""

    silence: int
    neighbour: int
    oldest: int
    queued: int
    paid_to_task: int
    mail: int
    webhooks: int
    books: int


@dataclass(frozen=True)
class Condition:
    """`said` tells what is wrong, "" where nothing is. `works` is whether nothing goes on without it.

    `advice` is for a shop that runs for customers, `in_demo` for the demo where that is another. `known` is whether
    anybody looked yet: of what nobody looked at it is not said that it is well.
    """

    name: str
    title: Promise
    said: Callable[[Present, Limits], str]
    advice: Promise
    works: bool = False
    in_demo: Promise | None = None
    known: Callable[[Present], bool] = lambda now: True

    @property
    def what_to_do(self) -> Promise:
        """What fits where this runs."""
        return self.in_demo if settings.IS_DEMO and self.in_demo else self.advice


def ago(seconds: int) -> str:
    """`40 seconden`, `5 minuten`, `3 uur`."""
    if seconds < 100:
        return _n("%(count)s seconde", "%(count)s seconden", seconds) % {"count": seconds}
    if seconds < 7200:
        return _n("%(count)s minuut", "%(count)s minuten", round(seconds / 60)) % {"count": round(seconds / 60)}
    return _n("%(count)s uur", "%(count)s uur", round(seconds / 3600)) % {"count": round(seconds / 3600)}


def _silent(sign: Sign.Name, told: Promise) -> Callable[[Present, Limits], str]:
    def said(now: Present, limits: Limits) -> str:
        age = now.ages.get(sign)
        if now.queues is None:
            return ""  # nobody is heard without Valkey, and that is told itself
        if age is None:
            return _("%(who)s liet nog niets van zich horen.") % {"who": told}
        if age > limits.silence:
            return _("%(who)s laat al %(since)s niets van zich horen.") % {"who": told, "since": ago(age)}
        return ""

    return said


def _neighbour(sign: Sign.Name) -> Callable[[Present, Limits], str]:
    """What was last heard of a neighbour, by whoever asked it last. Whom nobody asked yet is not wrong."""

    def said(now: Present, limits: Limits) -> str:
        age = now.ages.get(sign)
        why = now.ill.get(sign)
        return why if why and (age is None or age >= limits.neighbour) else ""

    return said


def _saleor(now: Present, limits: Limits) -> str:
    """Also where it answers, and does not know our app or does not tell us all."""
    standing = (now.said.get(kind, "") for kind in ("saleor_app", "saleor_hooks"))
    return next(filter(None, standing), "") or _neighbour(Sign.Name.SALEOR)(now, limits)


def _asked(*signs: Sign.Name) -> Callable[[Present], bool]:
    """Whether one of these neighbours was asked yet, and answered or not."""
    return lambda now: any(sign in now.ages or sign in now.ill for sign in signs)


def _clock(now: Present, limits: Limits) -> str:
    return now.said.get("clock_off", "")


def _mail(now: Present, limits: Limits) -> str:
    if now.said.get("mail_away"):
        return now.said["mail_away"]
    if not now.mails_failing or now.oldest_failing_mail <= limits.mail:
        return ""
    told = _n("%(count)s mail raakt niet weg", "%(count)s mails raken niet weg", now.mails_failing)
    return told % {"count": now.mails_failing} + _(", de oudste al %(since)s.") % {
        "since": ago(now.oldest_failing_mail)
    }


def _valkey(now: Present, limits: Limits) -> str:
    return _("Valkey antwoordt niet.") if now.queues is None else ""


def _oldest(now: Present, limits: Limits) -> str:
    if now.oldest_mark <= limits.oldest:
        return ""
    return _("Er wacht al %(since)s iets op verwerking.") % {"since": ago(now.oldest_mark)}


def _queued(now: Present, limits: Limits) -> str:
    hurried = sum((now.queues or {}).get(name, 0) for name in ("money", "orders"))
    if hurried <= limits.queued:
        return ""
    told = _n(
        "%(count)s bericht over betalingen en bestellingen wacht op een werker.",
        "%(count)s berichten over betalingen en bestellingen wachten op een werker.",
        hurried,
    )
    return told % {"count": hurried}


def _slow(now: Present, limits: Limits) -> str:
    if now.paid_to_task <= limits.paid_to_task:
        return ""
    return _("Van betaald tot taak duurde het %(since)s.") % {"since": ago(now.paid_to_task)}


def _webhooks(now: Present, limits: Limits) -> str:
    refused = now.lately.get("webhooks_refused", 0)
    if refused <= limits.webhooks:
        return ""
    told = _n(
        "%(count)s bericht van Saleor of Stripe werd geweigerd in een kwartier.",
        "%(count)s berichten van Saleor of Stripe werden geweigerd in een kwartier.",
        refused,
    )
    return told % {"count": refused}


def _faults(now: Present, limits: Limits) -> str:
    count = now.exceptions.get("fault", 0)
    told = _n("%(count)s fout in het programma staat open.", "%(count)s fouten in het programma staan open.", count)
    return told % {"count": count} if count else ""


OF_CUSTOMERS = ("paid_without_order", "foreign_money", "refund_failed")
"""Exceptions about money that a customer waits for."""


def _customers_money(now: Present, limits: Limits) -> str:
    count = sum(now.exceptions.get(kind, 0) for kind in OF_CUSTOMERS)
    told = _n(
        "Eén klant wacht op geld of op een bestelling.",
        "%(count)s klanten wachten op geld of op een bestelling.",
        count,
    )
    return told % {"count": count} if count else ""


def _books(now: Present, limits: Limits) -> str:
    if now.books_differ:
        told = _n("Er klopt %(count)s ding niet.", "Er kloppen %(count)s dingen niet.", now.books_differ)
        return told % {"count": now.books_differ}
    if now.books_age is not None and now.books_age > limits.books:
        return _("De boeken zijn al %(since)s niet met Stripe vergeleken.") % {"since": ago(now.books_age)}
    return ""


_RUN_PY = gettext_lazy(
    "Kijk in het venster waar run.py draait, en in .run/logs. Wat stopt, start vanzelf opnieuw. Helpt dat niet, stop "
    "dan alles (Ctrl-C) en start opnieuw: python3 run.py demo. Er gaat niets verloren: wat wacht, wordt daarna gedaan."
)

_LOGS = gettext_lazy(
    "Kijk of het draait: docker compose ps. Staat het er niet of is het niet gezond, start het dan opnieuw: "
    "docker compose up -d --wait. Er gaat niets verloren: wat wacht, wordt daarna gedaan."
)

CONDITIONS: tuple[Condition, ...] = (
    Condition(
        "orders",
        gettext_lazy("Werker voor bestellingen en geld"),
        _silent(Sign.Name.ORDERS, gettext_lazy("De werker voor bestellingen en geld")),
        _LOGS,
        works=True,
        in_demo=_RUN_PY,
    ),
    Condition(
        "rounds",
        gettext_lazy("Werker voor rondes en mail"),
        _silent(Sign.Name.ROUNDS, gettext_lazy("De werker voor rondes en mail")),
        _LOGS,
        works=True,
        in_demo=_RUN_PY,
    ),
    Condition(
        "beat",
        gettext_lazy("Klok"),
        _silent(Sign.Name.BEAT, gettext_lazy("De klok")),
        _LOGS,
        works=True,
        in_demo=_RUN_PY,
    ),
    Condition(
        "valkey",
        gettext_lazy("Valkey (wachtrijen)"),
        _valkey,
        gettext_lazy(
            "Kijk of valkey draait: docker compose ps valkey. Wat intussen gebeurt, staat in de databank en wordt "
            "daarna vanzelf verwerkt."
        ),
        works=True,
        in_demo=_RUN_PY,
    ),
    Condition(
        "saleor",
        gettext_lazy("Saleor"),
        _saleor,
        gettext_lazy(
            "Antwoordt Saleor niet, of verstuurt het geen berichten: kijk of het draait met docker compose ps saleor "
            "saleor-worker, en start het met docker compose up -d --wait. Kent het onze app niet, of ontbreekt een "
            "webhook of een recht: connect_saleor --repair (hoe, staat in docs/operations/operations.md). Staat de "
            "plugin uit: zet hem aan in het Dashboard van Saleor. Wat intussen betaald wordt, komt daarna vanzelf goed."
        ),
        works=True,
        in_demo=gettext_lazy(
            "In de demo staat een namaak in voor Saleor: zette je daar zelf een storing aan, zet ze weer af. "
            "Kijk anders in het venster waar run.py draait, en in .run/logs. Wat intussen betaald wordt, komt "
            "daarna vanzelf goed."
        ),
        known=_asked(Sign.Name.SALEOR),
    ),
    Condition(
        "stripe",
        gettext_lazy("Stripe"),
        _neighbour(Sign.Name.STRIPE),
        gettext_lazy(
            "Kijk op status.stripe.com. Is daar niets aan de hand, kijk dan of de sleutel nog geldt "
            "(STRIPE_SECRET_KEY). Klanten kunnen intussen niet betalen; wat betaald is, raakt niet weg."
        ),
        works=True,
        in_demo=gettext_lazy(
            "In de demo staat een namaak in voor Stripe: zette je daar zelf een storing aan, zet ze weer af. "
            "Kijk anders in het venster waar run.py draait, en in .run/logs. Wat betaald is, raakt niet weg."
        ),
        known=_asked(Sign.Name.STRIPE),
    ),
    Condition(
        "mail",
        gettext_lazy("Mail"),
        _mail,
        gettext_lazy(
            "Kijk of de mailserver werkt en of naam en wachtwoord nog gelden (MAIL_URL). De mails worden bewaard en "
            "gaan weg zodra het weer kan."
        ),
        works=True,
    ),
    Condition(
        "clock",
        gettext_lazy("Klokken van anderen"),
        _clock,
        gettext_lazy(
            "Zet de klokken gelijk (NTP), de onze eerst. Tot dan worden berichten geweigerd als te oud, en wordt laat "
            "gevonden wat er gebeurde."
        ),
        works=True,
        known=_asked(Sign.Name.SALEOR, Sign.Name.STRIPE),
    ),
    Condition(
        "oldest",
        gettext_lazy("Oudste dat wacht"),
        _oldest,
        gettext_lazy(
            "Kijk bij de uitzonderingen waarom. Staat daar niets, kijk dan of de werkers draaien: manage pending zegt "
            "wat er wacht."
        ),
    ),
    Condition(
        "queued",
        gettext_lazy("Wachtrijen"),
        _queued,
        gettext_lazy("Duurt het langer dan enkele minuten, zet dan meer werkers in: docs/operations/growing.md."),
        in_demo=gettext_lazy(
            "Wacht even: in de demo doen twee werkers alles, en wat wacht, komt vanzelf aan de beurt."
        ),
    ),
    Condition(
        "paid_to_task",
        gettext_lazy("Van betaald tot taak"),
        _slow,
        gettext_lazy("Kijk hieronder of Saleor of Stripe traag is. Zo niet, zet meer werkers in."),
        in_demo=gettext_lazy("Kijk hieronder of Saleor of Stripe traag is. Zo niet, dan had dit toestel het druk."),
    ),
    Condition(
        "webhooks",
        gettext_lazy("Geweigerde berichten"),
        _webhooks,
        gettext_lazy(
            "Meestal klopt een geheim niet meer: STRIPE_WEBHOOK_SECRET, PLUGIN_NOTICE_SECRETS of het adres van Saleor. "
            "De ronde vindt intussen wat de berichten hadden gezegd, maar later."
        ),
    ),
    Condition(
        "faults",
        gettext_lazy("Fouten in het programma"),
        _faults,
        gettext_lazy(
            "Geef door aan wie het programma onderhoudt waarover de uitzondering gaat en sinds wanneer: waarom het "
            "misloopt, staat in het logboek."
        ),
    ),
    Condition(
        "customers_money",
        gettext_lazy("Geld van klanten"),
        _customers_money,
        gettext_lazy(
            "Kijk op de pagina Uitzonderingen, onder “Betaald zonder bestelling” en “Terugbetaling mislukt”. Bij elk "
            "staat wat er gebeurde, wat vanzelf goed komt en wat jij kunt doen."
        ),
    ),
    Condition(
        "books",
        gettext_lazy("Boeken en Stripe"),
        _books,
        gettext_lazy("Kijk op de pagina Rekeningen wat er verschilt, en controleer daar opnieuw."),
        known=lambda now: now.books_age is not None,
    ),
)


def wrong(now: Present, limits: Limits) -> dict[str, str]:
    """What does not hold, with the reason, by the name of its condition."""
    found = {condition.name: condition.said(now, limits) for condition in CONDITIONS}
    return {name: reason for name, reason in found.items() if reason}


def condition(name: str) -> Condition:
    """One of the table, by its name."""
    return next(one for one in CONDITIONS if one.name == name)
