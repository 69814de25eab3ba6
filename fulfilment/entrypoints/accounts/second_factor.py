"""A second step when logging in: who must have one, and how allauth's codes and passkeys behave here.

Whoever has a second factor is asked for it at each login, by allauth. Whoever must have one and has none yet is led to
the page where it is made, from every page, and sees nothing else until then. What a session proved stands in it.
"""

import base64
import secrets
from collections.abc import Callable

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfilment.partners.models import User
from fulfilment.partners.queries import sees_sums

View = Callable[[HttpRequest], HttpResponse]
STRONG = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""What counts as a second factor. Recovery codes only stand in for one."""

ALWAYS_OPEN = "account_", "mfa_", "health", "dashboard"
"""How the names of the addresses begin that are reached without a second factor: logging in, out, and making one; and
what Saleor's Dashboard shows, where nobody is by a login of ours."""

PROOF = "mfa"
"""What allauth calls a second step among the ways in which somebody proved who they are."""


def must_have_one(user: User) -> bool:
    """Whether this person may see anything only after a second step: staff, and whoever sees what a partner earns."""
    return bool(settings.SECOND_FACTOR_REQUIRED) and (user.is_staff or sees_sums(user))


def has_one(user: User) -> bool:
    """Whether this person has a second factor."""
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=STRONG).exists())


def is_proven(request: HttpRequest) -> bool:
    """Whether whoever is logged in took a second step in this session: at login, or by making one."""
    return any(record.get("method") == PROOF for record in get_authentication_records(request, request.user))


class SecondFactor:
    """Middleware: whoever must take a second step and did not goes where it is made, or logs in once more.

    The latter has a session from before they, or somebody in another browser, made the second factor.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not isinstance(user, User) or is_proven(request) or _is_open(request) or not must_have_one(user):
            return self.get_response(request)
        if not has_one(user):
            return redirect("mfa_index")
        logout(request)
        return redirect_to_login(request.get_full_path())


def _is_open(request: HttpRequest) -> bool:
    try:
        name = resolve(request.path_info).view_name
    except Resolver404:
        return False
    return name.startswith(ALWAYS_OPEN)


class Adapter(DefaultMFAAdapter):
    """How allauth's second factors behave here."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": gettext_lazy(
            "Met jouw account kun je niet zonder tweede stap. Voeg eerst een andere toe, en haal dan deze weg."
        ),
        "cannot_generate_recovery_codes": gettext_lazy("Kies eerst een tweede stap: een app of een passkey."),
        "incorrect_code": gettext_lazy("Die code klopt niet, of is al voorbij. Neem de code die er nu staat."),
    }

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last one stays with whoever must have one."""
        others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=STRONG).exclude(
            pk=authenticator.pk
        )
        return authenticator.type not in STRONG or others.exists() or not must_have_one(authenticator.user)

    def generate_authenticator_name(self, user: User, type: str) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return _("Passkey") if not count else _("Passkey %(number)s") % {"number": count + 1}

    def encrypt(self, text: str) -> str:
        """A secret as it is kept: who reads the database alone, or a backup of it, has nobody's second step."""
        return _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret; one that nobody can guess where our key has changed since, so that no code fits it any more."""
        try:
            return _keys().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return base64.b32encode(secrets.token_bytes(20)).decode()


def _keys() -> MultiFernet:
    found = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    digests = (salted_hmac("accounts.second_factor", "", key, algorithm="sha256").digest() for key in found)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
