"""Accounts are made by the operator, never by signing up; what allauth has to say by mail goes the way of our mails."""

import hashlib
import time
from typing import Any
from urllib.parse import urlsplit

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from fulfilment.entrypoints.accounts import devices
from fulfilment.entrypoints.accounts.second_factor import PROOF, has_one
from fulfilment.entrypoints.accounts.tell import tell_changed
from fulfilment.mail.write import write
from fulfilment.partners.models import User

PASSWORD_RESET = "account/email/password_reset_key"  # noqa: S105 - allauth's name of a mail

CHANGED = {
    "account/email/password_reset": gettext_lazy("Je koos een nieuw wachtwoord."),
    "mfa/email/totp_activated": gettext_lazy("Je koos een app als tweede stap."),
    "mfa/email/totp_deactivated": gettext_lazy("De app als tweede stap is weg."),
    "mfa/email/webauthn_added": gettext_lazy("Er kwam een passkey bij."),
    "mfa/email/webauthn_removed": gettext_lazy("Er ging een passkey weg."),
    "mfa/email/recovery_codes_generated": gettext_lazy("Er zijn nieuwe reservecodes."),
}
"""What somebody hears of by mail when it changed about their account, by allauth's names of such mails."""

MADE = ("mfa/email/totp_activated", "mfa/email/webauthn_added")


class Adapter(DefaultAccountAdapter):
    """How allauth behaves here."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": gettext_lazy(
            "Dit e-mailadres en dit wachtwoord horen niet samen. Probeer het nog eens."
        ),
        "too_many_login_attempts": gettext_lazy("Te vaak geprobeerd. Wacht vijf minuten en probeer het dan nog eens."),
        "rate_limited": gettext_lazy("Te vaak geprobeerd. Wacht vijf minuten en probeer het dan nog eens."),
        "incorrect_password": gettext_lazy("Dit wachtwoord klopt niet. Probeer het nog eens."),
        "account_inactive": gettext_lazy("Dit account staat uit. Vraag het aan Sociaal Gemaakt."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever just typed their password, and makes their first second factor, is not asked for it again."""
        if app == "allauth.mfa" and isinstance(self.request.user, User) and not has_one(self.request.user):
            records = get_authentication_records(self.request, self.request.user)
            if records and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT:
                return False
        required: bool = super().is_reauthentication_required(app=app, **kwargs)
        return required

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        devices.greet(request, response, user, ip=self.get_client_ip(request), now=timezone.now())
        return response

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Of allauth's mails only the one with which one chooses a new password exists here.

        Who asks it for an address without an account gets no mail, and the page tells nobody which addresses have one.
        """
        if template_prefix != PASSWORD_RESET:
            return
        # Never the host that the request named: whoever sends the request chooses that one.
        link = f"{settings.FULFILMENT_URL}{urlsplit(context['password_reset_url']).path}"
        key = f"password_reset:{hashlib.sha256(link.encode()).hexdigest()}"
        write(key, email, "password_reset", {"link": link}, timezone.now())

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """What changed about how somebody logs in is told them; who made a second factor took the second step, and sees
        the codes that came with it without showing once more who they are."""
        if template_prefix in MADE:
            record_authentication(self.request, user, PROOF, reauthenticated=True)
        if template_prefix in CHANGED:
            tell_changed(user, str(CHANGED[template_prefix]), timezone.now())

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing: the page that follows shows that one is in, or out."""
