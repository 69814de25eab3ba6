"""Who is at the bench: every page of the portal begins here, with the workshops of the person who is logged in."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from fulfilment.partners.models import Partner, User
from fulfilment.partners.queries import partners_with_sums, producers_of
from fulfilment.production.models import Impediment, Parcel, Task
from fulfilment.production.queries import impediments_of, parcels_of, tasks_of
from fulfilment.returns.models import Return
from fulfilment.returns.queries import returns_of

P = ParamSpec("P")
CURRENT = "portal.workshop"


@dataclass(frozen=True)
class Bench:
    """A person, the workshops they work for, and the one whose work is on the page.

    `sees_sums`: they may see what the workshop that they chose earns; `has_shares`: also what partners earn for whom
    they do not work, such as themselves as a designer.
    """

    user: User
    workshops: tuple[Partner, ...]
    current: Partner
    sees_sums: bool
    has_shares: bool

    @property
    def others(self) -> tuple[Partner, ...]:
        return tuple(workshop for workshop in self.workshops if workshop != self.current)

    def at(self, workshop: Partner) -> "Bench":
        return replace(self, current=workshop)

    def workshop(self, public_id: str) -> Partner:
        """One of their own workshops; `Http404` for any other."""
        for found in self.workshops:
            if found.public_id == public_id:
                return found
        raise Http404

    def task(self, public_id: str) -> Task:
        """A task of one of their workshops; `Http404` for any other."""
        mine = tasks_of([workshop.pk for workshop in self.workshops]).select_related("order", "producer")
        found = mine.prefetch_related("lines__line", "impediments").filter(public_id=public_id).first()
        if found is None:
            raise Http404
        return found

    def parcel(self, public_id: str) -> Parcel:
        """A parcel of one of their workshops; `Http404` for any other."""
        mine = parcels_of([workshop.pk for workshop in self.workshops])
        found = mine.select_related("task__order", "task__producer").filter(public_id=public_id).first()
        if found is None:
            raise Http404
        return found

    def coming_back(self, public_id: str) -> Return:
        """A return to one of their workshops; `Http404` for any other."""
        mine = returns_of([workshop.pk for workshop in self.workshops])
        found = mine.select_related("order", "task__producer").prefetch_related("lines__task_line__line")
        one = found.filter(public_id=public_id).first()
        if one is None:
            raise Http404
        return one

    def impediment(self, public_id: str) -> Impediment:
        """What one of their workshops said was in its way; `Http404` for any other's."""
        mine = impediments_of([workshop.pk for workshop in self.workshops])
        found = mine.select_related("task").filter(public_id=public_id).first()
        if found is None:
            raise Http404
        return found


def at_bench(
    view: Callable[Concatenate[HttpRequest, Bench, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A page for people of a workshop; who belongs to none goes home. What it shows is kept in no cache."""

    @never_cache
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        assert isinstance(request.user, User)
        workshops = tuple(producers_of(request.user))
        if not workshops:
            return redirect("home")
        chosen = request.session.get(CURRENT)
        current = next((workshop for workshop in workshops if workshop.public_id == chosen), workshops[0])
        knows = partners_with_sums(request.user)
        has_shares = any(partner not in workshops for partner in knows)
        bench = Bench(request.user, workshops, current, current in knows, has_shares)
        return view(request, bench, *args, **kwargs)

    return guarded


def choose(request: HttpRequest, workshop: Partner) -> None:
    """Remember whose work this person wants to see."""
    request.session[CURRENT] = workshop.public_id
