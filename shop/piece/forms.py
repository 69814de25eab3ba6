"""A note of care or repair."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from shop.fields import TextField

LONGEST = 300
WRITTEN = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")
"""As browsers send a day, and as people here write one: the day before the month, in English too."""


class NoteForm(forms.Form):
    """A day, and what happened."""

    on = forms.DateField(
        label=gettext_lazy("Wanneer"),
        initial=timezone.localdate,
        input_formats=WRITTEN,
        error_messages={
            "required": gettext_lazy("Kies een dag."),
            "invalid": gettext_lazy("Dit is geen dag. Kies er een, of schrijf ze als 24/11/2026."),
        },
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    text = TextField(
        label=gettext_lazy("Wat er gebeurde"),
        help_text=gettext_lazy("Bijvoorbeeld “nieuwe zitting geweven”. Zet er geen namen of adressen bij."),
        max_length=LONGEST,
        error_messages={"required": gettext_lazy("Schrijf wat er gebeurde.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    form_key = forms.CharField(max_length=64, widget=forms.HiddenInput)
