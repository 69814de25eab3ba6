"""Where somebody is logged in: seen, and ended."""

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from fulfilment.entrypoints.accounts.devices import device_name
from fulfilment.partners.models import User


@dataclass(frozen=True)
class Seen:
    """A session as its person sees it."""

    id: int
    device: str
    ip: str
    since: datetime
    is_here: bool


@never_cache
@login_required
def sessions(request: HttpRequest) -> HttpResponse:
    """Every device on which this person is logged in; this one first."""
    assert isinstance(request.user, User)
    here = request.session.session_key
    found = [
        Seen(one.pk, device_name(one.user_agent), one.ip, one.created_at, one.session_key == here)
        for one in UserSession.objects.purge_and_list(request.user)
    ]
    found.sort(key=lambda one: (not one.is_here, -one.since.timestamp()))
    return render(request, "account/sessions.html", {"sessions": found, "others": [x for x in found if not x.is_here]})


@login_required
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own; `Http404` for anybody else's. By GET, as after logging in again, nothing was pressed."""
    if request.method != "POST":
        return redirect("sessions")
    one = UserSession.objects.filter(user_id=request.user.pk, pk=pk).first()
    if one is None:
        raise Http404
    if one.session_key == request.session.session_key:
        return redirect("account_logout")
    one.end()
    messages.success(request, _("Uitgelogd op dat toestel."))
    return redirect("sessions")


@login_required
def end_others(request: HttpRequest) -> HttpResponse:
    """End all of one's own but this one."""
    if request.method != "POST":
        return redirect("sessions")
    end_all(request.user.pk, but=request.session.session_key)
    messages.success(request, _("Uitgelogd op alle andere toestellen."))
    return redirect("sessions")


def end_all(user_id: int | None, *, but: str | None = None) -> None:
    """End the sessions of a person, but for the one with this key."""
    for one in UserSession.objects.filter(user_id=user_id).exclude(session_key=but or ""):
        one.end()
