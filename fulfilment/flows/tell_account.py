"""What the owner of a customer's account is told by mail: links that Saleor made, and one of our own to be forgotten.

Each opens something for whoever has it. So the bodies of these mails are forgotten first (`forget.KEYS`), and nothing
but a hash of the link is kept of what it was.
"""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings

from fulfilment.errors import Refusal
from fulfilment.mail.models import Mail
from fulfilment.mail.write import write
from fulfilment.orders.pages import page, spoken
from fulfilment.orders.tokens import deletion_token, read_deletion_token

DELETION_LINK = timedelta(hours=1)
"""How long the link to be forgotten is good."""
LINKS = {
    "AccountConfirmationRequested": "customer_confirm",
    "AccountSetPasswordRequested": "customer_password",
    "AccountChangeEmailRequested": "customer_email",
}
"""The mail with a link of Saleor's, by what Saleor calls that somebody asked for it."""
_KEY = "customer_link:"
"""How the keys of these mails begin."""


def link_asked(
    template: str, to: str, link: str, context: Mapping[str, object], *, language: str, now: datetime
) -> None:
    """Mail a link of Saleor's, once however often it is told of. `Refusal` for one that leads elsewhere."""
    if not link.startswith(f"{settings.SHOP_URL}/"):
        raise Refusal("The link does not lead to our shop.", code="FOREIGN_LINK")
    seen = hashlib.sha256(f"{to} {link}".encode()).hexdigest()[:40]
    write(f"{_KEY}{template}:{seen}", to, template, {**context, "link": link}, now, language_of(language))


def other_address_asked(to: str, wanted: str, *, name: str, language: str, link: str, now: datetime) -> None:
    """Tell the address that an account has now that somebody asked for another one."""
    seen = hashlib.sha256(link.encode()).hexdigest()[:40]
    context = {"name": name, "wanted": wanted, "contact": settings.CONTACT_EMAIL}
    write(f"{_KEY}warned:{seen}", to, "customer_email_asked", context, now, language_of(language))


def deletion_asked(email: str, *, name: str, language: str, now: datetime) -> None:
    """Mail the link behind which an account is deleted, with all that nothing needs any more."""
    mail, until = secrets.token_urlsafe(12), now + DELETION_LINK
    in_language = language_of(language)
    link = page("deletion", in_language, deletion_token(mail, until=until))
    write(f"{_KEY}deletion:{mail}", email, "customer_delete", {"name": name, "link": link}, now, in_language)


def deletion_asked_by(token: str, *, now: datetime) -> str | None:
    """Whose link it is, by their address; None where it is not ours, too old, or was used."""
    mail = read_deletion_token(token, now=now)
    found = Mail.objects.filter(key=f"{_KEY}deletion:{mail}").values_list("to", flat=True).first() if mail else None
    return found or None


def language_of(code: str) -> str:
    """The language of a mail, by Saleor's code of it: one that we write, Dutch else."""
    return spoken(code.partition("_")[0].lower())
