"""Fields of which nothing is cut: told how long a text may be, a browser cuts what is pasted without a word.

What is too long comes back whole, with how long it may be beside it.
"""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, ngettext_lazy

from shop.writing import to_mail

TOO_LONG = ngettext_lazy(
    "Hoogstens %(limit_value)s teken; dit zijn er %(show_value)s.",
    "Hoogstens %(limit_value)s tekens; dit zijn er %(show_value)s.",
    "limit_value",
)


class _Uncut:
    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs: dict[str, Any] = super().widget_attrs(widget)  # type: ignore[misc]
        attrs.pop("maxlength", None)
        return attrs


class TextField(_Uncut, forms.CharField):
    """A text in one line."""

    default_error_messages = {"max_length": TOO_LONG}


class LinesField(TextField):
    """A text in one line or several, of which no more than one is empty at once."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> Any:
        lines = [" ".join(line.split()) for line in str(super().to_python(value)).splitlines()]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class MailField(_Uncut, forms.EmailField):
    """An e-mail address."""

    default_error_messages = {"max_length": TOO_LONG}


def email_field(label: Any = None, autocomplete: str = "email", help_text: Any = "") -> MailField:
    """Where a mail can be sent."""
    return MailField(
        label=label or gettext_lazy("E-mailadres"),
        help_text=help_text,
        error_messages={
            "required": gettext_lazy("Vul je e-mailadres in."),
            "invalid": gettext_lazy("Dit e-mailadres klopt niet. Een goed voorbeeld: naam@voorbeeld.be"),
        },
        widget=forms.EmailInput(attrs={"autocomplete": autocomplete}),
        validators=[to_mail],
    )
