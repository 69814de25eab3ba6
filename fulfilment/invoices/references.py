"""What a payment names, so that it is known whose it is: the Belgian structured communication and ISO 11649. Pure."""

from stdnum import iso11649
from stdnum.be import ogm_vcs
from stdnum.iso7064 import mod_97_10

LEADING = 9
"""The first figure of ours, which tells it from a structured communication that somebody else made up."""


def structured(year: int, sequence: int) -> str:
    """The structured communication of an invoice, twelve figures: of its year and its number in it."""
    first = f"{LEADING}{year % 100:02d}{sequence:07d}"
    return str(ogm_vcs.validate(first + ogm_vcs.calc_check_digits(first)))


def structured_told(number: str) -> str:
    """As it is written: `+++926/0000/00130+++`."""
    return f"+++{ogm_vcs.format(number)}+++"


def creditor(number: str) -> str:
    """The creditor reference (ISO 11649) of an invoice's number, without spaces."""
    plain = "".join(letter for letter in number.upper() if letter.isascii() and letter.isalnum())
    return str(iso11649.validate(f"RF{mod_97_10.calc_check_digits(f'{plain}RF')}{plain}"))


def creditor_told(reference: str) -> str:
    """As it is written, in groups of four."""
    return str(iso11649.format(reference))
