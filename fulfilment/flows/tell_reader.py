"""What whoever asks for our newsletter is told; called inside the transaction of what happened."""

from datetime import datetime

from fulfilment.flows import opt_in
from fulfilment.mail.write import write
from fulfilment.newsletter.models import Subscription

OF = "newsletter"
"""What the links of these mails are good for."""


def asked(found: Subscription, *, language: str, now: datetime) -> None:
    """The button that confirms; or, where it was confirmed before, just that. In the language of the page."""
    leave = leave_link(found, language)
    if found.confirmed_at is not None:
        opt_in.remind("newsletter_known", found.public_id, found.email, {}, leave=leave, language=language, now=now)
        return
    context = {"link": opt_in.confirm_link(OF, found.public_id, language, now=now)}
    opt_in.mail("newsletter_confirm", found.public_id, found.email, context, leave=leave, language=language, now=now)


def welcome(found: Subscription, *, now: datetime) -> None:
    """It goes to them from now on."""
    key = f"{OF}:{found.public_id}:welcome"
    leave = leave_link(found, found.language)
    write(key, found.email, "newsletter_welcome", {}, now, found.language, unsubscribe=leave)


def leave_link(found: Subscription, language: str) -> str:
    """The address of the shop's page on which it is left, and which a mail program calls in the same way."""
    return opt_in.leave_link(OF, found.public_id, language)
