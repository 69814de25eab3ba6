"""Invoices and credit notes: the list with its sums, one of them, making, crediting and sending one."""

from collections.abc import Callable, Mapping
from functools import partial
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

from fulfilment.companies.models import Company
from fulfilment.entrypoints.backoffice.base import Room, attempt, label, pressed, staff
from fulfilment.entrypoints.backoffice.invoice_forms import BuyerForm, CompanyChoice, InvoiceForm, filled_in
from fulfilment.entrypoints.backoffice.site import back_office
from fulfilment.entrypoints.documents.invoice import invoice_content, invoice_pdf
from fulfilment.entrypoints.form_keys import given_key, new_key
from fulfilment.errors import Refusal
from fulfilment.flows import credit_invoice, make_invoice, send_invoice
from fulfilment.invoices.document import Document
from fulfilment.invoices.models import Invoice, Sending
from fulfilment.invoices.queries import document_of, standing, sums
from fulfilment.money import written
from fulfilment.orders.models import Order, Refund

TONES = {"queued": "busy", "sent": "busy", "delivered": "done", "refused": "alert"}


class SentFilter(admin.SimpleListFilter):
    """How far a document is on its way."""

    title = gettext_lazy("verzending")
    parameter_name = "verzending"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("none", _("Nog niet verstuurd")), *((state.value, str(state.label)) for state in Sending.State)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Invoice]) -> QuerySet[Invoice]:
        chosen = self.value()
        if chosen == "none":
            return queryset.filter(sending=None)
        return queryset.filter(sending__state=chosen) if chosen else queryset


