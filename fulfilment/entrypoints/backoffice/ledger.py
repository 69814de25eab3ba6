"""The ledger, to read: nothing in it is ever changed."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfilment.entrypoints.backoffice.base import Room, Rows, attempt, moment, pressed
from fulfilment.entrypoints.backoffice.checks import check_now, last_check
from fulfilment.entrypoints.backoffice.money_map import money_map
from fulfilment.entrypoints.backoffice.site import back_office
from fulfilment.entrypoints.backoffice.wording import ENTRIES, account_name, entry_name, policy_name
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import by_tags
from fulfilment.ledger.models import Entry, Posting
from fulfilment.money import written
from fulfilment.partners.models import Partner


class Kind(admin.SimpleListFilter):
    """Entries by what they were booked for."""

    title = gettext_lazy("waarvoor")
    parameter_name = "waarvoor"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind, str(name)) for kind, name in ENTRIES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Entry]) -> QuerySet[Entry]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class PostingRows(Rows):
    model = Posting
    fields = ("from_account", "to_account", "amount", "order_link", "partner")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Posting]:
        postings: QuerySet[Posting] = super().get_queryset(request)
        return postings.select_related("order", "partner").order_by("pk")

    @admin.display(description=gettext_lazy("debet"))
    def from_account(self, posting: Posting) -> str:
        return account_name(posting.debit)

    @admin.display(description=gettext_lazy("credit"))
    def to_account(self, posting: Posting) -> str:
        return account_name(posting.credit)

    @admin.display(description=gettext_lazy("bedrag"))
    def amount(self, posting: Posting) -> str:
        return written(posting.amount_minor, posting.currency)

    @admin.display(description=gettext_lazy("bestelling"))
    def order_link(self, posting: Posting) -> SafeString | str:
        if posting.order_id is None:
            return ""
        link = reverse("backoffice:orders_order_change", args=[posting.order_id])
        return format_html('<a href="{}">{}</a>', link, posting.order)


@admin.register(Entry, site=back_office)
class EntryRoom(Room):
    list_display = ("booked_for", "happened", "amount", "key")
    list_filter = (Kind, "happened_at")
    search_fields = ("key", "postings__order__number", "postings__partner__name")
    search_help_text = gettext_lazy("Zoek op sleutel, bestelnummer of partner")
    ordering = ("-happened_at", "-pk")
    inlines = (PostingRows,)
    fields = ("booked_for", "key", ("happened", "recorded"), "policies", "turned_back")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        entries: QuerySet[Entry] = super().get_queryset(request)
        moved = Posting.objects.filter(entry=OuterRef("pk")).order_by().values("entry")
        return entries.annotate(moved=Subquery(moved.annotate(total=Sum("amount_minor")).values("total")))

    def name_of(self, row: Entry) -> str:
        return entry_name(row.kind)

    @admin.display(description=gettext_lazy("waarvoor"), ordering="kind")
    def booked_for(self, entry: Entry) -> str:
        return entry_name(entry.kind)

    @admin.display(description=gettext_lazy("gebeurd op"), ordering="happened_at")
    def happened(self, entry: Entry) -> str:
        return moment(entry.happened_at)

    @admin.display(description=gettext_lazy("geboekt op"), ordering="recorded_at")
    def recorded(self, entry: Entry) -> str:
        return moment(entry.recorded_at)

    @admin.display(description=gettext_lazy("afspraken die golden"))
    def policies(self, entry: Entry) -> str:
        return ", ".join(policy_name(name, value) for name, value in entry.policy.items())

    @admin.display(description=gettext_lazy("draait terug"))
    def turned_back(self, entry: Entry) -> SafeString | str:
        if entry.reverses_id is None:
            return ""
        return format_html(
            '<a href="{}">{}</a>', reverse("backoffice:ledger_entry_change", args=[entry.reverses_id]), entry.reverses
        )

    @admin.display(description=gettext_lazy("verplaatst"), ordering="moved")
    def amount(self, entry: Entry) -> str:
        moved: int = getattr(entry, "moved", 0) or 0
        return written(moved, "EUR")

    def get_urls(self) -> list[URLPattern]:
        balances = path("rekeningen/", self.admin_site.admin_view(self.balances_view), name="balances")
        checking = self.admin_site.admin_view(pressed(self.check_view, "balances"))
        urls: list[URLPattern] = super().get_urls()
        return [balances, path("rekeningen/controleren/", checking, name="check_balance"), *urls]

    def check_view(self, request: HttpRequest) -> HttpResponse:
        """The button that has the books held against Stripe now."""
        attempt(request, check_now)
        return redirect("backoffice:balances")

    def balances_view(self, request: HttpRequest) -> HttpResponse:
        """What stands on every account, and per partner what is held and payable."""
        context = {
            **self.admin_site.each_context(request),
            "title": _("Rekeningen"),
            "partners": _partners(),
            **last_check(),
            **money_map(),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "backoffice/balances.html", context)


def _partners() -> list[dict[str, object]]:
    held = by_tags(Account.PARTNER_HELD, "partner_id")
    payable = by_tags(Account.PARTNER_PAYABLE, "partner_id")
    partners = Partner.objects.filter(pk__in={key for (key,) in {*held, *payable} if key is not None})
    return [
        {"partner": partner, "held": held.get((partner.pk,), 0), "payable": payable.get((partner.pk,), 0)}
        for partner in partners
    ]
