"""The form that puts a product in the basket."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from shop.saleor.catalogue import Variant
from shop.saleor.errors import SaleorRefusal

_QUANTITY = re.compile(r"[0-9]{1,2}")
MOST = 50
"""How many pieces may be ordered at once."""


def typed_quantity(data: Mapping[str, Any]) -> int:
    """How many were typed, where that is a number of pieces; else one."""
    typed = str(data.get("quantity", ""))
    return int(typed) if _QUANTITY.fullmatch(typed) and 0 < int(typed) <= MOST else 1


class BuyForm(forms.Form):
    """Which variant, and how many."""

    variant = forms.ChoiceField(
        label=gettext_lazy("Uitvoering"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Kies eerst een uitvoering."),
            "invalid_choice": gettext_lazy("Deze uitvoering is er niet meer. Kies een andere."),
        },
    )
    quantity = forms.IntegerField(
        label=gettext_lazy("Aantal"),
        min_value=1,
        max_value=MOST,
        error_messages={
            "required": gettext_lazy("Vul in hoeveel stuks je wilt."),
            "invalid": gettext_lazy("Vul een heel getal in, bijvoorbeeld 1."),
            "min_value": gettext_lazy("Bestel minstens 1 stuk."),
            "max_value": ngettext_lazy(
                "Je kunt hoogstens %(limit_value)s stuk tegelijk bestellen.",
                "Je kunt hoogstens %(limit_value)s stuks tegelijk bestellen.",
                "limit_value",
            ),
        },
    )

    def __init__(self, variants: Sequence[Variant], data: Any = None, sku: str = "") -> None:
        """``variants`` can be bought; the one of the ``sku`` is chosen, else the first."""
        first = next((variant for variant in variants if sku and variant.sku == sku), next(iter(variants), None))
        super().__init__(data, initial={"variant": first.id, "quantity": 1} if first else None)
        self._available = {variant.id: variant.available for variant in variants}
        variant_field = self.fields["variant"]
        assert isinstance(variant_field, forms.ChoiceField)
        variant_field.choices = [(variant.id, variant.name) for variant in variants]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if cleaned and {"variant", "quantity"} <= cleaned.keys():
            available = self._available[cleaned["variant"]]
            if cleaned["quantity"] > available:
                told = ngettext(
                    "Er is er nog %(available)s. Kies een kleiner aantal.",
                    "Er zijn er nog %(available)s. Kies een kleiner aantal.",
                    available,
                )
                self.add_error("quantity", told % {"available": available})
        return cleaned

    def refuse(self, refusal: SaleorRefusal) -> None:
        """Puts Saleor's refusal beside the field that it is about."""
        if "INSUFFICIENT_STOCK" in refusal.codes:
            self.add_error("quantity", _("Zoveel stuks zijn er niet meer. Kies een kleiner aantal."))
        elif "QUANTITY_GREATER_THAN_LIMIT" in refusal.codes:
            self.add_error("quantity", _("Samen met wat al in je mandje ligt is dit te veel. Kies een kleiner aantal."))
        else:
            self.add_error(
                "variant", _("Deze uitvoering kun je nu niet bestellen. Kies een andere of probeer het later.")
            )
