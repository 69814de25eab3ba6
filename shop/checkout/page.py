"""The one page of the checkout: every step, closed with what was said or open with its form, and what it comes to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from shop.checkout import steps
from shop.checkout.parts import last_of, parts_of
from shop.checkout.steps import Step
from shop.discounts import code_field
from shop.login import is_logged_in
from shop.saleor.checkout import Checkout
from shop.saleor.client import saleor_for
from shop.upfront import upfront
from shop.visit import Visit
from shop.writing import as_typed

_TITLES: dict[Step, Promise] = {
    Step.CONTACT: gettext_lazy("Contact"),
    Step.WAY: gettext_lazy("Thuis of afhalen"),
    Step.ADDRESS: gettext_lazy("Adres"),
    Step.DELIVERY: gettext_lazy("Levering"),
    Step.EXTRAS: gettext_lazy("Cadeau of opmerking"),
    Step.OVERVIEW: gettext_lazy("Overzicht"),
}
_CONFLICTS = ("refusal", "price_changed", "basket_changed", "lost_code", "typed_code")
"""Notices of a payment that did not begin."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A step as the page shows it: ``is_open`` with its form, ``is_done`` with what was said, else by its name."""

    step: Step
    title: str
    is_open: bool
    is_done: bool

    @property
    def template(self) -> str:
        return f"checkout/step_{self.step.name.lower()}.html"


def show(
    request: HttpRequest, visit: Visit, checkout: Checkout, opened: Step, told: Mapping[str, Any], *, wrong: bool
) -> HttpResponse:
    """The page with this step open. ``told`` is what its template needs besides, ``wrong`` whether what was sent with
    it is not good."""
    is_overview = opened == Step.OVERVIEW
    if is_overview:
        visit.attempt_key(steps.fingerprint(checkout))
    following = steps.next_step(checkout, visit)
    parts = parts_of(checkout) if is_overview else ()
    context = {
        "checkout": checkout,
        "steps": _shown(checkout, visit, opened),
        "opened": opened,
        "title": _TITLES[opened],
        "is_changing": opened != following,
        "is_wrong": wrong,
        "email": as_typed(checkout.email),
        "is_logged_in": is_logged_in(request),
        "parts": parts,
        "days": last_of(parts),
        "contents": steps.contents(checkout) if is_overview else "",
        "code": code_field(request, checkout) if is_overview else None,
        "upfront": upfront(saleor_for(request), checkout),
        **told,
    }
    is_conflict = any(told.get(name) for name in _CONFLICTS)
    status = 422 if wrong else 409 if is_conflict else 200
    return render(request, "checkout/checkout.html", context, status=status)


def show_overview(request: HttpRequest, visit: Visit, checkout: Checkout, **notices: Any) -> HttpResponse:
    """The overview, with what there is to say: ``came_back`` from the payment page, ``price_changed``, ``refusal``,
    ``basket_changed`` (in another window), ``lost_code``, which holds no longer, and ``typed_code``, which was typed
    and not given before it was to be paid."""
    return show(request, visit, checkout, Step.OVERVIEW, notices, wrong=False)


def _shown(checkout: Checkout, visit: Visit, opened: Step) -> Sequence[Shown]:
    return [
        Shown(step, str(_TITLES[step]), step == opened, steps.is_done(step, checkout, visit))
        for step in steps.sequence(checkout, opened)
    ]


def put_cursor_at_the_first_fault(forms: Sequence[Form]) -> bool:
    """A browser puts the cursor in the first field that is wrong, in the order of the page; whether there is one."""
    for form in forms:
        for name in form.fields:
            if name in form.errors:
                form.fields[name].widget.attrs["autofocus"] = True
                return True
    return False
