"""What the forms have in common by which somebody asks for mail to an address that they typed.

Whoever asks reads the same for every address. Nothing is lost where it cannot be asked now: what was typed stays in its
field, and a sentence says so.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from redis.exceptions import RedisError

from shop.fields import email_field
from shop.fulfilment.client import FulfilmentUnavailable
from shop.saleor.catalogue import Variant
from shop.throttle import MAILS


class RestockForm(forms.Form):
    """Which variant somebody waits for. Its ids are its own: it stands beside the form that buys."""

    variant = forms.ChoiceField(
        label=gettext_lazy("Uitvoering"),
        error_messages={
            "required": gettext_lazy("Kies een uitvoering."),
            "invalid_choice": gettext_lazy("Deze uitvoering is er niet meer. Kies een andere."),
        },
    )
    email = email_field()

    def __init__(self, gone: Sequence[Variant], data: Any = None, sku: str = "") -> None:
        """``gone`` are sold out; the one of the ``sku`` is chosen, else the first."""
        first = next((variant for variant in gone if sku and variant.sku == sku), next(iter(gone), None))
        super().__init__(data, auto_id="restock_%s", initial={"variant": first.id} if first else None)
        variant_field = self.fields["variant"]
        assert isinstance(variant_field, forms.ChoiceField)
        variant_field.choices = [(variant.id, variant.name or variant.sku) for variant in gone]


def asked(request: HttpRequest, form: forms.Form, ask: Callable[[], Mapping[str, str]]) -> int:
    """Have ``ask`` done for a form with an ``email``; what is wrong is put beside its fields. The status of the page
    that shows the form again; 0 where it was done."""
    if not form.is_valid():
        return 422
    try:
        if MAILS.is_reached(request, form.cleaned_data["email"]):
            form.add_error(None, _("Dat is wel erg vaak na elkaar. Wacht een uur en probeer het dan opnieuw."))
            return 429
        errors = ask()
    except (FulfilmentUnavailable, RedisError):
        form.add_error(
            None, _("Dit lukt nu even niet. Wat je typte, staat er nog: probeer het over enkele minuten opnieuw.")
        )
        return 503
    for name, message in errors.items():
        form.add_error(name if name in form.fields else None, message)
    return 422 if errors else 0
