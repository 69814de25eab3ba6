"""What Saleor tells of customers' accounts. Unlike all else that it tells this is no hint: the link stands in it alone,
so it is written as a mail before it is answered."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from fulfilment.entrypoints.receiving import receives
from fulfilment.entrypoints.saleor_inbox import proven_body
from fulfilment.errors import Refusal
from fulfilment.flows.tell_account import LINKS, link_asked, other_address_asked

ACCOUNT_EVENTS = [
    "ACCOUNT_CONFIRMATION_REQUESTED",
    "ACCOUNT_SET_PASSWORD_REQUESTED",
    "ACCOUNT_CHANGE_EMAIL_REQUESTED",
]


@receives
def webhook(request: HttpRequest) -> HttpResponse:
    body = proven_body(request)
    template = LINKS.get(str(body.get("__typename")))
    if template is not None and isinstance(body.get("user"), dict):
        _mailed(template, body)
    return JsonResponse({"taken": True})


@transaction.atomic
def _mailed(template: str, body: dict[str, Any]) -> None:
    user, now = body["user"], timezone.now()
    email, link = user.get("email"), body.get("redirectUrl")
    to = body.get("newEmail") if template == "customer_email" else email
    if not (isinstance(email, str) and isinstance(link, str) and isinstance(to, str) and email and link and to):
        raise Refusal("Nobody is named, or no link.", "GARBAGE")
    language, name = str(user.get("languageCode") or ""), str(user.get("firstName") or "")
    link_asked(template, to, link, {"name": name, "email": email}, language=language, now=now)
    if template == "customer_email":
        other_address_asked(email, to, name=name, language=language, link=link, now=now)
