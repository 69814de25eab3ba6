"""Orders: the list, one order with its path, and giving money back."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfilment.entrypoints.backoffice.base import Room, attempt, label, moment
from fulfilment.entrypoints.backoffice.order_page import order_page
from fulfilment.entrypoints.backoffice.order_state import word_of
from fulfilment.entrypoints.backoffice.site import back_office
from fulfilment.errors import Refusal
from fulfilment.flows import refund_order
from fulfilment.gateways.saleor.connect import connected
from fulfilment.money import written
from fulfilment.orders.models import Order, Refund
from fulfilment.partners.models import Partner
from fulfilment.production.models import Task


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
        unfinished = (Task.State.WAITING, Task.State.ACCEPTED, Task.State.MAKING, Task.State.READY)
        match self.value():
            case "unrouted":
                return queryset.filter(routed_at__isnull=True, cancelled_at__isnull=True)
            case "making":
                return queryset.filter(tasks__state__in=unfinished).distinct()
            case "unreleased":
                return queryset.filter(routed_at__isnull=False, released_at__isnull=True)
            case "refunded":
                return queryset.filter(refunded_minor__gt=0)
        return queryset


class RefundForm(forms.Form):
    """What to give back: units of each line, the shipping, and why."""

    reason = forms.CharField(label=gettext_lazy("Waarom?"), max_length=200)
    shipping = forms.BooleanField(label=gettext_lazy("Ook de verzendkosten"), required=False)

    def __init__(self, order: Order, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.left = refund_order.remaining(order)
        self.lines = [line for line in order.lines.all() if self.left[line.pk]]
        for line in self.lines:
            self.fields[f"line-{line.pk}"] = forms.IntegerField(
                min_value=0, max_value=self.left[line.pk], required=False, label=str(line)
            )
        if Refund.objects.filter(order=order, includes_shipping=True).exists() or not order.shipping_gross_minor:
            del self.fields["shipping"]

    def quantities(self) -> Mapping[int, int]:
        """Line id → units."""
        return {line.pk: self.cleaned_data.get(f"line-{line.pk}") or 0 for line in self.lines}

    def with_shipping(self) -> bool:
        return bool(self.cleaned_data.get("shipping"))

    @classmethod
    def whole(cls, order: Order) -> dict[str, object]:
        """All that is left of the order, as the form's first values."""
        left = refund_order.remaining(order)
        return {"shipping": True, **{f"line-{pk}": quantity for pk, quantity in left.items()}}

    def rows(self) -> list[dict[str, object]]:
        """The lines with their fields, for the page."""
        return [{"line": line, "field": self[f"line-{line.pk}"], "left": self.left[line.pk]} for line in self.lines]


@admin.register(Order, site=back_office)
class OrderRoom(Room):
    list_display = ("order_number", "placed", "customer", "total", "stage", "refunded")
    list_display_links = ("order_number",)
    list_filter = (Stage, "placed_at")
    search_fields = ("number", "public_id", "recipient__name", "recipient__email")
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
        return "" if recipient is None else recipient.name

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
        refund = path("<int:pk>/refund/", self.admin_site.admin_view(self.refund_view), name="orders_order_refund")
        urls: list[URLPattern] = super().get_urls()
        return [refund, *urls]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        order = self._order(request, object_id)
        return self._page(request, "backoffice/order.html", order, order_page(order))

    def refund_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Choose (GET), look at what it does (GET with the choice), give back (POST)."""
        order = self._order(request, str(pk))
        if request.method == "POST":
            return self._refund(request, order)
        chosen = RefundForm(order, request.GET) if "reason" in request.GET else None
        first = RefundForm.whole(order) if "whole" in request.GET else {}
        context: dict[str, Any] = {"form": chosen or RefundForm(order, initial=first), "preview": None}
        if chosen is not None and chosen.is_valid():
            try:
                preview = refund_order.preview(order, chosen.quantities(), shipping=chosen.with_shipping())
            except Refusal as refusal:
                messages.error(request, refusal.message)
            else:
                context |= {"preview": preview, "partners": _named(preview.partners)}
        return self._page(request, "backoffice/refund.html", order, context)

    def _refund(self, request: HttpRequest, order: Order) -> HttpResponse:
        form = RefundForm(order, request.POST)
        if not form.is_valid():
            return self._page(request, "backoffice/refund.html", order, {"form": form, "preview": None})
        done = attempt(
            request,
            lambda: refund_order.request(
                order.public_id,
                form.quantities(),
                shipping=form.with_shipping(),
                reason=form.cleaned_data["reason"],
                saleor=connected(),
                now=timezone.now(),
            ),
            _("De terugbetaling is gevraagd. Zodra het geld weg is, staat ze op het pad van de bestelling."),
        )
        if done:
            return redirect("backoffice:orders_order_change", order.pk)
        return redirect(f"{reverse('backoffice:orders_order_refund', args=[order.pk])}?{_as_query(form)}")

    def _order(self, request: HttpRequest, object_id: str) -> Order:
        order: Order | None = self.get_object(request, object_id)
        if order is None:
            raise Http404
        return order

    def _page(self, request: HttpRequest, template: str, order: Order, context: Mapping[str, Any]) -> HttpResponse:
        title = _("Bestelling %(number)s") % {"number": order.number}
        common = {**self.admin_site.each_context(request), "title": title, "opts": Order._meta, "order": order}
        request.current_app = self.admin_site.name
        return TemplateResponse(request, template, {**common, **context})


def _named(amounts: Mapping[int, int]) -> list[tuple[str, int]]:
    names = dict(Partner.objects.filter(pk__in=amounts).values_list("pk", "name"))
    return sorted((names[pk], amount) for pk, amount in amounts.items())


def _as_query(form: RefundForm) -> str:
    """The choice as the page's address holds it."""
    return urlencode({name: value for name, value in form.data.items() if name != "csrfmiddlewaretoken"})
