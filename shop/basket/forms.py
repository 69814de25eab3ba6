"""The quantity of one line of the basket."""

from django import forms
from django.utils.translation import gettext_lazy


class QuantityForm(forms.Form):
    """How many of a line; zero takes it out."""

    line = forms.CharField(widget=forms.HiddenInput)
    quantity = forms.IntegerField(
        min_value=0,
        max_value=50,
        error_messages={
            "required": gettext_lazy("Vul in hoeveel stuks je wilt."),
            "invalid": gettext_lazy("Vul een heel getal in, bijvoorbeeld 1."),
            "min_value": gettext_lazy("Vul 0 of meer in."),
            "max_value": gettext_lazy("Je kunt hoogstens %(limit_value)s stuks tegelijk bestellen."),
        },
    )
