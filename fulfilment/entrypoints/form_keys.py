"""The key that makes a form sent twice one thing: asked with the form, kept with what it made."""

import secrets
from collections.abc import Mapping
from typing import Any

from django import forms


class KeyForm(forms.Form):
    """The key of a form, as it is sent back."""

    form_key = forms.RegexField(r"^[A-Za-z0-9_-]{8,43}$")


def new_key() -> str:
    """A key for a form that is opened."""
    return secrets.token_urlsafe(16)


def given_key(given: Mapping[str, Any]) -> str:
    """The form's key as it was sent; "" where there is none, or no possible one."""
    form = KeyForm(given)
    return str(form.cleaned_data["form_key"]) if form.is_valid() else ""
