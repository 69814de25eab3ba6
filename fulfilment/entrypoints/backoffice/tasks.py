"""The work of all workshops: looked at, answered where a workshop said what is in its way, and given to another.

The workshops move it themselves in their portal.
"""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfilment.agreements.models import Agreement
from fulfilment.entrypoints.backoffice.base import Room, attempt, label, staff
from fulfilment.entrypoints.backoffice.order_state import tone_of
from fulfilment.entrypoints.backoffice.site import back_office
from fulfilment.errors import Refusal
from fulfilment.flows import say_no
from fulfilment.flows.reassign_task import check_movable, reassign, takers
from fulfilment.partners.models import Partner
from fulfilment.production.models import Impediment, Task
from fulfilment.production.rules import UNFINISHED


@admin.register(Task, site=back_office)
class TaskRoom(Room):
    list_display = ("order_number", "maker", "what", "due", "stage")
    list_filter = ("state", ("producer", admin.RelatedOnlyFieldListFilter))
    search_help_text = gettext_lazy("Zoek op bestelnummer of maker")
    search_fields = ("order__number", "producer__name")
    ordering = ("due_on", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Task]:
        tasks: QuerySet[Task] = super().get_queryset(request)
        return tasks.select_related("order", "producer").prefetch_related("lines__line")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A task is looked at on the page of its order."""
        task: Task | None = self.get_object(request, object_id)
        if task is None:
            raise Http404
        return redirect("backoffice:orders_order_change", task.order_id)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("<int:pk>/ander-atelier/", wrap(self.reassign_view), name="production_task_reassign"),
            path("hinder/<int:pk>/akkoord/", wrap(self.agree_view), name="production_task_agree"),
            path("hinder/<int:pk>/antwoord/", wrap(self.answer_view), name="production_task_answer"),
        ]
        urls: list[URLPattern] = super().get_urls()
        return [*own, *urls]

    def reassign_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Who could take it over, and what that means (GET); giving it to one of them (POST)."""
        task = get_object_or_404(Task.objects.select_related("order", "producer"), pk=pk)
        if request.method == "POST":
            chosen = Partner.objects.filter(slug=request.POST.get("producer", "")).first()
            by, now = staff(request), timezone.now()
            done = _("Het werk is van een ander atelier. De klant krijgt een mail.")
            if attempt(request, lambda: reassign(task.public_id, chosen.pk if chosen else 0, by=by, now=now), done):
                return redirect("backoffice:orders_order_change", task.order_id)
            return redirect(request.path)
        try:
            check_movable(task)
        except Refusal as refusal:
            messages.error(request, refusal.message)
            return redirect("backoffice:orders_order_change", task.order_id)
        open_lines = [line for line in task.lines.select_related("line") if line.open_quantity]
        codes = {line.line.product_code for line in open_lines}
        context = {
            **self.admin_site.each_context(request),
            "title": _("Aan een ander atelier geven"),
            "opts": Task._meta,
            "task": task,
            "open_lines": open_lines,
            "has_shipped": any(line.shipped_quantity for line in open_lines),
            "takers": takers(task, timezone.now()),
            "agreements": Agreement.objects.filter(product_code__in=codes, bound_at__isnull=False, valid_until=None),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "backoffice/reassign.html", context)

    def agree_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The later day is all right."""
        impediment = get_object_or_404(Impediment.objects.select_related("task"), pk=pk)
        if request.method == "POST":
            now = timezone.now()
            attempt(request, lambda: say_no.agree(pk, by=staff(request), now=now), _("Akkoord met de nieuwe dag."))
        return redirect("backoffice:orders_order_change", impediment.task.order_id)

    def answer_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What the workshop needs to know; it reads it in its portal, and by mail."""
        impediment = get_object_or_404(Impediment.objects.select_related("task"), pk=pk)
        text, longest = request.POST.get("answer", "").strip(), Impediment._meta.get_field("answer").max_length or 0
        if request.method == "POST" and not text:
            messages.error(request, _("Schrijf wat het atelier moet weten."))
        elif len(text) > longest:
            told = _("Niet doorgegeven: hoogstens %(most)s tekens, dit zijn er %(count)s. Kort het in: “%(text)s”")
            messages.error(request, told % {"most": longest, "count": len(text), "text": text})
        elif request.method == "POST":
            now = timezone.now()
            done = _("Doorgegeven. Het atelier leest het in het portaal en krijgt een mail.")
            attempt(request, lambda: say_no.answer(pk, text, by=staff(request), now=now), done)
        return redirect("backoffice:orders_order_change", impediment.task.order_id)

    @admin.display(description=gettext_lazy("bestelling"), ordering="order__number")
    def order_number(self, task: Task) -> str:
        return str(task.order)

    @admin.display(description=gettext_lazy("maker"), ordering="producer__name")
    def maker(self, task: Task) -> str:
        return task.producer.name

    @admin.display(description=gettext_lazy("werk"))
    def what(self, task: Task) -> str:
        return ", ".join(f"{row.asked_quantity or row.quantity} × {row.line.product_name}" for row in task.lines.all())

    @admin.display(description=gettext_lazy("klaar tegen"), ordering="due_on")
    def due(self, task: Task) -> SafeString | str:
        day = task.due_on.strftime("%d/%m/%Y")
        late = task.state in UNFINISHED and task.due_on < timezone.localdate()
        return label(day, "alert") if late else day

    @admin.display(description=gettext_lazy("stand"), ordering="state")
    def stage(self, task: Task) -> SafeString:
        return label(task.get_state_display(), tone_of(task.state))
