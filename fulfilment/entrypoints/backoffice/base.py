"""What the pages of the back office have in common: staff only, read-only unless said otherwise, Dutch words."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin, TabularInline

from fulfilment.errors import GatewayError, Refusal
from fulfilment.partners.models import User


def staff(request: HttpRequest) -> User:
    """The member of staff who is logged in; the site lets nobody else through."""
    assert isinstance(request.user, User)
    return request.user


class Chooser:
    """Choices of a row of another table are asked in Dutch."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None and field.empty_label is not None:
            field.empty_label = _("Kies")
        return field


class Room(Chooser, ModelAdmin):
    """A list and pages of rows that staff may look at; a subclass says what may be changed."""

    actions = None
    search_help_text = gettext_lazy("Zoeken")
    list_per_page = 50
    show_full_result_count = False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """A list is called after what stands in it."""
        title = capfirst(self.opts.verbose_name_plural)
        answer: HttpResponse = super().changelist_view(request, {"title": title, **(extra_context or {})})
        return answer

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """The page of a row is called by the row's name."""
        row: Model | None = kwargs.get("obj")
        context["title"] = capfirst(context["title"]) if row is None else self.name_of(row)
        return super().render_change_form(request, context, *args, **kwargs)

    def name_of(self, row: Any) -> str:
        """What the page of a row is called."""
        return str(row)

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


class Rows(Chooser, TabularInline):
    """Rows that belong to another and are only looked at; a subclass says what may be changed."""

    extra = 0
    can_delete = False
    hide_title = True

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


def percent(basis_points: int) -> str:
    """Basis points as a percentage: 2100 is `21`, 650 is `6,5`."""
    whole, rest = divmod(basis_points, 100)
    return f"{whole},{rest:02d}".rstrip("0").rstrip(",") if rest else str(whole)


def moment(at: datetime | None) -> str:
    """A moment in local time, short; nothing where there is none."""
    return "" if at is None else timezone.localtime(at).strftime("%d/%m/%Y %H:%M")


def attempt(request: HttpRequest, do: Callable[[], Any], done: str = "") -> bool:
    """Do what was asked and say so; what was refused or failed outside is told, and nothing else happens.

    Without `done` the caller says how it went.
    """
    try:
        do()
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return False
    except GatewayError as error:
        messages.error(request, f"Een ander systeem gaf geen goed antwoord; probeer het straks opnieuw. ({error})")
        return False
    if done:
        messages.success(request, done)
    return True
