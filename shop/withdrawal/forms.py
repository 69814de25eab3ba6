"""What a customer states who withdraws, and what is asked of whom has no link."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shop.fields import MailField, TextField
from shop.fulfilment.withdrawals import Withdrawable

PREFIX = "units-"


def _email(help_text: Any) -> MailField:
    return MailField(
        label=gettext_lazy("E-mailadres"),
        help_text=help_text,
        max_length=254,
        error_messages={
            "required": gettext_lazy("Vul je e-mailadres in."),
            "invalid": gettext_lazy("Dit e-mailadres klopt niet. Kijk het na."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class OrderForm(forms.Form):
    """Which order, and where its mails go."""

    number = TextField(
        label=gettext_lazy("Bestelnummer"),
        help_text=gettext_lazy("Het staat in elke mail over je bestelling."),
        max_length=64,
        error_messages={"required": gettext_lazy("Vul je bestelnummer in.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    email = _email(gettext_lazy("Het adres waarmee je bestelde."))


class StatementForm(forms.Form):
    """Who withdraws, from how many of what, and where the acknowledgement goes."""

    name = TextField(
        label=gettext_lazy("Je naam"),
        max_length=200,
        error_messages={"required": gettext_lazy("Vul je naam in.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = _email(gettext_lazy("Hier sturen we meteen de bevestiging naartoe."))

    def __init__(self, lines: Sequence[Withdrawable], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line in lines:
            self.fields[PREFIX + line.units] = forms.TypedChoiceField(
                label=f"{line.name}, {line.variant_name}" if line.variant_name else line.name,
                help_text=_("Al verzonden: dit stuur je terug.") if line.is_sent else _("Nog niet verzonden."),
                choices=[(count, _count(count)) for count in range(line.quantity + 1)],
                coerce=int,
                required=False,
                empty_value=None,
                initial=1 if len(lines) == line.quantity == 1 else 0,
                error_messages={"invalid_choice": _("Daarvan is er intussen minder over. Kijk het na.")},
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        names = [PREFIX + line.units for line in self.lines]
        if all(name in cleaned for name in names) and not any(cleaned[name] for name in names):
            raise forms.ValidationError(_("Kies waarvan je afziet."), code="nothing")
        return cleaned

    def of_lines(self) -> list[forms.BoundField]:
        return [self[PREFIX + line.units] for line in self.lines]

    def units(self) -> dict[str, int]:
        """Of a valid form, under the names by which fulfilment calls them."""
        return {line.units: count for line in self.lines if (count := self.cleaned_data[PREFIX + line.units])}

    def chosen(self) -> list[tuple[Withdrawable, int]]:
        """The same, to be read."""
        units = self.units()
        return [(line, units[line.units]) for line in self.lines if line.units in units]

    def refuse(self, errors: Mapping[str, str]) -> None:
        """Puts what fulfilment found wrong beside the fields, or above them."""
        for name, message in errors.items():
            self.add_error(name if name in self.fields else None, message)


def _count(count: int) -> str:
    if not count:
        return _("Dit hou ik")
    return ngettext("%(count)s stuk", "%(count)s stuks", count) % {"count": count}


def typed_units(given: Mapping[str, str]) -> dict[str, int]:
    """How many of what a sent form says, whatever the page offers by now; what is no number is left out."""
    named = {name.removeprefix(PREFIX): count for name, count in given.items() if name.startswith(PREFIX)}
    return {name: int(count) for name, count in named.items() if count.isascii() and count.isdigit() and len(count) < 5}
