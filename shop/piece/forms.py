"""A note of care or repair."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

LONGEST = 300


class NoteForm(forms.Form):
    """A day, and what happened."""

    on = forms.DateField(
        label=gettext_lazy("Wanneer"),
        initial=timezone.localdate,
        error_messages={
            "required": gettext_lazy("Kies een dag."),
            "invalid": gettext_lazy("Dit is geen dag. Kies er een, of schrijf ze als 24/11/2026."),
        },
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    text = forms.CharField(
        label=gettext_lazy("Wat er gebeurde"),
        help_text=gettext_lazy("Bijvoorbeeld “nieuwe zitting geweven”. Zet er geen namen of adressen bij."),
        max_length=LONGEST,
        error_messages={
            "required": gettext_lazy("Schrijf wat er gebeurde."),
            "max_length": gettext_lazy("Hoogstens %(limit_value)s tekens."),
        },
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    form_key = forms.CharField(max_length=64, widget=forms.HiddenInput)
