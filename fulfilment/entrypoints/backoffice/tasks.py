"""The work of all workshops, to look at; the workshops move it themselves in their portal."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from fulfilment.entrypoints.backoffice.base import Room, label
from fulfilment.entrypoints.backoffice.overview import UNFINISHED
from fulfilment.entrypoints.backoffice.site import back_office
from fulfilment.production.models import Task


@admin.register(Task, site=back_office)
class TaskRoom(Room):
    list_display = ("order_link", "producer", "what", "due", "stage")
    list_display_links = None
    list_filter = ("state", "producer")
    search_fields = ("order__number", "producer__name")
    ordering = ("due_on", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Task]:
        tasks: QuerySet[Task] = super().get_queryset(request)
        return tasks.select_related("order", "producer").prefetch_related("lines__line")

    @admin.display(description=gettext_lazy("bestelling"), ordering="order__number")
    def order_link(self, task: Task) -> SafeString:
        return format_html(
            '<a href="{}">{}</a>', reverse("backoffice:orders_order_change", args=[task.order_id]), task.order
        )

    @admin.display(description=gettext_lazy("werk"))
    def what(self, task: Task) -> str:
        return ", ".join(f"{row.quantity} × {row.line.product_name}" for row in task.lines.all())

    @admin.display(description=gettext_lazy("te verzenden voor"), ordering="due_on")
    def due(self, task: Task) -> SafeString | str:
        day = task.due_on.strftime("%d/%m/%Y")
        late = task.state in UNFINISHED and task.due_on < timezone.localdate()
        return label(day, "alert") if late else day

    @admin.display(description=gettext_lazy("stand"), ordering="state")
    def stage(self, task: Task) -> SafeString:
        tone = {"shipped": "done", "delivered": "done", "cancelled": "plain"}.get(task.state, "busy")
        return label(task.get_state_display(), tone)
