"""Money on pages."""

from django import template

from fulfilment.money import written

register = template.Library()


@register.filter
def money(minor: int | None, currency: str = "EUR") -> str:
    """Minor units as people read them; nothing where there is no amount."""
    return "" if minor is None else written(minor, currency)
