"""Paying partners: look at the plan, keep it, approve it, hand the file to the bank, confirm what the bank did."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.validators import MaxValueValidator
from django.db.models import Count, Q, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfilment.entrypoints.backoffice.base import Room, attempt, label, moment, staff
from fulfilment.entrypoints.backoffice.site import back_office
from fulfilment.flows import pay_partners
from fulfilment.flows.collect_money import collect_money
from fulfilment.flows.release_shares import release_shares
from fulfilment.gateways.stripe.connect import connected
from fulfilment.money import written
from fulfilment.payouts.models import Batch, Payout
from fulfilment.payouts.rules import LAST_DAY, next_bank_day

View = Callable[..., HttpResponse]

TONES = {"planned": "busy", "approved": "busy", "confirmed": "done", "cancelled": "plain"}
PAYOUT_TONES = {"planned": "plain", "sent": "busy", "confirmed": "done", "failed": "alert", "withdrawn": "plain"}
NOT_PAID = (Payout.State.FAILED, Payout.State.WITHDRAWN)
"""What did not reach its partner, and goes with another round: never part of what a round paid."""


class AsOfForm(forms.Form):
    as_of = forms.DateField(
        label=gettext_lazy("Tot en met"),
        widget=forms.DateInput(attrs={"type": "date"}),
        validators=[MaxValueValidator(LAST_DAY)],
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Wat zegt de bank?"), max_length=300)


@admin.register(Batch, site=back_office)
class BatchRoom(Room):
    change_list_template = "backoffice/batches.html"
    list_display = ("day", "total", "count", "stage", "planned", "approved")
    list_filter = ("state",)
    search_fields = ("public_id", "payouts__partner__name", "payouts__public_id")
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

    @admin.display(description=gettext_lazy("partners"), ordering="payees")
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
        posted: list[tuple[str, View, str]] = [
            ("plan/vastleggen/", self.create_view, "create"),
            ("plan/vrijgeven/", self.release_view, "release"),
            ("plan/ophalen/", self.collect_view, "collect"),
            ("<int:pk>/laat-vallen/", self.cancel_view, "cancel"),
            ("<int:pk>/bevestig/<slug:payout>/", self.confirm_one_view, "confirm_one"),
        ]
        shown: list[tuple[str, View, str]] = [
            ("plan/", self.plan_view, "plan"),
            ("<int:pk>/goedkeuren/", self.approve_view, "approve"),
            ("<int:pk>/bevestigen/", self.confirm_view, "confirm"),
            ("<int:pk>/mislukt/<slug:payout>/", self.fail_view, "fail"),
            ("<int:pk>/intrekken/", self.withdraw_view, "withdraw"),
            ("<int:pk>/bestand/", self.file_view, "file"),
        ]
        urls: list[URLPattern] = super().get_urls()
        return [
            *(path(route, wrap(_posted(view)), name=f"payouts_batch_{name}") for route, view, name in posted),
            *(path(route, wrap(view), name=f"payouts_batch_{name}") for route, view, name in shown),
            *urls,
        ]

    def plan_view(self, request: HttpRequest) -> HttpResponse:
        """The plan of a day, computed anew each time it is looked at."""
        form = AsOfForm(request.GET if "as_of" in request.GET else {"as_of": timezone.localdate().isoformat()})
        plan = pay_partners.plan(as_of=form.cleaned_data["as_of"]) if form.is_valid() else None
        rows = [(payout, pay_partners.explain(payout.reason)) for payout in plan.payouts] if plan else []
        context = {
            "title": _("Uitbetalingen plannen"),
            "form": form,
            "plan": plan,
            "rows": rows,
            "future": bool(plan and plan.as_of > timezone.localdate()),
            "waiting": Batch.objects.filter(state=Batch.State.PLANNED).first(),
        }
        return self._page(request, "backoffice/plan.html", context)

    def create_view(self, request: HttpRequest) -> HttpResponse:
        as_of = _as_of(request)
        made: list[Batch | None] = []
        if as_of is None or not attempt(
            request,
            lambda: made.append(pay_partners.create_batch(as_of=as_of, by=staff(request), now=timezone.now())),
            _("Het plan is bewaard. Kijk het na en keur het goed."),
        ):
            return _to_plan(as_of)
        return redirect("backoffice:payouts_batch_change", made[0].pk) if made[0] else _to_plan(as_of)

    def release_view(self, request: HttpRequest) -> HttpResponse:
        """Release what may be released by that day, before planning."""
        as_of = _as_of(request)
        if as_of is not None:
            released = release_shares(as_of=as_of, now=timezone.now())
            self.message_user(request, _("Vrijgegeven bestellingen: %(count)s.") % {"count": len(released)})
        return _to_plan(as_of)

    def collect_view(self, request: HttpRequest) -> HttpResponse:
        """Have Stripe send its money to the bank."""
        attempt(
            request,
            lambda: collect_money(connected(), now=timezone.now()),
            _("Stripe stuurt wat beschikbaar is naar de bank. Meestal duurt dat een tot twee werkdagen."),
        )
        return _to_plan(_as_of(request))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        batch: Batch | None = self.get_object(request, object_id)
        if batch is None:
            raise Http404
        return self._page(request, "backoffice/batch.html", _batch_context(batch))

    def approve_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._asked(
            request,
            _found(pk),
            "approve",
            lambda batch: pay_partners.approve(batch=batch.public_id, by=staff(request), now=timezone.now()),
            _("Goedgekeurd. Haal het bestand op en geef het aan de bank."),
        )

    def confirm_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._asked(
            request,
            _found(pk),
            "confirm",
            lambda batch: pay_partners.confirm(batch=batch.public_id, now=timezone.now()),
            _("Bevestigd: de partners zijn betaald."),
        )

    def _asked(
        self, request: HttpRequest, batch: Batch, what: str, do: Callable[[Batch], object], done: str
    ) -> HttpResponse:
        """A page that asks first (GET), and then does it (POST)."""
        if request.method == "POST":
            attempt(request, lambda: do(batch), done)
            return redirect("backoffice:payouts_batch_change", batch.pk)
        return self._page(request, "backoffice/batch_ask.html", {**_batch_context(batch), "what": what})

    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = _found(pk)
        attempt(
            request, lambda: pay_partners.cancel(batch=batch.public_id), _("Het plan is weg. Er ging geen geld weg.")
        )
        return redirect("backoffice:payouts_batch_change", pk)

    def confirm_one_view(self, request: HttpRequest, pk: int, payout: str) -> HttpResponse:
        batch = _found(pk)
        attempt(
            request,
            lambda: pay_partners.confirm(batch=batch.public_id, payout=payout, now=timezone.now()),
            _("Bevestigd: deze partner is betaald."),
        )
        return redirect("backoffice:payouts_batch_change", pk)

    def fail_view(self, request: HttpRequest, pk: int, payout: str) -> HttpResponse:
        """Ask what the bank said (GET), then give the money back to the partner's balance (POST)."""
        batch = _found(pk)
        row = batch.payouts.filter(public_id=payout).select_related("partner").first()
        if row is None:
            raise Http404
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            reason = form.cleaned_data["reason"]
            attempt(
                request,
                lambda: pay_partners.fail(batch=batch.public_id, payout=payout, reason=reason, now=timezone.now()),
                _("Geboekt. Het bedrag staat weer klaar voor een volgende ronde."),
            )
            return redirect("backoffice:payouts_batch_change", pk)
        if refused := pay_partners.why_not_failed(row):  # no form that can only be refused
            messages.error(request, refused)
            return redirect("backoffice:payouts_batch_change", pk)
        context = {**_batch_context(batch), "payout": row, "form": form}
        return self._page(request, "backoffice/payout_failed.html", context)

    def withdraw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._asked(
            request,
            _found(pk),
            "withdraw",
            lambda batch: pay_partners.withdraw(batch=batch.public_id, now=timezone.now()),
            _("Ingetrokken. De bedragen staan weer klaar voor een nieuwe ronde; gooi het bestand weg."),
        )

    def file_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Warn who fetches a file that may be at the bank already (GET), then give it (POST)."""
        batch = _found(pk)
        if batch.file is None or batch.state == Batch.State.CANCELLED:
            raise Http404
        context = _batch_context(batch)
        if request.method != "POST" or not (context["is_first"] or "again" in request.POST):
            return self._page(request, "backoffice/batch_ask.html", {**context, "what": "file"})
        content = pay_partners.fetch_file(batch=batch.public_id, by=staff(request), now=timezone.now())
        name = f"pain.001-{batch.as_of:%Y%m%d}-{batch.public_id}{'' if context['is_untouched'] else '-verwerkt'}.xml"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return HttpResponse(content, content_type="application/xml", headers=headers)

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        request.current_app = self.admin_site.name
        common = {**self.admin_site.each_context(request), "opts": Batch._meta}
        return TemplateResponse(request, template, {**common, **context})


def _batch_context(batch: Batch) -> dict[str, Any]:
    payouts = list(batch.payouts.select_related("partner").order_by("partner__name"))
    under_way = [payout for payout in payouts if payout.state == Payout.State.SENT]
    is_untouched = len(under_way) == len(payouts)
    return {
        "title": _("Uitbetaling tot en met %(day)s") % {"day": f"{batch.as_of:%d/%m/%Y}"},
        "batch": batch,
        "state_label": label(batch.get_state_display(), TONES[batch.state]),
        "payouts": [(payout, label(payout.get_state_display(), PAYOUT_TONES[payout.state])) for payout in payouts],
        "total": sum(payout.amount_minor for payout in payouts if payout.state not in NOT_PAID),
        "sums": _sums(payouts),
        "under_way": under_way,
        "under_way_total": sum(payout.amount_minor for payout in under_way),
        "is_untouched": is_untouched,
        "is_first": is_untouched and batch.fetched_at is None,  # nobody can have given the file to the bank
        "execute_on": next_bank_day(timezone.localdate()),
        "future": batch.as_of > timezone.localdate(),
    }


def _sums(payouts: list[Payout]) -> list[tuple[str, int]]:
    """What stands below the payouts: one sum, or one for each state where something did not reach its partner."""
    if all(payout.state not in NOT_PAID for payout in payouts):
        return [(_("Samen"), sum(payout.amount_minor for payout in payouts))]
    found = {str(state.label): [row.amount_minor for row in payouts if row.state == state] for state in Payout.State}
    return [(name, sum(amounts)) for name, amounts in found.items() if amounts]


def _posted(view: View) -> View:
    """A view that is only for forms: following a link must never move money."""

    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return view(request, **kwargs) if request.method == "POST" else HttpResponseNotAllowed(["POST"])

    return guarded


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
