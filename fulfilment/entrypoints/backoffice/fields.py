"""Fields of the back office's forms that Django has not: a text that no browser cuts, an amount of money as people
here write it."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

_WHOLE = r"(?P<whole>[0-9]{1,3}(?:[. ][0-9]{3})+|[0-9]+)"
_AMOUNT = re.compile(rf"(?:€ ?)?(?:{_WHOLE}(?:,(?P<cents>[0-9]{{1,2}}))?|(?P<dotted>[0-9]+\.[0-9]{{1,2}}))(?: ?€)?")
"""A dot before three figures parts thousands; before one or two it is what a comma is here."""


def read_amount(text: str) -> Decimal | None:
    """The amount that a text says: `1.141,50`, `€ 10`, `10.5`, `1.000` (a thousand); None where it says none."""
    found = _AMOUNT.fullmatch(" ".join(text.split()))  # also the space that does not break, which our pages print
    if found is None:
        return None
    if found["dotted"]:
        return Decimal(found["dotted"])
    return Decimal(f"{found['whole'].replace('.', '').replace(' ', '')}.{found['cents'] or 0}")


class UncutField(forms.CharField):
    """A text of which nothing is cut: told how long it may be, a browser cuts what is pasted without a word."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return uncut(super().widget_attrs(widget))


def uncut(attrs: dict[str, Any]) -> dict[str, Any]:
    """The attributes of a field without the one that makes a browser cut; what is too long is refused in words."""
    attrs.pop("maxlength", None)
    return attrs


class AmountField(forms.DecimalField):
    """An amount of euros and cents, in the ways in which people here write it and our pages print it."""

    default_error_messages = {
        "invalid": gettext_lazy("Vul een bedrag in met hoogstens twee cijfers na de komma, zoals 1.141,50."),
        "required": gettext_lazy("Vul een bedrag in, zoals 1.141,50."),
        "max_whole_digits": gettext_lazy("Dit bedrag is te groot. Kijk het na."),
        "max_digits": gettext_lazy("Dit bedrag is te groot. Kijk het na."),
    }

    def __init__(self, **kwargs: Any) -> None:
        given = {"max_digits": 9, "decimal_places": 2, "widget": forms.TextInput(attrs={"inputmode": "decimal"})}
        super().__init__(**{**given, **kwargs})

    def to_python(self, value: Any) -> Any:
        """A `Decimal`, or None where nothing was typed."""
        if value in self.empty_values or not str(value).strip():
            return None
        if isinstance(value, Decimal):
            return value
        found = read_amount(str(value))
        if found is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return found

    def prepare_value(self, value: Any) -> Any:
        """What stands in the field: an amount as our pages print it, but for the sign; what was typed as it was."""
        return f"{value:,.2f}".translate(str.maketrans(",.", ".,")) if isinstance(value, Decimal) else value