@admin.register(Invoice, site=back_office)
class InvoiceRoom(Room):
    change_list_template = "backoffice/invoices.html"
    list_display = ("number", "kind_label", "issued_on", "buyer_name", "of_order", "net", "vat", "total", "sent")
    list_display_links = ("number",)
    list_filter = ("kind", SentFilter, "issued_on")
    search_fields = ("number", "buyer_name", "buyer_vat_number", "buyer_legal_number", "order__number", "structured")
    search_help_text = gettext_lazy("Zoek op nummer, koper, bestelling of mededeling")
    ordering = ("-issued_on", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invoice]:
        found: QuerySet[Invoice] = super().get_queryset(request)
        return found.select_related("order", "sending").defer("xml")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """With the sums of what is chosen, credit notes taken off."""
        answer = super().changelist_view(request, extra_context)
        if isinstance(answer, TemplateResponse) and answer.context_data and "cl" in answer.context_data:
            answer.context_data["sums"] = sums(answer.context_data["cl"].queryset)
        return answer

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        """A structured communication is found as people copy it: `+++926/0000/00152+++`."""
        plain = search_term.translate(str.maketrans("", "", "+/"))
        return super().get_search_results(request, queryset, plain)

    @admin.display(description=gettext_lazy("soort"), ordering="kind")
    def kind_label(self, invoice: Invoice) -> SafeString:
        return label(invoice.get_kind_display(), "alert" if invoice.is_credit else "plain")

    @admin.display(description=gettext_lazy("bestelling"), ordering="order__number")
    def of_order(self, invoice: Invoice) -> str:
        return str(invoice.order)

    @admin.display(description=gettext_lazy("zonder btw"), ordering="net_minor")
    def net(self, invoice: Invoice) -> str:
        return _signed(invoice, invoice.net_minor)

    @admin.display(description=gettext_lazy("btw"), ordering="vat_minor")
    def vat(self, invoice: Invoice) -> str:
        return _signed(invoice, invoice.vat_minor)

    @admin.display(description=gettext_lazy("totaal"), ordering="whole_minor")
    def total(self, invoice: Invoice) -> str:
        return _signed(invoice, invoice.whole_minor)

    @admin.display(description=gettext_lazy("verzending"))
    def sent(self, invoice: Invoice) -> SafeString:
        return sending_label(invoice)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        pages: dict[str, tuple[str, Callable[..., HttpResponse]]] = {
            "make": ("maken/<int:order>/", self.make_view),
            "credit": ("crediteren/<int:order>/<str:refund>/", self.credit_view),
            "rebill": ("<int:pk>/rebill/", self.rebill_view),
            "take_back": ("<int:pk>/take_back/", self.take_back_view),
            "pdf": ("<int:pk>/pdf/", partial(self.file_view, "pdf")),
            "xml": ("<int:pk>/xml/", partial(self.file_view, "xml")),
            "send": ("<int:pk>/send/", pressed(self.send_view, "invoices_invoice_change")),
        }
        own = [path(address, wrap(view), name=f"invoices_invoice_{name}") for name, (address, view) in pages.items()]
        urls: list[URLPattern] = super().get_urls()
        return [*own, *urls]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        invoice: Invoice | None = self.get_object(request, object_id)
        if invoice is None:
            raise Http404
        sending: Sending | None = getattr(invoice, "sending", None)
        context = {
            "invoice": invoice,
            "told": invoice_content(document_of(invoice), invoice.language),
            "sending": sending,
            "sending_label": sending_label(invoice),
            "steps": [(step, Sending.State(step.state).label) for step in sending.steps.all()] if sending else [],
            "route": send_invoice.route_of(invoice).label,
            "may_be_sent": sending is None or sending.state == Sending.State.REFUSED,
            "why_not_whole": "" if invoice.is_credit else credit_invoice.why_not_whole(invoice),
            "notes": list(invoice.credit_notes.all()),
            "issued_by": invoice.issued_by,
            "digest": " ".join(invoice.digest[at : at + 8] for at in range(0, len(invoice.digest), 8)),
        }
        title = f"{invoice.get_kind_display()} {invoice.number}"
        return self._page(request, "backoffice/invoice.html", title, context)

    def make_view(self, request: HttpRequest, order: int) -> HttpResponse:
        """Fill in (GET), look at what it says (POST), make it (POST with what was seen)."""
        found = get_object_or_404(Order, pk=order)
        chosen = CompanyChoice(request.POST if request.method == "POST" else request.GET)
        company = chosen.cleaned_data["company"] if chosen.is_valid() else None
        if request.method == "GET" and "company" not in request.GET:
            company = make_invoice.company_of(found)
        form = InvoiceForm(found, company, request.POST or None)
        context = self._about_order(found, company, form)
        if request.method == "POST" and form.is_valid():
            seen, key, now = request.POST.get("seen", ""), given_key(request.POST), timezone.now()
            try:
                if seen and key:
                    made = make_invoice.make(
                        found.pk, form.wanted(), form_key=key, seen=seen, by=staff(request), now=now
                    )
                    return self._made(request, made)
                context |= self._preview(make_invoice.draft(found, form.wanted(), now=now), found)
            except Refusal as refused:
                context["refused"] = refused.message
        title = _("Factuur maken van bestelling %(number)s") % {"number": found.number}
        return self._page(request, "backoffice/invoice_make.html", title, context)

    def credit_view(self, request: HttpRequest, order: int, refund: str) -> HttpResponse:
        """Look at the credit note of a refund (GET), make it (POST)."""
        found = get_object_or_404(Refund, order_id=order, name=refund)
        try:
            if request.method == "POST":
                seen = request.POST.get("seen", "")
                made = credit_invoice.credit_refund(found.name, seen=seen, by=staff(request), now=timezone.now())
                return self._made(request, made)
            credit = credit_invoice.of_refund(found, now=timezone.now())
        except Refusal as refused:
            messages.error(request, refused.message)
            return redirect("backoffice:orders_order_change", order)
        told = invoice_content(credit.document, found.order.language)
        context = {"order": found.order, "told": told, "seen": credit.seen, "press": _("Creditnota maken")}
        about = _("Bij factuur %(number)s, voor wat er terugging.") % {"number": credit.of.number}
        return self._page(request, "backoffice/invoice_ask.html", _("Creditnota"), {**context, "about": about})

    def take_back_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take an invoice back whole: asked (GET), done (POST)."""
        invoice = get_object_or_404(Invoice, pk=pk, kind=Invoice.Kind.INVOICE)
        if request.method == "POST":
            try:
                return self._made(
                    request, credit_invoice.credit_whole(invoice.pk, by=staff(request), now=timezone.now())
                )
            except Refusal as refused:
                messages.error(request, refused.message)
                return redirect("backoffice:invoices_invoice_change", pk)
        title = _("Factuur %(number)s terugnemen") % {"number": invoice.number}
        about = _("Er komt een creditnota van de hele factuur. De bestelling kan daarna opnieuw gefactureerd worden.")
        told = invoice_content(document_of(invoice), invoice.language)
        context = {"order": invoice.order, "told": told, "about": about, "press": _("Factuur terugnemen")}
        return self._page(request, "backoffice/invoice_ask.html", title, context)

    def rebill_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The same invoice for another buyer, as for who gives a VAT number too late."""
        invoice = get_object_or_404(Invoice, pk=pk, kind=Invoice.Kind.INVOICE)
        chosen = CompanyChoice(request.POST if request.method == "POST" else request.GET)
        company = chosen.cleaned_data["company"] if chosen.is_valid() else None
        buyer = make_invoice.buyer_of(invoice.order, company) if company else document_of(invoice).buyer
        form = BuyerForm(request.POST or None, initial=filled_in(buyer))
        if request.method == "POST" and form.is_valid() and (key := given_key(request.POST)):
            given = {name: form.cleaned_data[name] for name in ("buyer_reference", "order_reference")}
            company_id = company.pk if company else None
            try:
                made = credit_invoice.rebill(
                    invoice.pk,
                    form.buyer(),
                    company_id=company_id,
                    form_key=key,
                    by=staff(request),
                    now=timezone.now(),
                    **given,
                )
                return self._made(request, made)
            except Refusal as refused:
                messages.error(request, refused.message)
        context = {
            "invoice": invoice,
            "order": invoice.order,
            "form": form,
            "plain_fields": form.visible_fields(),
            "choice": CompanyChoice(initial={"company": company}),
            "company": company,
            "form_key": given_key(request.POST) or new_key(),
            "about": _(
                "Er komt een creditnota van deze factuur, en dezelfde factuur voor deze koper. De bedragen blijven."
            ),
            "press": _("Crediteren en opnieuw factureren"),
        }
        title = _("Factuur %(number)s voor een andere koper") % {"number": invoice.number}
        return self._page(request, "backoffice/invoice_make.html", title, context)

    def send_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Have it sent."""
        done = _("Ze wordt verstuurd.")
        attempt(request, lambda: send_invoice.send(pk, by=staff(request), now=timezone.now()) and None, done)
        return redirect("backoffice:invoices_invoice_change", pk)

    def file_view(self, name: str, request: HttpRequest, pk: int) -> HttpResponse:
        """The original, or what is made of it for people."""
        invoice = get_object_or_404(Invoice, pk=pk)
        content, media = (
            (bytes(invoice.xml), "application/xml") if name == "xml" else (invoice_pdf(invoice), "application/pdf")
        )
        answer = HttpResponse(content, content_type=media)
        answer["Content-Disposition"] = f'attachment; filename="{invoice.number}.{name}"'
        return answer

    def _about_order(self, order: Order, company: Company | None, form: InvoiceForm) -> dict[str, Any]:
        return {
            "order": order,
            "form": form,
            "plain_fields": form.plain_fields(),
            "units_fields": form.units_fields(),
            "choice": CompanyChoice(initial={"company": company}),
            "company": company,
            "before": standing(order.pk),
            "form_key": given_key(form.data) or new_key(),
            "about": _("Wat er op de factuur komt, zie je voor ze gemaakt wordt. Daarna verandert ze nooit meer."),
            "press": _("Bekijk wat erop komt"),
        }

    def _preview(self, draft: make_invoice.Draft, order: Order) -> dict[str, Any]:
        return {
            "told": invoice_content(draft.document, order.language),
            "seen": draft.seen,
            "goes": _goes(draft.document),
            "cents": written(draft.document.rounding, order.currency) if draft.document.rounding else "",
        }

    def _made(self, request: HttpRequest, made: Invoice) -> HttpResponse:
        messages.success(request, _("%(number)s is gemaakt.") % {"number": made.number})
        return redirect("backoffice:invoices_invoice_change", made.pk)

    def _page(self, request: HttpRequest, template: str, title: str, context: Mapping[str, Any]) -> HttpResponse:
        common = {**self.admin_site.each_context(request), "title": title, "opts": Invoice._meta}
        request.current_app = self.admin_site.name
        return TemplateResponse(request, template, {**common, **context})


def sending_label(invoice: Invoice) -> SafeString:
    """How far a document is on its way."""
    sending: Sending | None = getattr(invoice, "sending", None)
    if sending is None:
        return label(_("Nog niet verstuurd"), "busy")
    return label(sending.get_state_display(), TONES[sending.state])


def _goes(document: Document) -> str:
    if document.buyer.is_belgian:
        return _("Ze gaat over Peppol naar %(number)s.") % {"number": document.buyer.legal_number}
    return _("Ze gaat per mail naar %(email)s, als PDF en XML.") % {"email": document.buyer.email}


def _signed(invoice: Invoice, minor: int) -> str:
    return written(-minor if invoice.is_credit else minor, invoice.currency)


def invoices_of(order: Order) -> dict[str, Any]:
    """What the page of an order shows: its documents, and refunds that have no credit note yet."""
    found = Invoice.objects.filter(order=order).select_related("sending").defer("xml").order_by("pk")
    return {
        "invoices": [(one, _signed(one, one.whole_minor), sending_label(one)) for one in found],
        "refunds_to_credit": credit_invoice.to_credit(order),
    }
