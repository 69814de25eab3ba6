"""The back office: an admin site for staff, who log in where everybody does."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse, reverse_lazy
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy
from unfold.sites import UnfoldAdminSite

from fulfilment.entrypoints.backoffice import history, newsletter, people
from fulfilment.entrypoints.backoffice.base import pressed, staff
from fulfilment.entrypoints.backoffice.discounts import discounts_page
from fulfilment.entrypoints.backoffice.overview import overview
from fulfilment.entrypoints.backoffice.roles import May, may_act, may_see
from fulfilment.entrypoints.backoffice.vitals import vitals_page
from fulfilment.partners.models import User
from fulfilment.partners.queries import partners_with_sums, producers_of

log = logging.getLogger(__name__)

NAVIGATION = [
    (
        gettext_lazy("Vandaag"),
        [
            (gettext_lazy("Overzicht"), "home", "index"),
            (gettext_lazy("Uitzonderingen"), "flag", "inbox_openissue_changelist"),
            (gettext_lazy("Bestellingen"), "shopping_bag", "orders_order_changelist"),
            (gettext_lazy("Taken"), "construction", "production_task_changelist"),
            (gettext_lazy("Toestand"), "monitor_heart", "vitals"),
        ],
    ),
    (
        gettext_lazy("Geld"),
        [
            (gettext_lazy("Uitbetalen"), "send_money", "payouts_batch_changelist"),
            (gettext_lazy("Facturen"), "receipt_long", "invoices_invoice_changelist"),
            (gettext_lazy("Betalingen"), "credit_card", "payments_payment_changelist"),
            (gettext_lazy("Rekeningen"), "balance", "balances"),
            (gettext_lazy("Boekingen"), "menu_book", "ledger_entry_changelist"),
        ],
    ),
    (
        gettext_lazy("Samenwerking"),
        [
            (gettext_lazy("Bedrijven"), "apartment", "companies_company_changelist"),
            (gettext_lazy("Partners"), "groups", "partners_partner_changelist"),
            (gettext_lazy("Overeenkomsten"), "handshake", "agreements_agreement_changelist"),
            (gettext_lazy("Kortingen"), "percent", "discounts"),
            (gettext_lazy("Gebruikers"), "badge", "partners_user_changelist"),
            (gettext_lazy("Wie veranderde wat"), "history", "history"),
            (gettext_lazy("Wie mail wil"), "mail", "newsletter"),
            (gettext_lazy("Inzage en wissen"), "person_remove", "people"),
        ],
    ),
]


class BackOffice(UnfoldAdminSite):
    """Unfold's site, with our menu, our login and a first page that says what needs a person."""

    index_title = gettext_lazy("Overzicht")
    index_template = "backoffice/index.html"
    site_url = None
    enable_nav_sidebar = True

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        context = {**self.each_context(request), "title": self.index_title, **overview(), **(extra_context or {})}
        request.current_app = self.name
        return TemplateResponse(request, self.index_template, context)

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Callable[..., HttpResponse]:
        """A page of the back office: for staff, and of staff for those whose role it is (`roles.py`)."""
        guarded: Callable[..., HttpResponse] = super().admin_view(self._for_its_roles(view), cacheable)
        return guarded

    def get_urls(self) -> list[URLPattern | URLResolver]:
        discounts = path("kortingen/", self.admin_view(self.discounts), name="discounts")
        log = path("wijzigingen/", self.admin_view(self.log_of_changes), name="history")
        people_pages = [
            path("personen/", self.admin_view(self.people), name="people"),
            path("personen/bestand/", self.admin_view(pressed(self.people_export, "people")), name="people_export"),
            path("personen/wissen/", self.admin_view(pressed(self.people_forget, "people")), name="people_forget"),
        ]
        newsletter_pages = [
            path("nieuwsbrief/", self.admin_view(self.newsletter), name="newsletter"),
            path(
                "nieuwsbrief/bestand/",
                self.admin_view(pressed(self.newsletter_export, "newsletter")),
                name="newsletter_export",
            ),
        ]
        vitals = path("toestand/", self.admin_view(self.vitals), name="vitals")
        return [discounts, log, vitals, *people_pages, *newsletter_pages, *super().get_urls()]

    def people(self, request: HttpRequest) -> TemplateResponse:
        """What we keep of somebody, by their address; sent as a form, so that the address stands in no log."""
        request.current_app = self.name
        context = {**self.each_context(request), "title": gettext_lazy("Inzage en wissen"), **people.page(request)}
        return TemplateResponse(request, "backoffice/people.html", context)

    def people_export(self, request: HttpRequest) -> HttpResponse:
        """All of it as a file."""
        form = people.AddressForm(request.POST)
        made = people.export_file(request, form.cleaned_data["email"], timezone.now()) if form.is_valid() else None
        return made or self.people(request)

    def people_forget(self, request: HttpRequest) -> HttpResponse:
        """Have them forgotten."""
        form = people.AddressForm(request.POST)
        if not form.is_valid():
            return self.people(request)
        people.forget(request, form.cleaned_data["email"], timezone.now())
        return redirect(f"{self.name}:people")

    def newsletter(self, request: HttpRequest) -> TemplateResponse:
        """Who wants our newsletter, and what people wait for."""
        request.current_app = self.name
        context = {**self.each_context(request), "title": gettext_lazy("Wie mail wil"), **newsletter.page()}
        return TemplateResponse(request, "backoffice/newsletter.html", context)

    def newsletter_export(self, request: HttpRequest) -> HttpResponse:
        """Every confirmed address as a file; who took it stands in the log."""
        log.info("the addresses of the newsletter were exported by %s", staff(request).public_id)
        return newsletter.export_file()

    def vitals(self, request: HttpRequest) -> TemplateResponse:
        """How everything is: a light, and what was measured."""
        found = vitals_page(request.GET.get("periode", ""), with_money=may_see(request.user, "balances"))
        request.current_app = self.name
        context = {**self.each_context(request), "title": gettext_lazy("Toestand"), **found}
        return TemplateResponse(request, "backoffice/vitals.html", context)

    def log_of_changes(self, request: HttpRequest) -> TemplateResponse:
        """Who changed what: everything that is logged."""
        number = request.GET.get("pagina", "")
        found = history.page(int(number) if number.isascii() and number.isdigit() and 0 < int(number) < 10_000 else 1)
        request.current_app = self.name
        context = {**self.each_context(request), "title": gettext_lazy("Wie veranderde wat"), **found}
        return TemplateResponse(request, "backoffice/history.html", context)

    def discounts(self, request: HttpRequest) -> TemplateResponse:
        found = discounts_page(timezone.localdate(), request.GET.get("product", ""))
        request.current_app = self.name
        context = {**self.each_context(request), "title": gettext_lazy("Kortingen"), **found}
        return TemplateResponse(request, "backoffice/discounts.html", context)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """With the pages that a member of staff has besides, who also works somewhere or draws."""
        user = request.user
        mine: dict[str, Any] = {}
        if isinstance(user, User):
            mine = {"works": bool(producers_of(user)), "has_shares": bool(partners_with_sums(user))}
        return {**super().each_context(request), **mine, "site_url": None, "may": May(user)}

    def _for_its_roles(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def looked_at(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            name = request.resolver_match.url_name if request.resolver_match else ""
            may = may_see if request.method in ("GET", "HEAD", "OPTIONS") else may_act
            if not may(request.user, name):
                return self.not_your_role(request)
            return view(request, *args, **kwargs)

        return looked_at

    def not_your_role(self, request: HttpRequest) -> HttpResponse:
        """What staff read whose role an address is not."""
        context = {**self.each_context(request), "title": gettext_lazy("Dit hoort niet bij jouw rol")}
        request.current_app = self.name
        return TemplateResponse(request, "backoffice/not_your_role.html", context, status=403)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """How one logs in is changed where everybody does."""
        return redirect("mfa_index")

    password_change_done = password_change

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        groups: list[dict[str, Any]] = [
            {
                "title": title,
                "separator": position > 0,
                "items": [
                    {"title": name, "icon": icon, "link": reverse_lazy(f"{self.name}:{address}")}
                    for name, icon, address in items
                    if may_see(request.user, address)
                ],
            }
            for position, (title, items) in enumerate(NAVIGATION)
        ]
        groups = [group for group in groups if group["items"]]
        for group in groups:
            group["items"] = self._get_navigation_items(request, group["items"], [])
        _keep_nearest([item for group in groups for item in group["items"] if item["active"]])
        return groups

    def app_index(
        self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Django's list of the tables of an app: how our tables are grouped is no page for anybody."""
        return redirect(f"{self.name}:index")

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The login of the house; who is logged in and is no staff is told so, and shown the way out."""
        if request.user.is_authenticated and not self.has_permission(request):
            return TemplateResponse(request, "backoffice/not_for_you.html", status=403)
        following = request.GET.get("next") or reverse(f"{self.name}:index")
        return redirect(f"{reverse('account_login')}?{urlencode({'next': following})}")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        logout(request)
        return redirect("account_login")


def _keep_nearest(active: list[dict[str, Any]]) -> None:
    """One room is the present one: the accounts lie at an address within that of the entries, and are not both."""
    for further in sorted(active, key=lambda item: len(str(item["link"])))[:-1]:
        further["active"] = False


back_office = BackOffice(name="backoffice")
