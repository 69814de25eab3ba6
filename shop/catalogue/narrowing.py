"""The form that narrows the collection down. It is sent by GET, so that what was chosen keeps in the address."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shop.catalogue.selection import Facet, Order, Selection
from shop.money import Money

MOST_EUROS = 100_000
"""Above any price of ours: a larger number is a mistake."""
MOST_CHOSEN = 20
"""Values of one facet that are looked at; an address can hold any number."""

NUMBER = {
    "invalid": gettext_lazy("Vul een bedrag in hele euro’s in, bijvoorbeeld 150."),
    "min_value": gettext_lazy("Vul een bedrag boven nul in."),
    "max_value": gettext_lazy("Zo duur is hier niets. Vul een kleiner bedrag in."),
}


class EurosField(forms.IntegerField):
    """Whole euros; typed as text, so that what cannot be an amount is shown again beside what is wrong with it."""

    def __init__(self, **how: Any) -> None:
        shown = forms.TextInput(attrs={"inputmode": "numeric"})
        super().__init__(required=False, min_value=0, max_value=MOST_EUROS, error_messages=NUMBER, widget=shown, **how)


class NarrowForm(forms.Form):
    """Whole euros, the order, and whether it lies ready; the facets are read beside it, since their values are data."""

    least = EurosField(label=gettext_lazy("Vanaf (€)"))
    most = EurosField(label=gettext_lazy("Tot (€)"))
    in_stock = forms.BooleanField(label=gettext_lazy("Ligt klaar in het atelier"), required=False)
    order = forms.ChoiceField(
        label=gettext_lazy("Sorteer"),
        required=False,
        choices=[
            (Order.HOUSE.value, gettext_lazy("zoals wij het tonen")),
            (Order.READY.value, gettext_lazy("eerst klaar")),
            (Order.PRICE.value, gettext_lazy("prijs, laag naar hoog")),
            (Order.PRICE_DOWN.value, gettext_lazy("prijs, hoog naar laag")),
            (Order.NAME.value, gettext_lazy("naam")),
        ],
    )

    def __init__(self, asked: QueryDict) -> None:
        super().__init__(asked)
        self._asked = asked

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        least, most = cleaned.get("least"), cleaned.get("most")
        if least is not None and most is not None and least > most:
            self.add_error("most", _("Dit is minder dan het bedrag ervoor. Vul een groter bedrag in."))
        return cleaned

    def selection(self) -> Selection:
        """What was asked for, as far as it can be understood; the errors of the rest stand beside their fields."""
        self.is_valid()
        told = self.cleaned_data
        return Selection(
            chosen={facet: frozenset(self._asked.getlist(facet.value)[:MOST_CHOSEN]) for facet in Facet},
            least=_minor(told.get("least")),
            most=_minor(told.get("most")),
            in_stock=told.get("in_stock", False),
            order=Order(told.get("order") or ""),
        )


def _minor(euros: int | None) -> int | None:
    return None if euros is None else Money.from_decimal(euros, "EUR").minor
