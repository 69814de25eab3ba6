"""The forms about a company: its terms, why something is decided, its name and numbers, who is asked to act for it."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfilment.companies import rules
from fulfilment.companies.models import Company, Role
from fulfilment.entrypoints.backoffice.fields import AmountField, UncutField
from fulfilment.errors import GatewayError
from fulfilment.flows import apply_company, invite_member
from fulfilment.flows.apply_company import Asked
from fulfilment.gateways.saleor.connect import connected
from fulfilment.money import to_decimal, to_minor

CURRENCY = "EUR"
NOTHING = ("", gettext_lazy("Kies"))
AS_ABOVE = ("", gettext_lazy("Zoals het bedrijf erboven"))


def _cents(amount: Any) -> int | None:
    return None if amount is None else to_minor(amount, CURRENCY)


def _amount(minor: int | None) -> Any:
    return None if minor is None else to_decimal(minor, CURRENCY)


def price_lists() -> list[tuple[str, str]]:
    """The price lists that Saleor has open, by slug. `GatewayError` while it is away."""
    return [(one.slug, one.name) for one in connected().price_lists()]


class TermsForm(forms.Form):
    """On what terms a company buys. A division may leave out what holds for the one above it."""

    price_list = forms.ChoiceField(label=gettext_lazy("Prijslijst"))
    payment = forms.ChoiceField(label=gettext_lazy("Betaalt"))
    deposit_percent = forms.IntegerField(
        label=gettext_lazy("Voorschot (%)"),
        min_value=1,
        max_value=99,
        required=False,
        help_text=gettext_lazy("Alleen als ze met een voorschot betalen."),
    )
    days = forms.IntegerField(
        label=gettext_lazy("Dagen om te betalen"),
        min_value=1,
        max_value=120,
        required=False,
        help_text=gettext_lazy("Alleen op factuur."),
    )
    credit_limit = AmountField(
        label=gettext_lazy("Kredietlimiet (€)"),
        min_value=0,
        required=False,
        help_text=gettext_lazy("Wat er samen open mag staan. Alleen op factuur."),
    )
    minimum_net = AmountField(
        label=gettext_lazy("Minimum per bestelling (€, zonder btw)"),
        min_value=0,
        required=False,
        help_text=gettext_lazy("Leeg: geen."),
    )

    def __init__(self, company: Company, data: Any = None) -> None:
        initial = {
            **{name: getattr(company, name) for name in ("price_list", "payment", "deposit_percent", "days")},
            "credit_limit": _amount(company.credit_limit_minor),
            "minimum_net": _amount(company.minimum_net_minor),
        }
        super().__init__(data, initial=initial)
        self.is_division = company.parent_id is not None
        self.saleor_is_away = False
        first = AS_ABOVE if self.is_division else NOTHING
        self.fields["price_list"].choices = [first, *self._lists(company)]  # type: ignore[attr-defined]
        self.fields["payment"].choices = [first, *Company.Payment.choices]  # type: ignore[attr-defined]
        for name in ("price_list", "payment"):
            self.fields[name].required = not self.is_division

    def _lists(self, company: Company) -> list[tuple[str, str]]:
        """Those of Saleor; while it is away, the one that the company has stays."""
        try:
            found = price_lists()
        except GatewayError:
            self.saleor_is_away = True
            found = []
        known = company.price_list
        return found if not known or known in dict(found) else [(known, known), *found]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        payment = cleaned.get("payment")
        if payment == Company.Payment.DEPOSIT and not cleaned.get("deposit_percent"):
            self._ask("deposit_percent", _("Zeg welk deel ze vooraf betalen."))
        if payment == Company.Payment.INVOICE:
            if not cleaned.get("days"):
                self._ask("days", _("Zeg in hoeveel dagen ze betalen."))
            if cleaned.get("credit_limit") is None:
                self._ask("credit_limit", _("Zeg wat er samen open mag staan."))
        return cleaned

    def _ask(self, name: str, told: str) -> None:
        if name not in self.errors:
            self.add_error(name, told)

    def terms(self) -> rules.Terms:
        """Of a valid form; what does not belong to the way of paying is left out."""
        data = self.cleaned_data
        payment = data["payment"]
        keeps = {Company.Payment.DEPOSIT: ("deposit_percent",), Company.Payment.INVOICE: ("days", "credit_limit")}
        kept = keeps.get(payment, ()) if payment else ("deposit_percent", "days", "credit_limit")
        return rules.Terms(
            price_list=data["price_list"],
            payment=payment,
            deposit_percent=data["deposit_percent"] if "deposit_percent" in kept else None,
            days=data["days"] if "days" in kept else None,
            credit_limit_minor=_cents(data["credit_limit"]) if "credit_limit" in kept else None,
            minimum_net_minor=_cents(data["minimum_net"]),
        )


class ReasonForm(forms.Form):
    """Why; whoever it is about reads it as it stands here."""

    reason = UncutField(label=gettext_lazy("Reden"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, data: Any = None, *, needed: bool) -> None:
        super().__init__(data)
        self.fields["reason"].required = needed


class DetailsForm(forms.Form):
    """A company's name and its numbers."""

    name = UncutField(label=gettext_lazy("Naam"), max_length=160)
    legal_number = UncutField(
        label=gettext_lazy("Ondernemingsnummer"),
        max_length=30,
        required=False,
        help_text=gettext_lazy("Leeg buiten België, en bij een afdeling zonder eigen nummer."),
    )
    vat_number = UncutField(
        label=gettext_lazy("Btw-nummer"),
        max_length=30,
        required=False,
        help_text=gettext_lazy("Met het land ervoor. Leeg als het bedrijf vrijgesteld is."),
    )
    is_division = False

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        legal, vat = cleaned.get("legal_number", ""), cleaned.get("vat_number", "")
        if not (self.is_division and not legal and not vat):
            for name, told in apply_company.number_faults(legal, vat).items():
                self.add_error(name, told)
        return cleaned

    def numbers(self) -> rules.Numbers:
        """Of a valid form."""
        return apply_company.numbers(self.cleaned_data["legal_number"], self.cleaned_data["vat_number"])


