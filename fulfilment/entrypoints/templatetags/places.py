"""Where something is made, in mails to customers."""

from django import template

from fulfilment.orders import places

register = template.Library()


@register.filter
def town(city: str) -> str:
    """`Gand` for Gent, in the language of a mail."""
    return places.town(city)
