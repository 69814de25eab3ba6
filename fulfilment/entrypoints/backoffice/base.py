"""What the pages of the back office have in common: staff only, read-only unless said otherwise, Dutch words."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.db import transaction
from django.db.models import Model
from django.forms import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin, TabularInline

from fulfilment.entrypoints.backoffice.fields import uncut
from fulfilment.entrypoints.backoffice.roles import may_act, may_see
from fulfilment.errors import GatewayError, Refusal
from fulfilment.outside import in_words
from fulfilment.partners.models import User


def staff(request: HttpRequest) -> User:
    """The member of staff who is logged in; the site lets nobody else through."""
    assert isinstance(request.user, User)
    return request.user


class Chooser:
    """Of what is typed nothing is cut. What is chosen is asked for: nothing is chosen already, unless there is
    something that it usually is.

    A row that nobody touched is then empty, and asks for nothing.
    """

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None:
            uncut(field.widget.attrs)
        return field

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        asked = db_field.blank or not db_field.has_default()
        kwargs.setdefault("choices", db_field.get_choices(include_blank=asked, blank_choice=[("", _("Kies"))]))
        return super().formfield_for_choice_field(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None and field.empty_label is not None:
            field.empty_label = _("Kies")
        return field


class Room(Chooser, ModelAdmin):
    """A list and pages of rows that staff may look at; a subclass says what may be changed.

    A form tells what its row was when it was opened (`seen`), with the rows below it. Is it something else by the time
    that the form comes back, then nothing of it is saved, and whoever sent it is told.
    """

    change_form_before_template = "backoffice/seen.html"
    seen_beside: tuple[type[Model], ...] = ()
    """Rows of the row that its page shows without asking for them: they count as seen, as those below it do."""
    moves_by_itself: tuple[str, ...] = ()
    """Fields that change without anybody changing the row."""

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

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A form is saved over the row that it was opened for, and over no newer one: the row is locked until then."""
        row = self.get_object(request, unquote(object_id)) if object_id else None
        if row is None or not self.may_be_changed_by(request, row):
            return self._form(request, object_id, form_url, extra_context)
        with transaction.atomic():
            if request.method == "POST":
                row = self.model._default_manager.select_for_update().get(pk=row.pk)
                told = self.why_not_saved(request, row)
                if told:
                    messages.error(request, told)
                    return redirect(request.get_full_path())
            # Taken before the page reads the row: what changes in between is rather told than overlooked.
            return self._form(request, object_id, form_url, {**(extra_context or {}), "seen": self.seen(row)})

    def _form(self, request: HttpRequest, *args: Any) -> HttpResponse:
        answer: HttpResponse = super().changeform_view(request, *args)
        return answer

    def may_be_changed_by(self, request: HttpRequest, row: Model) -> bool:
        """Whether this person changes such rows at all: what became of this one is told by `why_not_saved`."""
        return self.has_change_permission(request, row)

    def why_not_saved(self, request: HttpRequest, row: Any) -> str:
        """What is told instead of saving a form over a row (locked) that is not what it was opened for; else ""."""
        if request.POST.get("seen") == self.seen(row):
            return ""
        return _(
            "Niet bewaard: hier veranderde iets nadat je deze pagina opende, door iemand anders of in een ander "
            "venster. Je ziet nu wat er staat. Kijk het na en vul opnieuw in wat jij wilde veranderen."
        )

    def seen(self, row: Model) -> str:
        """What tells two looks at a row apart, with the rows below it, as they stand in the database now."""
        below = [(inline.model, inline.fk_name) for inline in self.inlines]
        looks = [self._values(self.model, "pk", row)]
        for model, name in [*below, *((model, None) for model in self.seen_beside)]:
            found = [field.name for field in model._meta.fields if field.related_model is self.model]
            looks.append(self._values(model, name or found[0], row))
        return salted_hmac("backoffice.seen", repr(looks), algorithm="sha256").hexdigest()

    def _values(self, model: type[Model], name: str, row: Model) -> list[Any]:
        fields = [field.attname for field in model._meta.concrete_fields if field.name not in self.moves_by_itself]
        return list(model._default_manager.filter(**{name: row.pk}).order_by("pk").values_list(*fields))

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        """A number is found as people write it too, and as our own pages show it: `#1042`, `1 042`."""
        figures = "".join(search_term.replace("#", " ").split())
        return super().get_search_results(request, queryset, figures if figures.isdecimal() else search_term)

    def name_of(self, row: Any) -> str:
        """What the page of a row is called."""
        return str(row)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_see(request.user, self.address_of("changelist"))

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may_see(request.user, self.address_of("change"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may_act(request.user, self.address_of("add"))

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may_act(request.user, self.address_of("change"))

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may_act(request.user, self.address_of("delete"))

    def address_of(self, page: str) -> str:
        """The name of a page of this room, by which `roles.py` says whose it is."""
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"


class RowFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """The rows below a row, as they are filled in. A heading of a column is no label of a field: each has its own."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        for field in form.fields.values():
            if field.label:
                widget = getattr(field.widget, "widget", field.widget)  # a choice of a row is wrapped
                widget.attrs.setdefault("aria-label", str(field.label))

    def get_unique_error_message(self, unique_check: Sequence[str]) -> str:
        """Django names the fields as the code does; people know them by what stands above them, and the row that they
        all belong to by none."""
        assert self.model is not None
        fields = (self.model._meta.get_field(name) for name in unique_check if name != self.fk.name)
        names = " + ".join(str(field.verbose_name) for field in fields)
        return _("Twee rijen hebben hetzelfde (%(names)s). Pas er één aan of haal ze weg.") % {"names": names}


class Rows(Chooser, TabularInline):
    """Rows that belong to another and are only looked at; a subclass says what may be changed.

    Where rows may be added there is an empty one: without JavaScript no other comes.
    """

    formset = RowFormSet
    extra = 1
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


def pressed(view: Callable[..., HttpResponse], page: str) -> Callable[..., HttpResponse]:
    """A view that a button is for. By GET nothing was pressed: who comes so, as after logging in again, sees its page.

    `page` is the name of the address on which the button stands, with the row's `pk` where the button's has one.
    """

    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if request.method == "POST":
            return view(request, **kwargs)
        return redirect(f"backoffice:{page}", *([kwargs["pk"]] if "pk" in kwargs else []))

    return guarded


def label(text: object, tone: str = "") -> SafeString:
    """A state as a small label; `tone` is "", "done", "busy" or "alert"."""
    return format_html('<span class="bo-label bo-{}">{}</span>', tone or "plain", text)


def moment(at: datetime | None) -> str:
    """A moment in local time, short; nothing where there is none."""
    return "" if at is None else timezone.localtime(at).strftime("%d/%m/%Y %H:%M")


def attempt(request: HttpRequest, do: Callable[[], Any], done: str = "") -> bool:
    """Do what was asked and say so; what was refused or failed outside is told, and nothing else happens.

    Where there is more than one way in which it can go well, `do` answers what to say instead of `done`; without either
    the caller says it.
    """
    try:
        said = do()
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return False
    except GatewayError as error:
        messages.error(request, f"{in_words(error)} {_('Probeer het straks opnieuw.')}")
        return False
    if done or said:
        messages.success(request, done or str(said))
    return True
