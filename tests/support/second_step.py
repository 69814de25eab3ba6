"""A second step when logging in, as a person with a telephone takes it."""

import time

from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client
from django.urls import reverse

from fulfilment.partners.models import User

PASSWORD = "een-lang-wachtwoord"  # of everybody whom `rows.user` makes


def code(secret: str, *, later: int = 0) -> str:
    """What the app shows now, or so many half minutes later; each code is taken once."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later)))


def with_app(user: User) -> str:
    """Give somebody an app as second step; the secret that stands in it."""
    secret = str(generate_totp_secret())
    TOTP.activate(user, secret)
    return secret


def log_in(user: User, client: Client | None = None, **headers: str) -> Client:
    """Somebody types their address and password."""
    browser = client or Client()
    browser.post(reverse("account_login"), {"login": user.email, "password": PASSWORD}, headers=headers)
    return browser


def log_in_twice(user: User, client: Client | None = None) -> Client:
    """Somebody who has no second step yet gets an app, and logs in with both steps."""
    secret = with_app(user)
    browser = log_in(user, client)
    browser.post(reverse("mfa_authenticate"), {"code": code(secret)})
    return browser
