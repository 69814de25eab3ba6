"""What can be written on a parcel, mailed to, and called from another country."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_ALPHABETS = ("LATIN ", "GREEK ", "CYRILLIC ", "COMBINING ", "MODIFIER LETTER ")
_LONGEST_NAME, _LONGEST_MAIL_ADDRESS = 64, 254
"""How many signs may stand before the @, and in all (RFC 5321)."""

_MOST_LINES = 10
"""Of a card, and of a note."""

_PHONE = re.compile(r"\+?[0-9][0-9 ./()-]{6,20}")
_CALLING_CODES = {"BE": "+32", "NL": "+31"}
_NATIONAL = {"BE": re.compile(r"0[1-9][0-9]{7}|04[5-9][0-9]{7}"), "NL": re.compile(r"0[1-9][0-9]{8}")}
"""A number of each country as one writes it there; ten figures of Belgium are a mobile phone."""


POSTAL_CODES = {"BE": re.compile(r"(?:BE?)?([1-9][0-9]{3})"), "NL": re.compile(r"(?:NL)?([1-9][0-9]{3})([A-Z]{2})")}
"""As people write them, without spaces and hyphens: often with the letters of the country before them."""
_EXAMPLES = {"BE": "9000", "NL": "1012 AB"}


def postal_code(typed: str, country: str) -> str:
    """A postal code as its country writes it: ``9000``, ``1012 AB``. ``ValidationError`` where it is none.

    Of what other countries write Saleor knows more.
    """
    if country not in POSTAL_CODES:
        return typed
    found = POSTAL_CODES[country].fullmatch(re.sub(r"[\s.-]", "", typed).upper())
    if found is None:
        told = _("Deze postcode klopt niet. Een goed voorbeeld: %(example)s")
        raise ValidationError(told % {"example": _EXAMPLES[country]})
    return " ".join(found.groups())


def lacks_number(street: str) -> bool:
    """Whether a street has no figure in it, and so no house number."""
    return not re.search(r"[0-9]", street)


def on_an_invoice(text: str) -> None:
    """The same of an address that no parcel goes to."""
    _to_print(text, _("“%(sign)s” kunnen we niet op de factuur zetten. Gebruik gewone letters."))


def to_print(text: str) -> None:
    """``ValidationError`` unless a packing slip and a carrier's label can carry the text as it was typed.

    Neither writes all the letters of the world, and signs that nobody sees (marks of direction, zero widths) change
    what others read.
    """
    _to_print(
        text, _("“%(sign)s” kunnen we niet op het pakket zetten. Gebruik gewone letters, zoals op je brievenbus.")
    )


def _to_print(text: str, told: str) -> None:
    odd = next((sign for sign in unicodedata.normalize("NFC", text) if not _prints(sign)), None)
    if odd is None:
        return
    if unicodedata.category(odd) in ("Cc", "Cf", "Zl", "Zp"):
        raise ValidationError(_("Hier staat een onzichtbaar teken in. Wis dit veld en typ het opnieuw."))
    raise ValidationError(told % {"sign": odd})


def on_a_card(text: str) -> None:
    """``ValidationError`` unless a card can carry the text, of one line or several."""
    odd = _("“%(sign)s” kunnen we niet drukken. Gebruik gewone letters en leestekens.")
    _in_lines(text, odd, _("Op een kaartje passen hoogstens %(lines)s regels."))


def in_a_note(text: str) -> None:
    """The same of what somebody has to say to who makes it, wherever they read it."""
    odd = _("“%(sign)s” kunnen we hier niet overnemen. Gebruik gewone letters en leestekens.")
    _in_lines(text, odd, _("Gebruik hoogstens %(lines)s regels."))


def _in_lines(text: str, odd_told: str, long_told: str) -> None:
    letters = unicodedata.normalize("NFC", text.replace("\n", ""))
    odd = next((sign for sign in letters if not _prints(sign)), None)
    if odd is not None:
        raise ValidationError(odd_told % {"sign": odd if odd.isprintable() else "\N{REPLACEMENT CHARACTER}"})
    if len(text.split("\n")) > _MOST_LINES:
        raise ValidationError(long_told % {"lines": _MOST_LINES})


def _prints(sign: str) -> bool:
    if sign.isascii():
        return sign.isprintable()
    if unicodedata.category(sign)[0] in "LM":
        known = (
            sign < "\u0500" or "\u1e00" <= sign < "\u2000"
        )  # beyond, even these alphabets have letters without a font
        return known and unicodedata.name(sign, "").startswith(_ALPHABETS)
    return sign in "–—‘’‚“”„…·•°º²³½¼¾€£§«»¿¡\N{NO-BREAK SPACE}"


def to_mail(address: str) -> None:
    """``ValidationError`` unless a mail can be sent to the address: its domain can be looked up, and both parts are no
    longer than mail servers take. Who pays with another one would hear of nothing."""
    name, _at, domain = address.rpartition("@")
    try:
        encoded = domain.encode("idna").decode()
    except UnicodeError:
        encoded = ""
    if not encoded or len(name) > _LONGEST_NAME or len(f"{name}@{encoded}") > _LONGEST_MAIL_ADDRESS:
        raise ValidationError(_("Naar dit e-mailadres kunnen we niets sturen. Kijk het na, of neem een ander."))


def as_typed(address: str) -> str:
    """A mail address as a person writes it: a browser sends the letters of a domain that English has not in signs."""
    name, at, domain = address.rpartition("@")
    try:
        return f"{name}{at}{domain.encode('ascii').decode('idna')}"
    except UnicodeError:
        return address


def to_call(phone: str) -> None:
    """``ValidationError`` unless this can be the number of a phone."""
    if not _PHONE.fullmatch(phone):
        raise ValidationError(_("Dit nummer klopt niet. Een goed voorbeeld: 0470 12 34 56"))


def international(phone: str, country: str) -> str:
    """A phone number as it means the same in every country; ``country`` is that of the address.

    ``ValidationError`` where it is a number of neither country, or can be one of both, or the address is in a third:
    then the caller must say.
    """
    digits = re.sub(r"[^0-9+]", "", re.sub(r"\(0\)", "", phone) if phone.startswith(("+", "00")) else phone)
    if digits.startswith("00"):
        return "+" + digits[2:]
    if not digits.startswith("0"):
        return digits
    if country not in _CALLING_CODES:
        raise ValidationError(_("Begin dit nummer met + en het landnummer. Een goed voorbeeld: +33 6 12 34 56 78"))
    possible = [code for code, written in _NATIONAL.items() if written.fullmatch(digits)]
    if not possible:
        raise ValidationError(_("Dit nummer klopt niet. Een goed voorbeeld: 0470 12 34 56"))
    if len(possible) == 1:
        return _CALLING_CODES[possible[0]] + digits[1:]
    if country == "NL":  # a mobile phone of Belgium, or a line in the south of the Netherlands
        raise ValidationError(_("Zet het landnummer voor dit nummer: +32 voor België, +31 voor Nederland."))
    return _CALLING_CODES["BE"] + digits[1:]
