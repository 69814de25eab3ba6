"""The forms about an invoice: for whom it is, which part of an order, and what stands on it besides."""

from typing import Any

from babel import Locale
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfilment.companies import rules as company_rules
from fulfilment.companies.life import OPEN
from fulfilment.companies.models import Company
from fulfilment.entrypoints.backoffice.fields import UncutField
from fulfilment.flows.make_invoice import Wanted, buyer_of, delivered, sold_of
from fulfilment.invoices.models import Invoice, InvoiceLine
from fulfilment.invoices.parties import SELLERS_COUNTRY, UNION, Party
from fulfilment.invoices.queries import BUYER, billed, standing
from fulfilment.invoices.rules import Category, left_over
from fulfilment.orders.models import Order

What = Invoice.What
WHATS = [(one.value, one.label) for one in (What.REST, What.DEPOSIT, What.PART)]
UNTAXED = [("", gettext_lazy("Kies"))] + [
    (one.value, one.label)
    for one in (
        InvoiceLine.Category.INTRA_EU,
        InvoiceLine.Category.REVERSE,
        InvoiceLine.Category.EXEMPT,
        InvoiceLine.Category.ZERO,
    )
]


def countries() -> list[tuple[str, str]]:
    """The countries of the Union by their names, ours first."""
    names = Locale.parse("nl").territories
    others = sorted((names[code], code) for code in UNION - {SELLERS_COUNTRY})
    return [(SELLERS_COUNTRY, names[SELLERS_COUNTRY]), *((code, name) for name, code in others)]


class CompanyChoice(forms.Form):
    """Which of our customers an order is of: its numbers are taken over."""

    company = forms.ModelChoiceField(
        label=gettext_lazy("Bedrijf"),
        queryset=Company.objects.filter(state__in=OPEN).order_by("name"),
        required=False,
        empty_label=gettext_lazy("Geen van onze klanten"),
    )


class BuyerForm(forms.Form):
    """Whom an invoice is for, as the law wants them on it, and what they call it."""

    name = UncutField(label=gettext_lazy("Naam"), max_length=256)
    legal_number = UncutField(label=gettext_lazy("Ondernemingsnummer"), max_length=20, required=False)
    vat_number = UncutField(label=gettext_lazy("Btw-nummer"), max_length=24, required=False)
    street = UncutField(label=gettext_lazy("Straat en nummer"), max_length=256)
    street_extra = UncutField(label=gettext_lazy("Tweede adresregel"), max_length=256, required=False)
    postal_code = UncutField(label=gettext_lazy("Postcode"), max_length=20)
    city = UncutField(label=gettext_lazy("Plaats"), max_length=256)
    country = forms.ChoiceField(label=gettext_lazy("Land"), choices=countries)
    email = forms.EmailField(label=gettext_lazy("E-mailadres"), max_length=254, required=False)
    order_reference = UncutField(
        label=gettext_lazy("Hun bestelnummer"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Zonder hun nummer staat dat van onze bestelling erop."),
    )
    buyer_reference = UncutField(label=gettext_lazy("Hun referentie"), max_length=120, required=False)

    def clean_legal_number(self) -> str:
        typed = str(self.cleaned_data["legal_number"])
        found = company_rules.legal_number(typed) if typed else ""
        if found is None:
            raise forms.ValidationError(_("Dit is geen geldig ondernemingsnummer. Het heeft tien cijfers."))
        return found

    def clean_vat_number(self) -> str:
        typed = str(self.cleaned_data["vat_number"])
        found = company_rules.vat_number(typed) if typed else ""
        if found is None:
            raise forms.ValidationError(_("Dit is geen geldig btw-nummer van een land van de Europese Unie."))
        return found

    def buyer(self) -> Party:
        """Of a valid form. A Belgian VAT number is the legal number too."""
        found = {name: str(self.cleaned_data[name]) for name in BUYER}
        if not found["legal_number"] and found["vat_number"].startswith(SELLERS_COUNTRY):
            found["legal_number"] = found["vat_number"].removeprefix(SELLERS_COUNTRY)
        return Party(**found)


def filled_in(buyer: Party) -> dict[str, str]:
    """What a form about a buyer is opened with."""
    return {name: getattr(buyer, name) for name in BUYER}


class InvoiceForm(BuyerForm):
    """An invoice of an order, all of it or a part."""

    what = forms.ChoiceField(label=gettext_lazy("Wat komt erop?"), choices=WHATS, initial=What.REST)
    percent = forms.IntegerField(
        label=gettext_lazy("Voorschot (%)"),
        min_value=1,
        max_value=99,
        required=False,
        help_text=gettext_lazy("Alleen voor een voorschot."),
    )
    delivered_on = forms.DateField(
        label=gettext_lazy("Geleverd op"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, order: Order, company: Company | None, data: Any = None) -> None:
        buyer = filled_in(buyer_of(order, company))
        super().__init__(data, initial={**buyer, "delivered_on": delivered(order)})
        self._company = company
        sold = sold_of(order)
        had = billed(standing(order.pk))
        self._rows = [(one.key, f"line-{one.key}") for one in left_over(sold, had) if one.key is not None]
        for one in left_over(sold, had):
            if one.key is not None:
                left = one.quantity - had.units.get(one.key, 0)
                self.fields[f"line-{one.key}"] = forms.IntegerField(
                    label=_("%(name)s (hoogstens %(left)s)") % {"name": one.name, "left": left},
                    min_value=0,
                    max_value=left,
                    required=False,
                )
        if any(not one.basis_points for one in sold):
            self.fields["untaxed"] = forms.ChoiceField(label=_("Waarom is er een deel zonder btw?"), choices=UNTAXED)
            self.fields["why_untaxed"] = UncutField(
                label=_("Welke vrijstelling?"),
                max_length=200,
                required=False,
                help_text=_("Zo komt het op de factuur. Alleen als er iets vrijgesteld is."),
            )

    def units_fields(self) -> list[Any]:
        """The fields of a part: how many of each."""
        return [self[name] for _key, name in self._rows]

    def plain_fields(self) -> list[Any]:
        """All others."""
        parts = {name for _key, name in self._rows}
        return [field for field in self.visible_fields() if field.name not in parts]

    def wanted(self) -> Wanted:
        """What a valid form asks for."""
        data = self.cleaned_data
        what = What(data["what"])
        return Wanted(
            buyer=self.buyer(),
            what=what,
            company_id=self._company.pk if self._company else None,
            percent=data["percent"] or 0,
            units={key: data.get(name) or 0 for key, name in self._rows} if what == What.PART else {},
            untaxed=Category(data.get("untaxed") or Category.EXEMPT),
            why_untaxed=data.get("why_untaxed", ""),
            delivered_on=data["delivered_on"],
            buyer_reference=data["buyer_reference"],
            order_reference=data["order_reference"],
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("what") == What.DEPOSIT and not data.get("percent"):
            self.add_error("percent", _("Zeg hoeveel procent."))
        return data
