"""The account on which money goes back. Whether a bank can pay on it is for fulfilment to say."""

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext_lazy

from shop.fields import TextField

LONGEST_NAME = 70
"""What a bank takes of a name; fulfilment says the same of a longer one."""


class AccountForm(forms.Form):
    """Whose account, and its number as people write it."""

    holder = TextField(
        label=gettext_lazy("Van wie is de rekening?"),
        help_text=gettext_lazy("Zoals het op je bankkaart staat."),
        max_length=LONGEST_NAME,
        error_messages={"required": gettext_lazy("Vul in van wie de rekening is.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    iban = TextField(
        label=gettext_lazy("Rekeningnummer (IBAN)"),
        help_text=gettext_lazy("Een Belgisch nummer ziet eruit als BE68 5390 0754 7034."),
        max_length=50,
        error_messages={"required": gettext_lazy("Vul je rekeningnummer in.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def refuse(self, errors: Mapping[str, str]) -> None:
        """Puts what fulfilment found wrong beside the fields."""
        for name, message in errors.items():
            self.add_error(name, message)
