"""Orders: the list, one order with its path, and giving money back."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfilment.entrypoints.backoffice.base import Room, attempt, label, moment, pressed
from fulfilment.entrypoints.backoffice.invoices import invoices_of
from fulfilment.entrypoints.backoffice.order_acts import ACTS, Act
from fulfilment.entrypoints.backoffice.order_page import order_page
from fulfilment.entrypoints.backoffice.order_state import word_of
from fulfilment.entrypoints.backoffice.refunds import WAYS, RefundForm, Way, kind_of, looked_at
from fulfilment.entrypoints.backoffice.returns import ReturnForm, announced
from fulfilment.entrypoints.backoffice.site import back_office
from fulfilment.flows.announce_return import stale
from fulfilment.money import written
from fulfilment.orders.models import Order
from fulfilment.production.models import Task
from fulfilment.production.rules import UNFINISHED


class Stage(admin.SimpleListFilter):
    """The stages of an order that are worth a list."""

    title = gettext_lazy("fase")
    parameter_name = "fase"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("unrouted", _("Wacht op een maker")),
            ("making", _("Bij de makers")),
            ("unreleased", _("Nog niet vrijgegeven")),
            ("refunded", _("Met terugbetaling")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        match self.value():
            case "unrouted":
                return queryset.filter(
                    Q(routed_at__isnull=True) | Q(tasks__state=Task.State.DECLINED), cancelled_at__isnull=True
                ).distinct()
            case "making":
                return queryset.filter(tasks__state__in=UNFINISHED).distinct()
            case "unreleased":
                return queryset.filter(routed_at__isnull=False, released_at__isnull=True)
            case "refunded":
                return queryset.filter(refunded_minor__gt=0)
        return queryset


@admin.register(Order, site=back_office)
class OrderRoom(Room):
    list_display = ("order_number", "placed", "customer", "total", "stage", "refunded")
    list_display_links = ("order_number",)
    list_filter = (Stage, "placed_at")
    search_fields = ("number", "public_id", "recipient__name", "recipient__buyer_name", "recipient__email")
    search_help_text = gettext_lazy("Zoek op nummer, naam of e-mailadres")
    ordering = ("-placed_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        orders: QuerySet[Order] = super().get_queryset(request)
        return orders.select_related("recipient").prefetch_related("tasks")

    @admin.display(description=gettext_lazy("nummer"), ordering="number")
    def order_number(self, order: Order) -> str:
        return str(order)

    @admin.display(description=gettext_lazy("geplaatst"), ordering="placed_at")
    def placed(self, order: Order) -> str:
        return moment(order.placed_at)

    @admin.display(description=gettext_lazy("klant"))
    def customer(self, order: Order) -> str:
        recipient = getattr(order, "recipient", None)
        return "" if recipient is None else recipient.bought_by

    @admin.display(description=gettext_lazy("totaal"), ordering="total_gross_minor")
    def total(self, order: Order) -> str:
        return written(order.total_gross_minor, order.currency)

    @admin.display(description=gettext_lazy("stand"))
    def stage(self, order: Order) -> SafeString:
        return label(*word_of(order, [task.state for task in order.tasks.all()]))

    @admin.display(description=gettext_lazy("terugbetaald"), ordering="refunded_minor")
    def refunded(self, order: Order) -> str:
        return written(order.refunded_minor, order.currency) if order.refunded_minor else ""

    def get_urls(self) -> list[URLPattern]:
        site = self.admin_site
        own = [
            path(f"<int:pk>/{name}/", site.admin_view(partial(self.giving_view, way)), name=f"orders_order_{name}")
            for name, way in WAYS.items()
        ]
        own.append(path("<int:pk>/return/", site.admin_view(self.announcing_view), name="orders_order_return"))
        own += [
            path(
                f"<int:pk>/{name}/",
                site.admin_view(pressed(partial(self.acting_view, act), "orders_order_change")),
                name=f"orders_order_{name}",
            )
            for name, act in ACTS.items()
        ]
        urls: list[URLPattern] = super().get_urls()
        return [*own, *urls]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        order = self._order(request, object_id)
        return self._page(request, "backoffice/order.html", order, {**order_page(order), **invoices_of(order)})

    def giving_view(self, way: Way, request: HttpRequest, pk: int) -> HttpResponse:
        """Say why and choose (GET), look at what it does (GET with the choice), do it (POST)."""
        order = self._order(request, str(pk))
        if request.method == "POST":
            return self._give(way, request, order)
        return self._page(request, "backoffice/refund.html", order, {"way": way, **looked_at(way, request, order)})

    def announcing_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say what comes back, and why."""
        order = self._order(request, str(pk))
        form = ReturnForm(order, request.POST or None)
        if form.is_from_before:
            messages.error(request, stale())
            return redirect(request.path)
        if form.is_valid() and attempt(request, announced(request, order, form)):
            return redirect("backoffice:orders_order_change", order.pk)
        return self._page(request, "backoffice/return.html", order, {"form": form})

    def acting_view(self, act: Act, request: HttpRequest, pk: int) -> HttpResponse:
        """A button on the page of an order."""
        order = self._order(request, str(pk))
        if attempt(request, lambda: act.carry_out(request, order) or act.done) or not act.fields:
            return redirect("backoffice:orders_order_change", order.pk)
        typed = {name: request.POST.get(name, "") for name in act.fields}
        return self._page(
            request,
            "backoffice/order.html",
            order,
            {**order_page(order), **invoices_of(order), "typed": typed},
            status=422,
        )

    def _give(self, way: Way, request: HttpRequest, order: Order) -> HttpResponse:
        kind = kind_of(way, request)
        form = RefundForm(order, kind, request.POST, moves_money=way.moves_money)
        if not form.is_valid():
            context = {"way": way, "kind": kind, "form": form, "preview": None}
            return self._page(request, "backoffice/refund.html", order, context)
        if attempt(request, lambda: way.carry_out(request, order, form)):
            return redirect("backoffice:orders_order_change", order.pk)
        return redirect(f"{request.path}?{form.as_query()}")

    def _order(self, request: HttpRequest, object_id: str) -> Order:
        order: Order | None = self.get_object(request, object_id)
        if order is None:
            raise Http404
        return order

    def _page(
        self, request: HttpRequest, template: str, order: Order, context: Mapping[str, Any], *, status: int = 200
    ) -> HttpResponse:
        title = _("Bestelling %(number)s") % {"number": order.number}
        common = {**self.admin_site.each_context(request), "title": title, "opts": Order._meta, "order": order}
        request.current_app = self.admin_site.name
        return TemplateResponse(request, template, {**common, **context}, status=status)
