"""Whom to ask, on any page: it stands on the settings alone, so that it is there when nothing else is."""

from urllib.parse import quote

from django import template
from django.conf import settings

register = template.Library()


@register.inclusion_tag("portal/contact.html")
def contact(subject: str = "") -> dict[str, str]:
    """“Mail naar … of bel …”; `subject` is what the mail is about."""
    about = f"?subject={quote(subject)}" if subject else ""
    phone = settings.CONTACT_PHONE
    return {
        "email": settings.CONTACT_EMAIL,
        "mail_link": f"mailto:{settings.CONTACT_EMAIL}{about}",
        "phone": phone,
        "phone_link": f"tel:{''.join(phone.split())}",
    }
