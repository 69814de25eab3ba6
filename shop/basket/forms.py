"""What somebody typed in the basket: how many of each line."""

from dataclasses import dataclass, field

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy, ngettext_lazy

from shop.saleor.checkout import Checkout
from shop.saleor.lines import Line


class QuantityForm(forms.Form):
    """How many of a line; zero takes it out. Its prefix is the line's id."""

    quantity = forms.IntegerField(
        min_value=0,
        max_value=50,
        error_messages={
            "required": gettext_lazy("Vul in hoeveel stuks je wilt."),
            "invalid": gettext_lazy("Vul een heel getal in, bijvoorbeeld 1."),
            "min_value": gettext_lazy("Vul 0 of meer in."),
            "max_value": ngettext_lazy(
                "Je kunt hoogstens %(limit_value)s stuk tegelijk bestellen.",
                "Je kunt hoogstens %(limit_value)s stuks tegelijk bestellen.",
                "limit_value",
            ),
        },
    )


@dataclass(slots=True)
class Typed:
    """By line: how many are wanted where that is new, what was typed where it is wrong, and why it is."""

    wanted: dict[str, int] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def refuse(self, line_id: str, typed: str, error: str) -> None:
        self.wrong[line_id], self.errors[line_id] = typed, error


def typed_in(data: QueryDict, checkout: Checkout) -> Typed:
    """What of the basket's form is new. A field that is as its page showed it changes nothing, also where the line was
    changed in another window meanwhile."""
    found = Typed()
    for line in checkout.lines:
        if data.get("remove") == line.id:
            found.wanted[line.id] = 0
        elif _is_touched(data, line):
            form = QuantityForm(data, prefix=line.id)
            if form.is_valid():
                found.wanted[line.id] = form.cleaned_data["quantity"]
            else:
                found.refuse(line.id, str(data[f"{line.id}-quantity"]), str(form.errors["quantity"][0]))
    return found


def _is_touched(data: QueryDict, line: Line) -> bool:
    typed = data.get(f"{line.id}-quantity")
    return typed is not None and typed not in (data.get(f"{line.id}-shown"), str(line.quantity))
