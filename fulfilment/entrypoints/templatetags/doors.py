"""What the pages around logging in show: codes as one reads them, and whether a second step has still to be made."""

from typing import Any

from django import template
from django.http import HttpRequest

from fulfilment.entrypoints.accounts.second_factor import has_one, must_have_one
from fulfilment.partners.models import User

register = template.Library()


@register.simple_tag(takes_context=True)
def second_factor_wanted(context: dict[str, Any]) -> bool:
    """Whether who looks at the page must have a second step and has none yet."""
    request: HttpRequest = context["request"]
    return isinstance(request.user, User) and must_have_one(request.user) and not has_one(request.user)


@register.filter
def in_fours(code: str) -> str:
    """A code in groups of four, as one copies it."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))
