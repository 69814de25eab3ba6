"""How many hours a week a workshop has for us, said by itself: the days that the shop promises follow from it."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from fulfilment.entrypoints.portal.access import Bench, at_bench
from fulfilment.partners.models import Partner
from fulfilment.partners.queries import is_coach
from fulfilment.production.benches import benches


class HoursForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Partner
        fields = ("bench_hours",)


@at_bench
def hours(request: HttpRequest, bench: Bench) -> HttpResponse:
    """Asked of who leads the work, and of nobody else."""
    if not is_coach(bench.user, bench.current):
        raise PermissionDenied
    former = bench.current.bench_hours
    form = HoursForm(request.POST if request.method == "POST" else None, instance=bench.current)
    if request.method == "POST" and form.is_valid():
        bench.current.save(update_fields=["bench_hours"])
        messages.success(request, _("Bewaard. Wat vanaf nu besteld wordt, rekent hiermee."))
        return redirect("portal:today")
    waits = round(benches([bench.current.pk])[bench.current.pk].promised / 60)
    context = {"bench": bench, "section": "today", "form": form, "former": former, "waits": waits}
    return render(request, "portal/hours.html", context, status=422 if form.errors else 200)
