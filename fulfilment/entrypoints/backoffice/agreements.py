"""Agreements: written, signed by every partner, and then fixed; a change is a new version."""

from datetime import date, timedelta
from typing import Any

from django.contrib import admin, messages
from django.db import IntegrityError, transaction
from django.db.models import Max, Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfilment.agreements.models import Agreement, Signature, Term
from fulfilment.entrypoints.backoffice.agreement_forms import CURRENCY, AgreementForm, TermForm, TermFormSet
from fulfilment.entrypoints.backoffice.base import Room, Rows, attempt, label, pressed, staff
from fulfilment.entrypoints.backoffice.history import Logged
from fulfilment.entrypoints.backoffice.roles import may_act
from fulfilment.entrypoints.backoffice.site import back_office
from fulfilment.entrypoints.form_keys import given_key, new_key
from fulfilment.flows import sign_agreement
from fulfilment.money import percent, written


def is_bound(agreement: Model | None) -> bool:
    return isinstance(agreement, Agreement) and agreement.bound_at is not None


class TermRows(Rows):
    model = Term
    form = TermForm
    formset = TermFormSet
    fields = ("rank", "kind", "partner", "figure")
    ordering = ("rank",)
    can_delete = True

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may_act(request.user, "agreements_agreement_change") and not is_bound(obj)

    has_change_permission = has_add_permission
    has_delete_permission = has_add_permission

    def get_extra(self, request: HttpRequest, obj: Model | None = None, **kwargs: Any) -> int:
        """Rows to fill in; one is enough where there are some, and whoever has no JavaScript can add no other."""
        return 1 if obj else 3

    @admin.display(description=gettext_lazy("bedrag of percentage"))
    def figure(self, term: Term) -> str:
        """What stands in a fixed agreement; under the same name the form asks for it in one that is not."""
        if term.amount_minor is not None:
            return _("%(amount)s per stuk") % {"amount": written(term.amount_minor, CURRENCY)}
        return _("%(share)s %% van de rest") % {"share": percent(term.basis_points or 0)}


