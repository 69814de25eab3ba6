"""The questions of shipping, one form each."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fulfilment.entrypoints.portal.cards import Units
from fulfilment.production.rules import CARRIER_NAMES, COLLECTED, has_tracking

PREFIX = "quantity-"
DELIVERING = [(carrier, name) for carrier, name in CARRIER_NAMES.items() if carrier != COLLECTED]


class UnitsForm(forms.Form):
    """How many units of each line are in the parcel: `quantity-<task line id>`."""

    def __init__(self, data: Mapping[str, Any] | None, left: Sequence[Units]) -> None:
        super().__init__(data)
        for units in left:
            self.fields[f"{PREFIX}{units.key}"] = forms.IntegerField(
                min_value=0,
                max_value=units.quantity,
                initial=units.quantity,
                label=units.name,
                error_messages={
                    "required": _("Vul een getal in. Zit het er niet in? Vul dan 0 in."),
                    "invalid": _("Vul een getal in, zoals 2."),
                    "min_value": _("Vul 0 of meer in."),
                    "max_value": _("Er zijn er nog %(limit_value)s te verzenden. Vul er niet meer in."),
                },
            )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors and not any(values.values()):
            raise forms.ValidationError(_("Zeg hoeveel stuks er in het pakket zitten."))
        return values

    def quantities(self) -> dict[int, int]:
        """Task line id → units; only of a valid form."""
        return {int(name.removeprefix(PREFIX)): value for name, value in self.cleaned_data.items()}


class CarrierForm(forms.Form):
    carrier = forms.ChoiceField(
        choices=list(CARRIER_NAMES.items()),
        error_messages={
            "required": _("Kies wie het pakket wegbrengt."),
            "invalid_choice": _("Kies wie het pakket wegbrengt."),
        },
    )


class LabelForm(forms.Form):
    """The code on the label, and the key that makes a form sent twice one parcel."""

    tracking_code = forms.CharField(required=False, max_length=80, strip=True)
    form_key = forms.RegexField(r"^[A-Za-z0-9_-]{8,43}$")


class TrackingForm(forms.Form):
    """What the label really says."""

    carrier = forms.ChoiceField(choices=DELIVERING)
    tracking_code = forms.CharField(required=False, max_length=80, strip=True)


def carrier_choices() -> list[tuple[str, str, str]]:
    """Each carrier with its name and its pictogram."""
    icons = {COLLECTED: "person"}
    return [
        (carrier, name, icons.get(carrier, "van" if has_tracking(carrier) else "bike"))
        for carrier, name in CARRIER_NAMES.items()
    ]
