"""Paying by bank: look at the plan, keep it, approve it, hand the file to the bank, confirm what the bank did."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core import signing
from django.db.models import Count, Q, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfilment.entrypoints.backoffice.base import Room, attempt, label, moment, pressed, staff
from fulfilment.entrypoints.backoffice.batch_page import NOT_PAID, TONES, batch_page
from fulfilment.entrypoints.backoffice.plan_page import AsOfForm, plan_page, what_was_collected
from fulfilment.entrypoints.backoffice.site import back_office
from fulfilment.errors import Refusal
from fulfilment.flows import order_payouts, plan_payouts, settle_payouts
from fulfilment.flows.collect_money import collect_money
from fulfilment.flows.release_shares import release_shares
from fulfilment.gateways.stripe.connect import connected
from fulfilment.money import written
from fulfilment.payouts.models import BankFile, Batch, Payout

View = Callable[..., HttpResponse]

TICKET = "bestand"
TICKET_SECONDS = 60
_TICKETS = signing.TimestampSigner(salt="payouts.bank_file")


class ReasonForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Wat zegt de bank?"), max_length=settle_payouts.LONGEST_REASON)


@admin.register(Batch, site=back_office)
class BatchRoom(Room):
    change_list_template = "backoffice/batches.html"
    list_display = ("day", "total", "count", "stage", "planned", "approved")
    list_filter = ("state",)
    search_fields = ("public_id", "payouts__partner__name", "payouts__refund__order__number", "payouts__public_id")
    ordering = ("-planned_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Batch]:
        batches: QuerySet[Batch] = super().get_queryset(request)
        paid = Sum("payouts__amount_minor", filter=~Q(payouts__state__in=NOT_PAID), default=0)
        return batches.annotate(paid=paid, payees=Count("payouts")).select_related("approved_by")

    @admin.display(description=gettext_lazy("tot en met"), ordering="as_of")
    def day(self, batch: Batch) -> str:
        return batch.as_of.strftime("%d/%m/%Y")

    @admin.display(description=gettext_lazy("totaal"), ordering="paid")
    def total(self, batch: Batch) -> str:
        return written(getattr(batch, "paid", 0), batch.currency)

    @admin.display(description=gettext_lazy("betalingen"), ordering="payees")
    def count(self, batch: Batch) -> int:
        return int(getattr(batch, "payees", 0))

    @admin.display(description=gettext_lazy("stand"), ordering="state")
    def stage(self, batch: Batch) -> SafeString:
        return label(batch.get_state_display(), TONES[batch.state])

    @admin.display(description=gettext_lazy("gepland"), ordering="planned_at")
    def planned(self, batch: Batch) -> str:
        return moment(batch.planned_at)

    @admin.display(description=gettext_lazy("goedgekeurd door"))
    def approved(self, batch: Batch) -> str:
        return str(batch.approved_by or "")

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        buttons: list[tuple[str, View, str, str]] = [
            ("plan/vastleggen/", self.create_view, "create", "plan"),
            ("plan/vrijgeven/", self.release_view, "release", "plan"),
            ("plan/ophalen/", self.collect_view, "collect", "plan"),
            ("<int:pk>/laat-vallen/", self.cancel_view, "cancel", "change"),
            ("<int:pk>/bevestig/<slug:payout>/", self.confirm_one_view, "confirm_one", "change"),
        ]
        shown: list[tuple[str, View, str]] = [
            ("plan/", self.plan_view, "plan"),
            ("<int:pk>/goedkeuren/", self.approve_view, "approve"),
            ("<int:pk>/bevestigen/", self.confirm_view, "confirm"),
            ("<int:pk>/mislukt/<slug:payout>/", self.fail_view, "fail"),
            ("<int:pk>/teruggekomen/<slug:payout>/", self.return_view, "return"),
            ("<int:pk>/intrekken/", self.withdraw_view, "withdraw"),
            ("<int:pk>/bestand/", self.file_view, "file"),
        ]
        urls: list[URLPattern] = super().get_urls()
        return [
            *(
                path(route, wrap(pressed(view, f"payouts_batch_{page}")), name=f"payouts_batch_{name}")
                for route, view, name, page in buttons
            ),
            *(path(route, wrap(view), name=f"payouts_batch_{name}") for route, view, name in shown),
            *urls,
        ]

    def plan_view(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, "backoffice/plan.html", plan_page(request))

    def create_view(self, request: HttpRequest) -> HttpResponse:
        as_of = _as_of(request)
        made: list[Batch | None] = []
        if as_of is None or not attempt(
            request,
            lambda: made.append(plan_payouts.create_batch(as_of=as_of, by=staff(request), now=timezone.now())),
            _("Het plan is bewaard. Kijk het na en keur het goed."),
        ):
            return _to_plan(as_of)
        return redirect("backoffice:payouts_batch_change", made[0].pk) if made[0] else _to_plan(as_of)

    def release_view(self, request: HttpRequest) -> HttpResponse:
        """Release what may be released by that day, before planning."""
        as_of = _as_of(request)
        if as_of is not None:
            attempt(request, lambda: _released(release_shares(as_of=as_of, now=timezone.now())))
        return _to_plan(as_of)

    def collect_view(self, request: HttpRequest) -> HttpResponse:
        """Have Stripe send its money to the bank."""
        attempt(request, lambda: what_was_collected(collect_money(connected(), by=staff(request), now=timezone.now())))
        return _to_plan(_as_of(request))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        batch: Batch | None = self.get_object(request, object_id)
        if batch is None:
            raise Http404
        context = batch_page(batch, staff(request))
        if _handed_out(request, batch) is not None:
            context["download"] = (
                f"{reverse('backoffice:payouts_batch_file', args=[batch.pk])}?{request.GET.urlencode()}"
            )
        return self._page(request, "backoffice/batch.html", context)

    def approve_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = _found(pk)
        if request.method != "POST" and (
            why := order_payouts.why_another(batch, list(batch.payouts.all()), staff(request))
        ):
            messages.error(request, why)  # no form that can only be refused
            return redirect("backoffice:payouts_batch_change", pk)
        return self._asked(
            request,
            batch,
            "approve",
            lambda batch: order_payouts.approve(batch=batch.public_id, by=staff(request), now=timezone.now()),
            _("Goedgekeurd. Haal het bestand op en geef het aan de bank."),
        )

    def confirm_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._asked(
            request,
            _found(pk),
            "confirm",
            lambda batch: settle_payouts.confirm(batch=batch.public_id, by=staff(request), now=timezone.now()),
            _who_was_paid(pk),
        )

    def _asked(
        self, request: HttpRequest, batch: Batch, what: str, do: Callable[[Batch], object], done: str
    ) -> HttpResponse:
        """A page that asks first (GET), and then does it (POST)."""
        if request.method == "POST":
            attempt(request, lambda: do(batch), done)
            return redirect("backoffice:payouts_batch_change", batch.pk)
        return self._page(request, "backoffice/batch_ask.html", {**batch_page(batch, staff(request)), "what": what})

    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = _found(pk)
        attempt(
            request,
            lambda: plan_payouts.cancel(batch=batch.public_id, by=staff(request), now=timezone.now()),
            _("Het plan is weg. Er ging geen geld weg."),
        )
        return redirect("backoffice:payouts_batch_change", pk)

    def confirm_one_view(self, request: HttpRequest, pk: int, payout: str) -> HttpResponse:
        batch = _found(pk)
        is_customer = batch.payouts.filter(public_id=payout, refund__isnull=False).exists()
        attempt(
            request,
            lambda: settle_payouts.confirm(batch=batch.public_id, payout=payout, by=staff(request), now=timezone.now()),
            _("Bevestigd: deze klant is terugbetaald.") if is_customer else _("Bevestigd: deze partner is betaald."),
        )
        return redirect("backoffice:payouts_batch_change", pk)

    def fail_view(self, request: HttpRequest, pk: int, payout: str) -> HttpResponse:
        """Ask what the bank said (GET), then give the money back to the partner's balance (POST)."""
        return self._with_reason(
            request, _found(pk), payout, "fail", settle_payouts.fail, settle_payouts.why_not_failed
        )

    def return_view(self, request: HttpRequest, pk: int, payout: str) -> HttpResponse:
        """The same for what the bank sent back after it was confirmed."""
        return self._with_reason(
            request, _found(pk), payout, "return", settle_payouts.take_back, settle_payouts.why_not_returned
        )

    def _with_reason(
        self,
        request: HttpRequest,
        batch: Batch,
        payout: str,
        what: str,
        do: Callable[..., object],
        why_not: Callable[[Payout], str],
    ) -> HttpResponse:
        row = batch.payouts.filter(public_id=payout).select_related("partner", "refund__order", "batch").first()
        if row is None:
            raise Http404
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            asked = {"reason": form.cleaned_data["reason"], "by": staff(request), "now": timezone.now()}
            attempt(
                request,
                lambda: do(batch=batch.public_id, payout=payout, **asked),
                _("Geboekt. Het bedrag staat weer klaar voor een volgende ronde.")
                if row.refund is None
                else _("Geboekt. De klant krijgt een mail om een andere rekening op te geven."),
            )
            return redirect("backoffice:payouts_batch_change", batch.pk)
        if refused := why_not(row):  # no form that can only be refused
            messages.error(request, refused)
            return redirect("backoffice:payouts_batch_change", batch.pk)
        context = {**batch_page(batch, staff(request)), "payout": row, "form": form, "what": what}
        return self._page(request, "backoffice/payout_failed.html", context)

    def withdraw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._asked(
            request,
            _found(pk),
            "withdraw",
            lambda batch: settle_payouts.withdraw(batch=batch.public_id, by=staff(request), now=timezone.now()),
            _("Ingetrokken. De bedragen staan weer klaar voor een nieuwe ronde; gooi het bestand weg."),
        )

    def file_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Hand the file out (POST): to who is the first, and to who was asked whether it may go to the bank again.

        The page of the round follows, as it is by then, and from there the browser gets the file (GET with `TICKET`).
        """
        batch = _found(pk)
        if request.method != "POST":
            file = _handed_out(request, batch)
            return _download(file) if file else self._ask_for_file(request, batch)
        again = "again" in request.POST
        try:
            file = order_payouts.fetch_file(batch=batch.public_id, by=staff(request), now=timezone.now(), again=again)
        except Refusal:
            return self._ask_for_file(request, _found(pk))
        ticket = _TICKETS.sign_object([file.pk, staff(request).pk])
        address = reverse("backoffice:payouts_batch_change", args=[batch.pk])
        return redirect(f"{address}?{urlencode({TICKET: ticket})}")

    def _ask_for_file(self, request: HttpRequest, batch: Batch) -> HttpResponse:
        if batch.state == Batch.State.APPROVED:
            return redirect("backoffice:payouts_batch_change", batch.pk)
        if batch.state not in (Batch.State.FETCHED, Batch.State.CONFIRMED):
            raise Http404
        return self._page(request, "backoffice/batch_ask.html", {**batch_page(batch, staff(request)), "what": "file"})

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        request.current_app = self.admin_site.name
        common = {**self.admin_site.each_context(request), "opts": Batch._meta}
        return TemplateResponse(request, template, {**common, **context})


def _who_was_paid(pk: int) -> str:
    """What is said of a round that the bank carried out, by whom it is for."""
    paid = Payout.objects.filter(batch_id=pk).exclude(state__in=NOT_PAID)
    if not paid.filter(refund__isnull=False).exists():
        return _("Bevestigd: de partners zijn betaald.")
    if not paid.filter(refund__isnull=True).exists():
        return _("Bevestigd: de klanten zijn terugbetaald.")
    return _("Bevestigd: de partners en de klanten zijn betaald.")


def _released(orders: list[str]) -> str:
    return _("Vrijgegeven bestellingen: %(count)s.") % {"count": len(orders)}


def _handed_out(request: HttpRequest, batch: Batch) -> BankFile | None:
    """The file that this person was handed out a moment ago, by the ticket in the address."""
    try:
        file, user = _TICKETS.unsign_object(request.GET.get(TICKET, ""), max_age=TICKET_SECONDS)
    except signing.BadSignature:
        return None
    return batch.files.filter(pk=file).first() if user == staff(request).pk else None


def _download(file: BankFile) -> HttpResponse:
    """The file by its name; one of which the bank did something says so, and is for the records."""
    batch = file.batch
    is_done = batch.payouts.exclude(state=Payout.State.SENT).exists()
    name = f"pain.001-{file.execute_on:%Y%m%d}-{batch.public_id}{'-verwerkt' if is_done else ''}.xml"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(bytes(file.content), content_type="application/xml", headers=headers)


def _found(pk: int) -> Batch:
    batch = Batch.objects.filter(pk=pk).first()
    if batch is None:
        raise Http404
    return batch


def _as_of(request: HttpRequest) -> date | None:
    form = AsOfForm(request.POST)
    return form.cleaned_data["as_of"] if form.is_valid() else None


def _to_plan(as_of: date | None) -> HttpResponse:
    query = f"?{urlencode({'as_of': as_of.isoformat()})}" if as_of else ""
    return redirect(reverse("backoffice:payouts_batch_plan") + query)
