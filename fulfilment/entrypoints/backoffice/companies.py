"""Businesses that buy on a price list: the list, one company with all that is known of it, and deciding about it."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfilment.companies import life
from fulfilment.companies.models import Company
from fulfilment.companies.queries import last_check
from fulfilment.entrypoints.backoffice.base import Room, attempt, label, moment, pressed, staff
from fulfilment.entrypoints.backoffice.company_forms import (
    ApplicationForm,
    DetailsForm,
    InviteForm,
    ReasonForm,
    TermsForm,
)
from fulfilment.entrypoints.backoffice.company_page import MOVES, TONES, company_page, number_of, vat_label
from fulfilment.entrypoints.backoffice.site import back_office
from fulfilment.entrypoints.form_keys import given_key, new_key
from fulfilment.errors import Refusal
from fulfilment.flows import apply_company, check_vat, decide_company, invite_member, leave_company

Form = Callable[[HttpRequest, Company], HttpResponse]


@admin.register(Company, site=back_office)
class CompanyRoom(Room):
    list_display = ("name", "state_label", "number", "vat", "acting", "applied")
    list_filter = ("state",)
    search_fields = ("name", "legal_number", "vat_number", "applications__contact_name", "applications__email")
    search_help_text = gettext_lazy("Zoek op naam, nummer of contact")
    ordering = ("-applied_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Company]:
        found: QuerySet[Company] = super().get_queryset(request)
        acting = Count("members", filter=Q(members__left_at=None), distinct=True)
        return found.select_related("parent").annotate(acting_now=acting)

    @admin.display(description=gettext_lazy("stand"), ordering="state")
    def state_label(self, company: Company) -> SafeString:
        return label(company.get_state_display(), TONES[company.state])

    @admin.display(description=gettext_lazy("nummer"), ordering="legal_number")
    def number(self, company: Company) -> str:
        return number_of(company)

    @admin.display(description=gettext_lazy("btw volgens VIES"))
    def vat(self, company: Company) -> SafeString | str:
        return vat_label(company, last_check(company))

    @admin.display(description=gettext_lazy("leden"), ordering="acting_now")
    def acting(self, company: Company) -> SafeString | str:
        count: int = company.acting_now  # type: ignore[attr-defined]
        return label(_("Nog niemand"), "plain") if company.state in life.OPEN and not count else str(count)

    @admin.display(description=gettext_lazy("aangevraagd"), ordering="applied_at")
    def applied(self, company: Company) -> str:
        return moment(company.applied_at)

    def get_urls(self) -> list[URLPattern]:
        forms: dict[str, Form] = {
            "approve": partial(self.terms_view, is_new=True),
            "terms": partial(self.terms_view, is_new=False),
            "details": self.details_view,
            "invite": self.invite_view,
            **{name: partial(self.reason_view, name) for name in MOVES},
        }
        buttons: dict[str, Form] = {
            "withdraw": self.withdraw,
            "let_go": self.let_go,
            "check": self.ask_vies,
        }
        wrap = self.admin_site.admin_view
        of_company = partial(self._of_company)
        own = [
            path(f"<int:pk>/{name}/", wrap(partial(of_company, view)), name=f"companies_company_{name}")
            for name, view in forms.items()
        ]
        own += [
            path(
                f"<int:pk>/{name}/",
                wrap(pressed(partial(of_company, view), "companies_company_change")),
                name=f"companies_company_{name}",
            )
            for name, view in buttons.items()
        ]
        own.append(path("add/", wrap(self.adding_view), name="companies_company_add"))
        urls: list[URLPattern] = super().get_urls()
        return [*own, *(url for url in urls if url.name != "companies_company_add")]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        company = self._found(request, object_id)
        return self._page(request, "backoffice/company.html", company, company_page(company, now=timezone.now()))

    def adding_view(self, request: HttpRequest) -> HttpResponse:
        """An application that somebody made by telephone, or a division of a company that buys."""
        form = ApplicationForm(request.POST or None, initial={"form_key": new_key()})
        if request.method == "POST" and form.is_valid() and (company := self._asked(request, form)):
            return redirect("backoffice:companies_company_change", company.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Bedrijf toevoegen"),
            "opts": Company._meta,
            "form": form,
            "about": _("Het komt op de lijst als een aanvraag. Keur het daarna goed met zijn voorwaarden."),
            "press": _("Toevoegen"),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "backoffice/company_form.html", context)

    def _asked(self, request: HttpRequest, form: ApplicationForm) -> Company | None:
        made: list[Company] = []

        def ask() -> None:
            key, by, now = given_key(request.POST), staff(request), timezone.now()
            if not key:
                raise Refusal(_("Open deze pagina opnieuw en vul ze nog eens in."), code="NO_KEY")
            parent = form.cleaned_data["parent"]
            found = apply_company.ask(key, form.asked(), language="nl", now=now, by=by, parent=parent)
            made.append(found)

        attempt(request, ask, _("Toegevoegd. Wie het contact is, kreeg een mail dat we het bekijken."))
        return next(iter(made), None)

    def terms_view(self, request: HttpRequest, company: Company, *, is_new: bool) -> HttpResponse:
        """Approve a company, or change on what terms it buys."""
        form = TermsForm(company, request.POST or None)
        if request.method == "POST" and form.is_valid():
            by, now, terms = staff(request), timezone.now(), form.terms()
            if is_new:
                done = _("Goedgekeurd. Het contact kreeg een mail met hoe het begint.")
                went_well = attempt(request, lambda: decide_company.approve(company.pk, terms, by=by, now=now), done)
            else:
                seen = request.POST.get("seen", "")
                done = _("Bewaard. Het geldt voor wat vanaf nu besteld wordt.")
                went_well = attempt(
                    request, lambda: decide_company.change_terms(company.pk, terms, seen=seen, now=now), done
                )
            if went_well:
                return self._back(company)
        return self._asking(
            request,
            company,
            form,
            title=_("%(name)s goedkeuren") if is_new else _("Voorwaarden van %(name)s"),
            about=_("Alle bedragen zijn zonder btw."),
            press=_("Goedkeuren") if is_new else _("Bewaren"),
            seen=decide_company.terms_seen(company),
            saleor_is_away=form.saleor_is_away,
        )

    def reason_view(self, event: str, request: HttpRequest, company: Company) -> HttpResponse:
        """Refuse, suspend, let go on or end: with a reason where somebody reads one."""
        words = MOVES[event]
        form = ReasonForm(request.POST if request.method == "POST" else None, needed=words.needs_reason)
        if form.is_valid():
            reason, by, now = form.cleaned_data["reason"], staff(request), timezone.now()
            do = decide_company.refuse if event == "refuse" else partial(decide_company.move, event=event)
            if attempt(request, lambda: do(company.pk, reason=reason, by=by, now=now), str(words.done)):
                return self._back(company)
        return self._asking(
            request, company, form, title=str(words.title), about=str(words.about), press=str(words.press)
        )

    def details_view(self, request: HttpRequest, company: Company) -> HttpResponse:
        """Another name, or other numbers."""
        known = {name: getattr(company, name) for name in ("name", "legal_number", "vat_number")}
        form = DetailsForm(request.POST or None, initial=known)
        form.is_division = company.parent_id is not None
        if request.method == "POST" and form.is_valid():
            name, numbers, now = form.cleaned_data["name"], form.numbers(), timezone.now()
            if attempt(request, lambda: decide_company.correct(company.pk, name, numbers, now=now), _("Bewaard.")):
                return self._back(company)
        about = _("Een ander btw-nummer zoeken we opnieuw op bij VIES.")
        return self._asking(request, company, form, title=_("Gegevens van %(name)s"), about=about, press=_("Bewaren"))

    def invite_view(self, request: HttpRequest, company: Company) -> HttpResponse:
        """Ask somebody to act for it, on its behalf."""
        form = InviteForm(request.POST or None, initial={"form_key": new_key()})
        if request.method == "POST" and form.is_valid() and self._invited(request, company, form):
            return self._back(company)
        about = _("Wie je uitnodigt, krijgt een mail met een link die veertien dagen geldt.")
        return self._asking(
            request, company, form, title=_("Iemand uitnodigen bij %(name)s"), about=about, press=_("Uitnodigen")
        )

    def _invited(self, request: HttpRequest, company: Company, form: InviteForm) -> bool:
        def invite() -> None:
            key, by, now = given_key(request.POST), staff(request), timezone.now()
            if not key:
                raise Refusal(_("Open deze pagina opnieuw en vul ze nog eens in."), code="NO_KEY")
            wrong = invite_member.invite(company.pk, key, form.invited(), language="nl", now=now, by=by)
            for told in wrong.values():
                raise Refusal(told)

        return attempt(request, invite, _("Uitgenodigd."))

    def withdraw(self, request: HttpRequest, company: Company) -> HttpResponse:
        """The link of an invitation opens nothing any more."""
        name = request.POST.get("invitation", "")
        attempt(
            request,
            lambda: invite_member.withdraw(company.pk, name, now=timezone.now()),
            _("Ingetrokken: de link opent niets meer."),
        )
        return self._back(company)

    def let_go(self, request: HttpRequest, company: Company) -> HttpResponse:
        """Somebody acts for it no longer."""
        name = request.POST.get("member", "")
        done = _("Die persoon hoort er niet meer bij, en kreeg een mail.")
        attempt(
            request,
            lambda: leave_company.let_go(company.pk, name, asked_by=None, now=timezone.now()),
            done,
        )
        return self._back(company)

    def ask_vies(self, request: HttpRequest, company: Company) -> HttpResponse:
        """VIES is asked anew, in the background."""
        done = _("We vragen het aan VIES. Het antwoord staat hier zodra het er is.")
        attempt(request, lambda: check_vat.ask(company, now=timezone.now()), done)
        return self._back(company)

    def _of_company(self, view: Form, request: HttpRequest, pk: int) -> HttpResponse:
        return view(request, self._found(request, str(pk)))

    def _found(self, request: HttpRequest, object_id: str) -> Company:
        company: Company | None = self.get_object(request, object_id)
        if company is None:
            raise Http404
        return company

    def _back(self, company: Company) -> HttpResponse:
        return redirect("backoffice:companies_company_change", company.pk)

    def _asking(self, request: HttpRequest, company: Company, form: Any, *, title: str, **context: Any) -> HttpResponse:
        named = title % {"name": company.name}
        return self._page(request, "backoffice/company_form.html", company, {"form": form, **context, "title": named})

    def _page(self, request: HttpRequest, template: str, company: Company, context: Mapping[str, Any]) -> HttpResponse:
        common = {**self.admin_site.each_context(request), "title": company.name, "opts": Company._meta}
        request.current_app = self.admin_site.name
        return TemplateResponse(request, template, {**common, "company": company, **context})
