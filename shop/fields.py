"""Fields of which nothing is cut: told how long a text may be, a browser cuts what is pasted without a word.

What is too long comes back whole, with how long it may be beside it.
"""

import re
from typing import Any

from django import forms
from django.utils.translation import ngettext_lazy

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
