"""The devices that people log in with: what they are called, and a mail when somebody logs in with a new one.

A device is known by a cookie of its own, which outlives the session: signed, so that nobody makes one up, and naming
the people who logged in there before. Nothing of it is kept on our side.
"""

from datetime import datetime

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from fulfilment.mail.write import write
from fulfilment.partners.models import User

COOKIE = "fulfilment_device"
KNOWN_FOR = 400 * 24 * 3600
"""Seconds after which a device is forgotten; browsers keep no cookie for longer."""
MOST_PEOPLE = 20
"""How many people one device remembers: a tablet at a bench has several."""

_SIGNER = TimestampSigner(salt="accounts.device")
_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    *(("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows")),
    *(("Mac OS", "Mac"), ("CrOS", "Chromebook"), ("Linux", "Linux")),
)


def device_name(user_agent: str) -> str:
    """What a browser calls itself, in words for people: `Firefox op Windows`."""
    browser = next((name for mark, name in _BROWSERS if f"{mark}/" in user_agent), _("Een programma"))
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return _("%(browser)s op %(system)s") % {"browser": browser, "system": system} if system else browser


def greet(request: HttpRequest, response: HttpResponse, user: User, *, ip: str, now: datetime) -> None:
    """Know the device again that somebody logs in with; where it is new, write them a mail and let it be known."""
    known = _known(request)
    mark = _mark(user)
    if mark not in known:
        told = {
            "device": device_name(request.META.get("HTTP_USER_AGENT", "")),
            "ip": ip,
            "at": now,
            "link": f"{settings.FULFILMENT_URL}{reverse('sessions')}",
        }
        write(f"{user.public_id}:device:{now.isoformat()}", user.email, "new_device", told, now)
    people = [mark, *(one for one in known if one != mark)][:MOST_PEOPLE]
    response.set_cookie(
        COOKIE,
        _SIGNER.sign_object(people),
        max_age=KNOWN_FOR,
        httponly=True,
        samesite="Lax",
        secure=settings.SECURE_COOKIES,
        path=reverse("account_login"),
    )


def _known(request: HttpRequest) -> list[str]:
    try:
        found: list[str] = _SIGNER.unsign_object(request.COOKIES.get(COOKIE, ""), max_age=KNOWN_FOR)
    except BadSignature:
        return []
    return found


def _mark(user: User) -> str:
    """A person as a device remembers them: whoever finds the device reads nothing from it. Another password is another
    mark, so that after it every device is a new one."""
    return salted_hmac("accounts.device", f"{user.public_id}:{user.password}", algorithm="sha256").hexdigest()[:32]
