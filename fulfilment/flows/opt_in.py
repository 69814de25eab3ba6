"""What all has in common that somebody asks for an address, and that its owner confirms in a mail to it, or not at all.

Whoever asks hears the same whether the address is known or not, and the mail says the rest: to its owner alone. Opening
a link of it does nothing, since programs that look through mails open them too; a button does.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import pgettext

from fulfilment.mail.write import write
from fulfilment.orders.pages import page
from fulfilment.orders.tokens import confirmation_token, leaving_token

LONGEST_EMAIL = 254
CONFIRM_EVERY, REMIND_EVERY = timedelta(minutes=10), timedelta(days=1)
"""How often at most the owner of an address is mailed about one thing that is asked for it, however often it is: the
button that confirms it, and that it stands already. Anybody can ask it for anybody."""

KEY = "opt_in:"
"""How the keys of these mails begin: each has a link that does something for whoever has it."""

_FORMULA = ("=", "+", "-", "@")
"""How no address begins that people have, and how a program for tables recognizes a formula: ours are exported."""


def faults(email: str) -> dict[str, str]:
    """What is wrong with an address, as a sentence by field, for who typed it."""
    if not email.strip():
        return {"email": pgettext("customer", "Vul je e-mailadres in.")}
    try:
        validate_email(email.strip())
    except ValidationError:
        is_wrong = True
    else:
        is_wrong = len(email.strip()) > LONGEST_EMAIL or email.strip().startswith(_FORMULA)
    return {"email": pgettext("customer", "Dit e-mailadres klopt niet. Kijk het na.")} if is_wrong else {}


def confirm_link(of: str, name: str, language: str, *, now: datetime) -> str:
    """The address of the shop's page with the button that confirms it (`of`: what it is that is asked)."""
    token = confirmation_token(of, name, until=now + settings.UNCONFIRMED_KEPT)
    return page(f"{of}_confirm", language, token)


def mail(
    template: str, name: str, to: str, context: Mapping[str, object], *, leave: str, language: str, now: datetime
) -> None:
    """Write the mail with the button, about what was asked under this `name`."""
    _write(template, name, to, context, leave, language, now, every=CONFIRM_EVERY)


def remind(
    template: str, name: str, to: str, context: Mapping[str, object], *, leave: str, language: str, now: datetime
) -> None:
    """Write that it stands already."""
    _write(template, name, to, context, leave, language, now, every=REMIND_EVERY)


def _write(
    template: str,
    name: str,
    to: str,
    context: Mapping[str, object],
    leave: str,
    language: str,
    now: datetime,
    *,
    every: timedelta,
) -> None:
    key = f"{KEY}{template}:{name}:{int(now.timestamp() // every.total_seconds())}"
    write(key, to, template, context, now, language, unsubscribe=leave)


def leave_link(of: str, name: str, language: str) -> str:
    """The address of the shop's page on which whoever has the mail wants no more of it; one press there, or by their
    mail program, is enough."""
    return page(f"{of}_leave", language, leaving_token(of, name))
