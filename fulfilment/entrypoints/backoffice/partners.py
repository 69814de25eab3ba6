"""Partners, how they are taxed from when on, and who acts for them."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from stdnum import iban as iban_number
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from fulfilment.agreements.queries import is_bound, producers_in_force
from fulfilment.entrypoints.accounts.tell import tell_contact_changed
from fulfilment.entrypoints.backoffice.account_changes import ACCOUNT, ask_for, changes_of
from fulfilment.entrypoints.backoffice.base import Room, Rows, attempt, label, pressed, staff
from fulfilment.entrypoints.backoffice.fields import UncutField
from fulfilment.entrypoints.backoffice.history import Logged
from fulfilment.entrypoints.backoffice.roles import may_act
from fulfilment.entrypoints.backoffice.site import back_office
from fulfilment.flows import change_account
from fulfilment.money import percent
from fulfilment.partners.models import AccountChange, Membership, Partner, TaxRegime
from fulfilment.partners.queries import platform
from fulfilment.payouts.alphabet import LONGEST_NAME, bank_name
from fulfilment.payouts.rules import is_account, is_bic, is_in_sepa, obstacle
from fulfilment.revenue.models import Share


class PartnerForm(ModelForm):  # type: ignore[type-arg]
    """What a bank could not pay is refused here, in words about this partner: a bank file holds everybody's.

    An account number is kept without spaces. The name on the account is asked for where a bank cannot write ours.
    Whether a workshop ships is a question with two answers and no box to overlook: shipping money hangs on it.
    """

    # As people write them, in groups, they are longer than they are kept.
    iban = UncutField(label="IBAN", required=False, max_length=50, widget=UnfoldAdminTextInputWidget)
    bic = UncutField(label="BIC", required=False, max_length=20, widget=UnfoldAdminTextInputWidget)

    ships = forms.TypedChoiceField(
        label=gettext_lazy("Wie verzendt wat hier gemaakt wordt?"),
        choices=[
            ("", gettext_lazy("Kies")),
            ("on", gettext_lazy("De werkplaats zelf")),
            ("off", gettext_lazy("Iemand anders")),
        ],
        coerce=lambda answer: answer == "on",
        empty_value=None,
        required=False,
        help_text=gettext_lazy(
            "De makers van een bestelling die zelf verzenden, delen het verzendgeld gelijk. Verzendt geen van hen "
            "zelf, dan is het voor het platform."
        ),
        widget=UnfoldAdminSelectWidget,
    )

    class Meta:
        help_texts = {
            "slug": gettext_lazy("Kleine letters, cijfers en streepjes: zo heet het magazijn in Saleor. Blijft zo."),
            "bank_name": gettext_lazy("Van wie de rekening is, zoals de bank het schrijft. Leeg: de naam hierboven."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = self.instance.pk is not None and self.instance.kind == Partner.Kind.PRODUCER
        self.initial["ships"] = ("on" if self.instance.ships else "off") if known else ""

    def clean_iban(self) -> str:
        iban: str = iban_number.compact(self.cleaned_data["iban"])
        if iban and not is_account(iban):
            raise ValidationError(_("Dit rekeningnummer klopt niet. Kijk de cijfers na."))
        if iban and not is_in_sepa(iban):
            message = _("Op een rekening in dit land (%(country)s) kunnen we niet betalen: het hoort niet bij SEPA.")
            raise ValidationError(message % {"country": iban[:2]})
        return iban

    def clean_bic(self) -> str:
        bic: str = self.cleaned_data["bic"].replace(" ", "").upper()
        if bic and not is_bic(bic):
            raise ValidationError(_("Deze BIC klopt niet: 8 of 11 letters en cijfers, zoals GKCCBEBB."))
        return bic

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self._check_ships(cleaned)
        self._check_name(cleaned)
        return cleaned

    def _check_ships(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("kind", self.instance.kind) != Partner.Kind.PRODUCER:
            cleaned["ships"] = False
        elif cleaned.get("ships") is None:
            self.add_error("ships", _("Kies of deze werkplaats zelf verzendt: daar hangt het verzendgeld van af."))
        elif not cleaned["ships"] and platform() is None:
            self.add_error("ships", _("Maak eerst het platform als partner: het krijgt dan het verzendgeld."))

    def _check_name(self, cleaned: dict[str, Any]) -> None:
        name, given = cleaned.get("name", ""), cleaned.get("bank_name", "")
        if given and not bank_name(given):
            message = _("De bank kan “%(name)s” niet schrijven. Gebruik gewone letters, hoogstens %(most)s tekens.")
            self.add_error("bank_name", message % {"name": given, "most": LONGEST_NAME})
        elif cleaned.get("iban") and name and not bank_name(given or name):
            message = _(
                "De bank kan “%(name)s” niet schrijven. Vul hier in van wie de rekening is, in gewone letters en "
                "hoogstens %(most)s tekens."
            )
            self.add_error("bank_name", message % {"name": name, "most": LONGEST_NAME})


class TaxRegimeForm(ModelForm):  # type: ignore[type-arg]
    """A regime with its rates as people write them: percentages, kept as basis points."""

    vat = forms.DecimalField(
        label=gettext_lazy("Btw bovenop (%)"),
        min_value=0,
        max_value=100,
        decimal_places=2,
        initial=0,
        widget=UnfoldAdminDecimalFieldWidget,
    )
    withheld = forms.DecimalField(
        label=gettext_lazy("Ingehouden (%)"),
        min_value=0,
        max_value=100,
        decimal_places=2,
        initial=0,
        widget=UnfoldAdminDecimalFieldWidget,
    )

    class Meta:
        model = TaxRegime
        fields = ("valid_from", "regime", "vat_number")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "vat" in cleaned and "withheld" in cleaned:
            self.instance.vat_basis_points = int(cleaned["vat"] * 100)
            self.instance.withholding_basis_points = int(cleaned["withheld"] * 100)
        return cleaned


class TaxRegimeRows(Rows):
    """A regime is never changed, since shares were frozen with it: a change is a new row from a day on.

    `vat` and `withheld` show what stands; under the same names the form asks for new ones.
    """

    model = TaxRegime
    ordering = ("valid_from",)
    form = TaxRegimeForm
    fields = ("valid_from", "regime", "vat_number", "vat", "withheld")

    @admin.display(description=gettext_lazy("btw bovenop (%)"))
    def vat(self, regime: TaxRegime) -> str:
        return percent(regime.vat_basis_points)

    @admin.display(description=gettext_lazy("ingehouden (%)"))
    def withheld(self, regime: TaxRegime) -> str:
        return percent(regime.withholding_basis_points)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may_act(request.user, "partners_partner_change")


class MembershipRows(Rows):
    """Who may log in for this partner."""

    model = Membership
    can_delete = True
    fields = ("user", "role")

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may_act(request.user, "partners_user_add")

    has_change_permission = has_add_permission
    has_delete_permission = has_add_permission


@admin.register(Partner, site=back_office)
class PartnerRoom(Logged, Room):
    form = PartnerForm
    search_help_text = gettext_lazy("Zoek op naam of stad")
    list_display = ("name", "kind_of", "city", "email", "account")
    list_filter = ("kind",)
    search_fields = ("name", "slug", "city")
    inlines = (TaxRegimeRows, MembershipRows)
    seen_beside = (AccountChange,)
    change_form_outer_after_template = "backoffice/partner_beside.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("tax_regimes")

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """The slug is the reference of a warehouse in Saleor: it never changes."""
        return ("slug", "lasting_kind") if obj else ()

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """What a partner is decides on which account its money stands, and a refund looks for it there again: once
        an agreement binds it or there is a share, the kind is only read. Only a workshop has work to tell of."""
        partner = obj if isinstance(obj, Partner) else Partner()
        lasts = obj is not None and why_kind_lasts(partner) != ""
        work = ((gettext_lazy("Werk"), {"fields": (("lead_days", "bench_hours"), "ships")}),)
        return (
            (
                None,
                {
                    "fields": (
                        ("name", "slug"),
                        ("lasting_kind" if lasts else "kind", "email"),
                        ("street", "postal_code", "city"),
                    )
                },
            ),
            (gettext_lazy("Uitbetalen"), {"fields": ("bank_name", ("iban", "bic"))}),
            *(() if lasts and partner.kind != Partner.Kind.PRODUCER else work),
        )

    def save_model(self, request: HttpRequest, obj: Partner, form: Any, change: bool) -> None:
        """A partner that is new has the account that was typed; of any other, another one is still to be confirmed, and
        the name on it waits with it."""
        typed = {name: getattr(obj, name) for name in ACCOUNT}
        is_other = change and bool({"iban", "bic"} & set(form.changed_data))
        if is_other:
            for name in ACCOUNT:
                setattr(obj, name, form.initial[name])
        super().save_model(request, obj, form, change)
        if is_other:
            ask_for(request, obj, typed)
        if change and "email" in form.changed_data and form.initial["email"]:
            tell_contact_changed(obj, form.initial["email"], timezone.now())
        if change and "ships" in form.changed_data and not obj.ships:
            warn_of_parcels(request, obj)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        partner = kwargs.get("obj")
        context["account_changes"] = changes_of(partner) if partner else []
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        stop = pressed(self.stop_view, "partners_partner_change")
        own = [
            path("<int:pk>/rekening/<slug:change>/", wrap(self.account_view), name="partners_partner_account"),
            path("<int:pk>/rekening/<slug:change>/stop/", wrap(stop), name="partners_partner_account_stop"),
        ]
        urls: list[URLPattern] = super().get_urls()
        return [*own, *urls]

    def account_view(self, request: HttpRequest, pk: int, change: str) -> HttpResponse:
        """Another account, to be looked at (GET) and confirmed by a second person (POST)."""
        row = get_object_or_404(
            AccountChange.objects.select_related("partner", "asked_by"), partner=pk, public_id=change
        )
        if request.method == "POST":
            by, now = staff(request), timezone.now()
            done = _("Bevestigd. Tot de nieuwe rekening ingaat, staat er in elk plan een waarschuwing.")
            attempt(request, lambda: change_account.confirm(change, by=by, now=now) and None, done)
            return redirect("backoffice:partners_partner_change", pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Nieuwe rekening van %(name)s") % {"name": row.partner.name},
            "opts": Partner._meta,
            "change": row,
            "is_own": row.asked_by_id == staff(request).pk,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "backoffice/account_change.html", context)

    def stop_view(self, request: HttpRequest, pk: int, change: str) -> HttpResponse:
        """Somebody says no to it, before it is in force."""
        by, now = staff(request), timezone.now()
        done = _("Tegengehouden. Wie er een mail over kreeg, weet het nu ook.")
        attempt(request, lambda: change_account.stop(change, by=by, now=now) and None, done)
        return redirect("backoffice:partners_partner_change", pk)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Model | None = None) -> dict[str, tuple[str, ...]]:
        return {} if obj else {"slug": ("name",)}

    @admin.display(description=gettext_lazy("soort"))
    def lasting_kind(self, partner: Partner) -> SafeString:
        return format_html('{}<span class="bo-why">{}</span>', partner.get_kind_display(), why_kind_lasts(partner))

    @admin.display(description=gettext_lazy("soort"), ordering="kind")
    def kind_of(self, partner: Partner) -> SafeString:
        """What a partner is and how it is taxed today; without that, no agreement that names it can be signed."""
        begun = [row for row in partner.tax_regimes.all() if row.valid_from <= timezone.localdate()]
        if not begun:
            return format_html("{} {}", partner.get_kind_display(), label(_("Nog geen fiscaal stelsel"), "alert"))
        now = max(begun, key=lambda row: row.valid_from)
        taxed = "" if now.regime == TaxRegime.Regime.NONE else now.get_regime_display()
        return format_html('{}<span class="bo-why">{}</span>', partner.get_kind_display(), taxed)

    @admin.display(description=gettext_lazy("rekening"))
    def account(self, partner: Partner) -> SafeString | str:
        if not partner.iban:
            return label(_("Nog geen rekening"), "plain" if partner.kind == Partner.Kind.PLATFORM else "alert")
        name = partner.bank_name or partner.name
        if obstacle(name=name, iban=partner.iban, bic=partner.bic):
            return label(partner.iban, "alert")
        return str(iban_number.format(partner.iban))


def why_kind_lasts(partner: Partner) -> str:
    """Why the kind of a partner stays what it is; "" while it can be put right."""
    if Share.objects.filter(partner_id=partner.pk).exists():
        return _("Ligt vast: er is al geld voor deze partner geboekt.")
    return _("Ligt vast: deze partner staat in een getekende overeenkomst.") if is_bound(partner.pk) else ""


def warn_of_parcels(request: HttpRequest, partner: Partner) -> None:
    """A workshop that makes something and ships no longer: somebody must know who fetches its parcels."""
    codes = sorted(code for code, slug in producers_in_force(timezone.localdate()).items() if slug == partner.slug)
    if codes:
        told = _(
            "%(name)s maakt %(codes)s en verzendt voortaan niet zelf. Spreek af wie die pakketten weghaalt. Nieuwe "
            "bestellingen geven %(name)s geen verzendgeld meer."
        )
        messages.warning(request, told % {"name": partner.name, "codes": ", ".join(codes)})
