"""What needs a person: looked at, solved elsewhere, and taken off the list with a note."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfilment.entrypoints.backoffice.base import Room, attempt, label, moment, pressed, staff
from fulfilment.entrypoints.backoffice.disputes import choose_bearer
from fulfilment.entrypoints.backoffice.exception_page import exception_page, payment_of
from fulfilment.entrypoints.backoffice.site import back_office
from fulfilment.entrypoints.backoffice.wording import subject_name
from fulfilment.errors import Refusal
from fulfilment.flows.transfer_by_hand import note_transfer, return_again
from fulfilment.flows.try_again import can_try_again, try_again
from fulfilment.inbox import issues
from fulfilment.inbox.models import OpenIssue
from fulfilment.payments.models import Payment


class Standing(admin.SimpleListFilter):
    """Open ones unless others are asked for."""

    title = gettext_lazy("stand")
    parameter_name = "stand"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("solved", _("Opgelost")), ("all", _("Alle"))]

    def choices(self, changelist: Any) -> Any:
        first, *rest = super().choices(changelist)
        yield {**first, "display": _("Open")}
        yield from rest

    def queryset(self, request: HttpRequest, queryset: QuerySet[OpenIssue]) -> QuerySet[OpenIssue]:
        if self.value() == "all":
            return queryset
        return queryset.filter(resolved_at__isnull=self.value() != "solved")


class NoteForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Wat heb je gedaan?"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


@admin.register(OpenIssue, site=back_office)
class ExceptionRoom(Room):
    list_display = ("what", "about", "message", "since", "standing")
    list_filter = (Standing, "kind")
    search_fields = ("subject", "message")
    ordering = ("-last_seen_at",)

    @admin.display(description=gettext_lazy("soort"), ordering="kind")
    def what(self, issue: OpenIssue) -> str:
        return str(issue.get_kind_display())

    @admin.display(description=gettext_lazy("onderwerp"), ordering="subject")
    def about(self, issue: OpenIssue) -> str:
        return subject_name(issue.subject)

    @admin.display(description=gettext_lazy("sinds"), ordering="first_seen_at")
    def since(self, issue: OpenIssue) -> str:
        return moment(issue.first_seen_at)

    @admin.display(description=gettext_lazy("stand"))
    def standing(self, issue: OpenIssue) -> SafeString:
        return label(_("Opgelost"), "done") if issue.resolved_at else label(_("Open"), "alert")

    def get_urls(self) -> list[URLPattern]:
        buttons = (
            ("dragen", self.bear_view, "bear"),
            ("overgeschreven", self.transfer_view, "transfer"),
            ("opnieuw", self.again_view, "again"),
        )
        wrap, page = self.admin_site.admin_view, "inbox_openissue_change"
        urls: list[URLPattern] = super().get_urls()
        return [
            *(
                path(f"<int:pk>/{route}/", wrap(pressed(view, page)), name=f"inbox_openissue_{name}")
                for route, view, name in buttons
            ),
            *urls,
        ]

    def bear_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A dispute was lost, and the operator says who bears it."""
        issue: OpenIssue | None = self.get_object(request, str(pk))
        if issue is None:
            raise Http404
        return self._after(request, pk, lambda: choose_bearer(request, issue), _("Geboekt, en van de lijst."))

    def transfer_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Stripe could not give back what became no order, and the operator transferred it."""
        payment = self._payment(request, pk)
        by, now = staff(request), timezone.now()

        def note() -> None:
            if request.POST.get("transferred") != "on":
                raise Refusal(_("Zeg eerst dat het overgeschreven is."), code="NOT_SAID")
            note_transfer(payment.reference, now=now, by=by)

        return self._after(request, pk, note, _("Geboekt als overgeschreven, en van de lijst."))

    def again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What failed is tried at once; or Stripe is asked once more for what became no order."""
        issue: OpenIssue | None = self.get_object(request, str(pk))
        if issue is not None and can_try_again(issue):
            told = _("We proberen het nu opnieuw. Lukt het, dan gaat dit vanzelf van de lijst.")
            return self._after(request, pk, lambda: try_again(issue, now=timezone.now()), told)
        payment, now = self._payment(request, pk), timezone.now()
        told = _("We vragen het opnieuw. Lukt het weer niet, dan komt het terug op de lijst.")
        return self._after(request, pk, lambda: return_again(payment.reference, now=now), told)

    def _payment(self, request: HttpRequest, pk: int) -> Payment:
        """The payment that the exception of an address is about."""
        issue: OpenIssue | None = self.get_object(request, str(pk))
        payment = payment_of(issue) if issue else None
        if payment is None:
            raise Http404
        return payment

    def _after(self, request: HttpRequest, pk: int, do: Callable[[], None], told: str) -> HttpResponse:
        """Back to the list where it was done, else to the exception."""
        if attempt(request, do, told):
            return redirect("backoffice:inbox_openissue_changelist")
        return redirect("backoffice:inbox_openissue_change", pk)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        issue: OpenIssue | None = self.get_object(request, object_id)
        if issue is None:
            raise Http404
        form = NoteForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            note = form.cleaned_data["note"]
            attempt(request, lambda: self._solve(request, issue, note), _("Opgelost en van de lijst."))
            return redirect("backoffice:inbox_openissue_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": issue.get_kind_display(),
            "opts": OpenIssue._meta,
            "issue": issue,
            "about": subject_name(issue.subject),
            "form": form,
            "notes": _notes(issue),
            **exception_page(issue),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "backoffice/exception.html", context)

    def _solve(self, request: HttpRequest, issue: OpenIssue, note: str) -> None:
        """Off the list, with who says so and why in the log of the site."""
        issues.resolve(issue.kind, issue.subject, timezone.now())
        self.log_change(request, issue, note)


def _notes(issue: OpenIssue) -> QuerySet[LogEntry]:
    kind = ContentType.objects.get_for_model(OpenIssue)
    return LogEntry.objects.filter(content_type=kind, object_id=str(issue.pk)).select_related("user")
