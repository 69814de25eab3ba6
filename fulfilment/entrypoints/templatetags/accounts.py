"""Account numbers as one reads them."""

from django import template
from stdnum import iban as iban_number

register = template.Library()


@register.filter
def grouped(iban: str) -> str:
    """In groups of four; "" where there is none."""
    return str(iban_number.format(iban)) if iban else ""
