"""The work of all workshops, to look at; the workshops move it themselves in their portal."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from fulfilment.entrypoints.backoffice.base import Room, label
from fulfilment.entrypoints.backoffice.order_state import tone_of
from fulfilment.entrypoints.backoffice.site import back_office
from fulfilment.production.models import Task
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

    @admin.display(description=gettext_lazy("bestelling"), ordering="order__number")
    def order_number(self, task: Task) -> str:
        return str(task.order)

    @admin.display(description=gettext_lazy("maker"), ordering="producer__name")
    def maker(self, task: Task) -> str:
        return task.producer.name

    @admin.display(description=gettext_lazy("werk"))
    def what(self, task: Task) -> str:
        return ", ".join(f"{row.quantity} × {row.line.product_name}" for row in task.lines.all())

    @admin.display(description=gettext_lazy("klaar tegen"), ordering="due_on")
    def due(self, task: Task) -> SafeString | str:
        day = task.due_on.strftime("%d/%m/%Y")
        late = task.state in UNFINISHED and task.due_on < timezone.localdate()
        return label(day, "alert") if late else day

    @admin.display(description=gettext_lazy("stand"), ordering="state")
    def stage(self, task: Task) -> SafeString:
        return label(task.get_state_display(), tone_of(task.state))