class ApplicationForm(DetailsForm):
    """An application that a colleague fills in for a business, or a division of one that is a customer."""

    form_key = forms.CharField(widget=forms.HiddenInput)
    parent = forms.ModelChoiceField(
        label=gettext_lazy("Afdeling van"),
        queryset=Company.objects.filter(state=Company.State.APPROVED, parent=None),
        required=False,
        empty_label=gettext_lazy("Geen: een bedrijf op zichzelf"),
    )
    contact_name = UncutField(label=gettext_lazy("Contact"), max_length=160)
    email = forms.EmailField(label=gettext_lazy("E-mailadres van het contact"), max_length=254)
    phone = UncutField(label=gettext_lazy("Telefoon"), max_length=40, required=False)
    purpose = UncutField(
        label=gettext_lazy("Waarvoor"), max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    field_order = ("name", "parent", "legal_number", "vat_number", "contact_name", "email", "phone", "purpose")

    def clean(self) -> dict[str, Any]:
        self.is_division = self.cleaned_data.get("parent") is not None
        return super().clean()

    def asked(self) -> Asked:
        """Of a valid form."""
        names = ("name", "legal_number", "vat_number", "contact_name", "email", "phone", "purpose")
        return Asked(**{name: self.cleaned_data[name] for name in names}, terms_version="back-office")


class InviteForm(forms.Form):
    """Whom to ask, for what, and up to which amount."""

    form_key = forms.CharField(widget=forms.HiddenInput)
    email = forms.EmailField(label=gettext_lazy("E-mailadres"), max_length=254)
    role = forms.ChoiceField(label=gettext_lazy("Rol"), choices=[NOTHING, *Role.choices])
    limit = AmountField(
        label=gettext_lazy("Alleen tot (€, zonder btw)"),
        min_value=0,
        required=False,
        help_text=gettext_lazy("Voor een koper of goedkeurder. Leeg: geen bedrag."),
    )

    def invited(self) -> invite_member.Invited:
        """Of a valid form."""
        data = self.cleaned_data
        return invite_member.Invited(data["email"], data["role"], _cents(data["limit"]))
