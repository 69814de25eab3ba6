"""The letters that banks take in a bank file, and names made of them.

SEPA's alphabet is a to z, A to Z, the figures, the space and / - ? : ( ) . , ' + (EPC217-08). Letters with accents are
written plain. A name in another script is not spelled out by us, since a payee's bank compares it with the name on the
account: the account holder says how it is written there.
"""

import re
import unicodedata

LONGEST_NAME = 70
"""What a bank takes of a name."""

_SPELLED = str.maketrans(
    {
        "ß": "ss",
        "ẞ": "SS",
        "æ": "ae",
        "Æ": "AE",
        "œ": "oe",
        "Œ": "OE",
        "þ": "th",
        "Þ": "Th",
        "ø": "o",
        "Ø": "O",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "ð": "d",
        "Ð": "D",
        "ħ": "h",
        "Ħ": "H",
        "ı": "i",
        "ŋ": "n",
        "Ŋ": "N",
        "ŧ": "t",
        "Ŧ": "T",
        "&": "+",
        "‘": "'",
        "’": "'",
        "ʼ": "'",
        "–": "-",
        "—": "-",
        "‐": "-",
        "‑": "-",
    }
)
"""Latin letters that are more than a letter with an accent, and signs that have a sibling in the alphabet."""

_TAKEN = re.compile(r"[A-Za-z0-9/\-?:().,'+ ]*")
_NOT_TAKEN = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")


def is_plain(text: str) -> bool:
    """Whether all of a text may stand in a bank file."""
    return bool(_TAKEN.fullmatch(text))


def plain(text: str) -> str:
    """A text as it may stand in a bank file: accents gone, every sign that is not taken a space, no space too many.

    Empty where nothing is left of it. A slash begins nothing, ends nothing and follows no other: banks read orders of
    their own in those.
    """
    spaced = _NOT_TAKEN.sub(" ", _spelled(text))
    return re.sub(r"/{2,}", "/", " ".join(spaced.split())).strip("/ ")


def bank_name(text: str) -> str:
    """A name as it may stand in a bank file; empty where it cannot: another script, too long, or nothing of a name."""
    name = plain(text)
    has_foreign_letter = any(sign.isalnum() and not sign.isascii() for sign in _spelled(text))
    is_name = any(sign.isalnum() for sign in name)
    return name if is_name and not has_foreign_letter and len(name) <= LONGEST_NAME else ""


def _spelled(text: str) -> str:
    """Letters with accents without them; other letters as they are."""
    apart = unicodedata.normalize("NFKD", text.translate(_SPELLED))
    return "".join(sign for sign in apart if not unicodedata.combining(sign))