@admin.register(Agreement, site=back_office)
class AgreementRoom(Logged, Room):
    change_form_template = "backoffice/agreement.html"
    seen_beside = (Signature,)
    list_display = ("title", "made_by", "price", "valid_from", "valid_until", "standing")
    list_filter = ("product_code",)
    search_fields = ("product_code", "producer__name", "public_id")
    inlines = (TermRows,)
    form = AgreementForm
    fieldsets = (
        (
            None,
            {"fields": (("product_code", "price_list"), "producer", ("valid_from", "valid_until"), "discount_policy")},
        ),
    )
    search_help_text = gettext_lazy("Zoek op productcode of maker")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_change_permission(request, obj) and not is_bound(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_delete_permission(request, obj) and obj is not None and not is_bound(obj)

    def may_be_changed_by(self, request: HttpRequest, row: Model) -> bool:
        return super().has_change_permission(request, row)

    def why_not_saved(self, request: HttpRequest, row: Agreement) -> str:
        if not is_bound(row):
            return super().why_not_saved(request, row)
        return _(
            "Niet bewaard: intussen tekende de laatste partner, en sindsdien ligt deze overeenkomst vast. "
            "Maak een nieuwe versie om er iets aan te veranderen."
        )

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """A bound agreement is only read, and then its maker stands there as a link."""
        if not is_bound(obj):
            return self.fieldsets
        return (
            (
                None,
                {"fields": (("product_code", "price_list"), "maker", ("valid_from", "valid_until"), "discount_policy")},
            ),
        )

    @admin.display(description=gettext_lazy("maker"), ordering="producer")
    def maker(self, agreement: Agreement) -> SafeString:
        link = reverse("backoffice:partners_partner_change", args=[agreement.producer_id])
        return format_html('<a href="{}">{}</a>', link, agreement.producer)

    @admin.display(description=gettext_lazy("overeenkomst"), ordering="product_code")
    def title(self, agreement: Agreement) -> str:
        return f"{agreement.product_code} · {_('versie')} {agreement.version}"

    @admin.display(description=gettext_lazy("maker"), ordering="producer__name")
    def made_by(self, agreement: Agreement) -> str:
        return agreement.producer.name

    @admin.display(description=gettext_lazy("prijslijst"), ordering="price_list")
    def price(self, agreement: Agreement) -> str:
        return agreement.price_list or _("Alle")

    @admin.display(description=gettext_lazy("stand"), ordering="bound_at")
    def standing(self, agreement: Agreement) -> SafeString:
        today = timezone.localdate()
        if agreement.bound_at is None:
            return label(_("Nog niet getekend"), "alert")
        if agreement.valid_until and agreement.valid_until < today:
            return label(_("Afgelopen"))
        return label(_("Geldig"), "done") if agreement.valid_from <= today else label(_("Begint later"), "busy")

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A form that was sent before is not saved again: it leads to the agreement that it made."""
        if object_id is not None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        key = given_key(request.POST)
        adding = (request, None, form_url, {**(extra_context or {}), "form_key": key or new_key()})
        try:
            return _made_before(request, key) or super().changeform_view(*adding)
        except IntegrityError:  # the same form, or another of this product, was saved in this instant
            return _made_before(request, key) or super().changeform_view(*adding)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A draft is thrown away as it stands: locked, so that nobody signs it meanwhile."""
        with transaction.atomic():
            found = self.get_object(request, object_id)
            if found is not None and is_bound(Agreement.objects.select_for_update().get(pk=found.pk)):
                messages.error(request, _("Deze overeenkomst is door allen getekend, en blijft."))
                return redirect("backoffice:agreements_agreement_change", found.pk)
            titled = {"title": _("Overeenkomst weggooien"), **(extra_context or {})}
            answer: HttpResponse = super().delete_view(request, object_id, titled)
            return answer

    def save_model(self, request: HttpRequest, obj: Agreement, form: Any, change: bool) -> None:
        """A version is counted within its product and price list: of others it is another one."""
        if not change:
            obj.form_key = given_key(request.POST) or None
        if not change or {"product_code", "price_list"} & set(form.changed_data):
            others = Agreement.objects.filter(product_code=obj.product_code, price_list=obj.price_list)
            obj.version = (others.exclude(pk=obj.pk).aggregate(highest=Max("version"))["highest"] or 0) + 1
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Whoever signed other words must sign again."""
        super().save_related(request, form, formsets, change)
        if form.has_changed() or any(formset.has_changed() for formset in formsets):
            Signature.objects.filter(agreement=form.instance).delete()

    def get_urls(self) -> list[URLPattern]:
        wrap, page = self.admin_site.admin_view, "agreements_agreement_change"
        sign, renew = wrap(pressed(self.sign_view, page)), wrap(pressed(self.version_view, page))
        urls: list[URLPattern] = super().get_urls()
        return [
            path("<int:pk>/teken/<int:partner_id>/", sign, name="agreements_agreement_sign"),
            path("<int:pk>/nieuwe-versie/", renew, name="agreements_agreement_version"),
            *urls,
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        agreement: Agreement | None = self.get_object(request, object_id)
        extra = dict(extra_context or {})
        if agreement is not None:
            extra |= {"agreement": agreement, "tomorrow": _first_day(agreement), **_signing(agreement)}
        response: HttpResponse = super().change_view(request, object_id, form_url, extra)
        return response

    def sign_view(self, request: HttpRequest, pk: int, partner_id: int) -> HttpResponse:
        _found(pk)
        attempt(
            request,
            lambda: sign_agreement.sign(
                agreement_id=pk,
                partner_id=partner_id,
                by=staff(request),
                now=timezone.now(),
                words=request.POST.get("words", ""),
            ),
            _("De handtekening is genoteerd."),
        )
        return redirect("backoffice:agreements_agreement_change", pk)

    def version_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        agreement = _found(pk)
        made: list[Agreement] = []
        attempt(
            request,
            lambda: made.append(sign_agreement.new_version(agreement_id=pk, valid_from=_first_day(agreement))),
            _("De nieuwe versie is klaar om aan te passen. Ze geldt zodra alle partners getekend hebben."),
        )
        return redirect("backoffice:agreements_agreement_change", made[0].pk if made else pk)


def _made_before(request: HttpRequest, key: str) -> HttpResponse | None:
    """To the agreement that a form with this key made; None where there is none."""
    made = Agreement.objects.filter(form_key=key).first() if key else None
    if made is None:
        return None
    messages.warning(request, _("Deze overeenkomst was al bewaard. Je ziet ze hier."))
    return redirect("backoffice:agreements_agreement_change", made.pk)


def _found(pk: int) -> Agreement:
    agreement = Agreement.objects.filter(pk=pk).first()
    if agreement is None:
        raise Http404
    return agreement


def _signing(agreement: Agreement) -> dict[str, Any]:
    """Who signed and who has still to, what they sign, and what stands in the way of signing it."""
    words = sign_agreement.words_of(agreement)  # taken before anything of it is shown, so that it is never newer
    signed = {row.partner_id: row for row in agreement.signatures.select_related("signed_by")}
    untaxed = sign_agreement.untaxed(agreement)
    signers = [(partner, signed.get(partner.pk), partner in untaxed) for partner in sign_agreement.named(agreement)]
    return {"words": words, "signers": signers, "untaxed": untaxed}


def _first_day(agreement: Agreement) -> date:
    """The earliest day on which a new version can begin: tomorrow, or after the one that begins later."""
    return max(timezone.localdate(), agreement.valid_from) + timedelta(days=1)
