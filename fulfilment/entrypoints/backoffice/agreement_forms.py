"""The form of an agreement, and of its terms as people write them."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import ModelForm
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget

from fulfilment.agreements.models import Agreement, Term
from fulfilment.agreements.rules import TermInForce, check_terms
from fulfilment.entrypoints.backoffice.base import RowFormSet
from fulfilment.entrypoints.backoffice.fields import AmountField
from fulfilment.errors import Refusal
from fulfilment.money import to_decimal, to_minor
from fulfilment.partners.models import Partner

CURRENCY = "EUR"


class TermForm(ModelForm):  # type: ignore[type-arg]
    """A term as people write it: euros per unit, or a percentage of the rest."""

    figure = AmountField(
        label=gettext_lazy("Bedrag of percentage"),
        min_value=Decimal("0.01"),
        help_text=gettext_lazy("Euro per stuk, zonder btw, of procent van de rest."),
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal"}),
        error_messages={
            "invalid": gettext_lazy("Vul een getal in met hoogstens twee cijfers na de komma, zoals 12,50."),
            "required": gettext_lazy("Vul een getal in, zoals 12,50."),
        },
    )

    class Meta:
        model = Term
        fields = ("rank", "kind", "partner")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        minor = self.instance.amount_minor if self.instance.kind == Term.Kind.FIXED else self.instance.basis_points
        if minor is not None:
            self.initial["figure"] = to_decimal(minor, CURRENCY)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "figure" in cleaned and "kind" in cleaned:
            minor = to_minor(cleaned["figure"], CURRENCY)  # cents of a euro, or hundredths of a percent: basis points
            fixed = cleaned["kind"] == Term.Kind.FIXED
            self.instance.amount_minor, self.instance.basis_points = (minor, None) if fixed else (None, minor)
        return cleaned

    def value(self) -> TermInForce:
        """The term as the rules know it."""
        term = self.instance
        return TermInForce(
            self.cleaned_data["rank"],
            self.cleaned_data["partner"].pk,
            self.cleaned_data["partner"].kind,
            term.amount_minor,
            term.basis_points,
        )


class TermFormSet(RowFormSet):
    """Terms only hold together: the percentages make exactly 100 %, after every fixed amount."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        forms_of_terms = [form for form in self.forms if isinstance(form, TermForm)]
        kept = [form for form in forms_of_terms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        try:
            check_terms([form.value() for form in kept])
        except Refusal as refusal:
            raise ValidationError(refusal.message) from refusal


class AgreementForm(ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Agreement
        fields = ("product_code", "price_list", "producer", "valid_from", "valid_until", "discount_policy")
        help_texts = {
            "price_list": gettext_lazy("Leeg: voor alle prijslijsten."),
            "valid_until": gettext_lazy("Leeg: tot er een nieuwe versie is."),
            "discount_policy": gettext_lazy("Wie een korting draagt waarvan de kortingscode niet zegt wie ze betaalt."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "producer" in self.fields:
            self.fields["producer"].queryset = Partner.objects.filter(kind=Partner.Kind.PRODUCER)  # type: ignore[attr-defined]

    def _get_validation_exclusions(self) -> set[str]:
        """Leave the rule against overlap to the binding: a draft may overlap, and Django trips over its condition."""
        exclusions: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return exclusions | {"product_code"}
