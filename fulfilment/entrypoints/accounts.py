"""Accounts are made by the operator, never by signing up; what allauth has to say by mail goes the way of our mails."""

import hashlib
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fulfilment.mail.write import write

PASSWORD_RESET = "account/email/password_reset_key"  # noqa: S105 - allauth's name of a mail


class Adapter(DefaultAccountAdapter):
    """How allauth behaves here."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("Dit e-mailadres en dit wachtwoord horen niet samen. Probeer het nog eens."),
        "too_many_login_attempts": _("Te vaak geprobeerd. Wacht vijf minuten en probeer het dan nog eens."),
        "account_inactive": _("Dit account staat uit. Vraag het aan Sociaal Gemaakt."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Only the mail with which one chooses a new password exists here.

        Who asks it for an address without an account gets no mail, and the page tells nobody which addresses have one.
        """
        if template_prefix != PASSWORD_RESET:
            return
        # Never the host that the request named: whoever sends the request chooses that one.
        link = f"{settings.FULFILMENT_URL}{urlsplit(context['password_reset_url']).path}"
        key = f"password_reset:{hashlib.sha256(link.encode()).hexdigest()}"
        write(key, email, "password_reset", {"link": link}, timezone.now())

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing: the page that follows shows that one is in, or out."""
