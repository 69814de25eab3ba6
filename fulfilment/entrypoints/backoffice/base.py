"""What the pages of the back office have in common: staff only, read-only unless said otherwise, Dutch words."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin, TabularInline

from fulfilment.errors import GatewayError, Refusal
from fulfilment.partners.models import User


def staff(request: HttpRequest) -> User:
    """The member of staff who is logged in; the site lets nobody else through."""
    assert isinstance(request.user, User)
    return request.user


class Room(ModelAdmin):
    """A list and pages of rows that staff may look at; a subclass says what may be changed."""

    actions = None
    list_per_page = 50
    show_full_result_count = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and request.user.is_staff

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.is_active and request.user.is_staff

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class Rows(TabularInline):
    """Rows that belong to another and are only looked at; a subclass says what may be changed."""

    extra = 0
    can_delete = False
    show_change_link = False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.is_active and request.user.is_staff

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def label(text: object, tone: str = "") -> SafeString:
    """A state as a small label; `tone` is "", "done", "busy" or "alert"."""
    return format_html('<span class="bo-label bo-{}">{}</span>', tone or "plain", text)


def attempt(request: HttpRequest, do: Callable[[], Any], done: str) -> bool:
    """Do what was asked and say so; what was refused or failed outside is told, and nothing else happens."""
    try:
        do()
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return False
    except GatewayError as error:
        messages.error(request, f"Een ander systeem gaf geen goed antwoord; probeer het straks opnieuw. ({error})")
        return False
    messages.success(request, done)
    return True
