"""The questions of shipping, and of what is in the way; one form each."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from fulfilment.entrypoints.portal.cards import Units
from fulfilment.errors import Refusal
from fulfilment.production.rules import CARRIER_NAMES, COLLECTED, FURTHEST, has_tracking

PREFIX = "quantity-"
DELIVERING = [(carrier, name) for carrier, name in CARRIER_NAMES.items() if carrier != COLLECTED]
NO_CARRIER = {what: _("Kies wie het pakket wegbrengt.") for what in ("required", "invalid_choice")}
FIELD_OF = dict.fromkeys(("NO_TRACKING", "BAD_TRACKING", "CODE_TAKEN"), "tracking_code")
"""Which question a refusal is about; the others are about all of it."""


class UnitsForm(forms.Form):
    """How many units of each line are in the parcel: `quantity-<task line id>`."""

    too_many = _("Nog %(limit_value)s te verzenden. Vul er niet meer in.")
    nothing = _("Zeg hoeveel stuks er in het pakket zitten.")

    def __init__(self, data: Mapping[str, Any] | None, left: Sequence[Units]) -> None:
        super().__init__(data)
        for units in left:
            self.fields[f"{PREFIX}{units.key}"] = forms.IntegerField(
                min_value=0,
                max_value=units.quantity,
                initial=units.quantity,
                label=f"{units.name} ({units.variant})" if units.variant else units.name,
                error_messages={
                    "required": _("Vul een getal in. Zit het er niet in? Vul dan 0 in."),
                    "invalid": _("Vul een getal in, zoals 2."),
                    "min_value": _("Vul 0 of meer in."),
                    "max_value": self.too_many,
                },
            )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors and not any(values.values()):
            self.add_error(next(iter(self.fields)), self.nothing)
        return values

    def quantities(self) -> dict[int, int]:
        """Task line id → units; only of a valid form."""
        return {int(name.removeprefix(PREFIX)): value for name, value in self.cleaned_data.items()}


class ArrivedForm(UnitsForm):
    """How many units of each line of a return arrived: `quantity-<return line id>`."""

    too_many = ngettext_lazy(
        "Er is er %(limit_value)s aangekondigd. Zijn het er meer? Bel Sociaal Gemaakt.",
        "Er zijn er %(limit_value)s aangekondigd. Zijn het er meer? Bel Sociaal Gemaakt.",
        "limit_value",
    )
    nothing = _("Is er niets aangekomen? Dan hoef je nog niets te doen.")


class CarrierForm(forms.Form):
    carrier = forms.ChoiceField(
        label=_("Wie brengt het weg?"), choices=list(CARRIER_NAMES.items()), error_messages=NO_CARRIER
    )


class LabelForm(forms.Form):
    """The code on the label. `same_code` is that code again, ticked by who says that another parcel has it too."""

    tracking_code = forms.CharField(required=False, label=_("Trackingcode"))
    same_code = forms.CharField(required=False)
    is_taken = False

    def refuse(self, refusal: Refusal) -> None:
        """Say what the rules refused, beside the question that it is about."""
        self.is_taken = refusal.code == "CODE_TAKEN"
        self.add_error(FIELD_OF.get(refusal.code), refusal.message)


class TrackingForm(LabelForm):
    """What the label really says."""

    carrier = forms.ChoiceField(label=_("Wie brengt het weg?"), choices=DELIVERING, error_messages=NO_CARRIER)
    seen = forms.CharField(required=False, empty_value=None)
    field_order = ("carrier", "tracking_code")


class DayForm(forms.Form):
    """A later day than the one that is due."""

    day = forms.DateField(
        label=_("Andere dag"),
        error_messages={what: _("Kies een dag.") for what in ("required", "invalid")},
    )

    def __init__(self, data: Mapping[str, Any] | None, *, after: date) -> None:
        super().__init__(data)
        self.after = max(after, timezone.localdate() - timedelta(days=1))

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day <= self.after:
            raise forms.ValidationError(_("Kies een dag na %(day)s.") % {"day": date_format(self.after, "j F")})
        if day > timezone.localdate() + FURTHEST:
            raise forms.ValidationError(_("Die dag is te ver weg. Kijk of het jaar klopt."))
        return day


class NoteForm(forms.Form):
    """A word to the operator; what the work waits for where that is a question."""

    note = forms.CharField(max_length=300, label=_("Erbij vertellen"))

    def __init__(self, data: Mapping[str, Any] | None, *, required: bool) -> None:
        super().__init__(data)
        self.fields["note"].required = required
        self.fields["note"].error_messages["required"] = _("Schrijf op wat je wilt weten.")


def carrier_choices() -> list[tuple[str, str, str]]:
    """Each carrier with its name and its pictogram."""
    icons = {COLLECTED: "person"}
    return [
        (carrier, name, icons.get(carrier, "van" if has_tracking(carrier) else "bike"))
        for carrier, name in CARRIER_NAMES.items()
    ]
