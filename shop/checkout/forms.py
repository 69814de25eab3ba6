"""The forms on the way to the payment. What Saleor refuses comes back beside the field that it is about."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shop.fields import LinesField, MailField
from shop.saleor.checkout import Delivery, Point
from shop.saleor.errors import SaleorRefusal
from shop.writing import in_a_note, on_a_card, to_mail


class ContactForm(forms.Form):
    """Where the confirmation goes."""

    email = MailField(
        label=gettext_lazy("E-mailadres"),
        help_text=gettext_lazy("Hierheen sturen we je bevestiging, met een link om te volgen hoe het gemaakt wordt."),
        error_messages={
            "required": gettext_lazy("Vul je e-mailadres in, dan sturen we je de bevestiging."),
            "invalid": gettext_lazy("Dit e-mailadres klopt niet. Een goed voorbeeld: naam@voorbeeld.be"),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        validators=[to_mail],
    )

    def refuse(self, refusal: SaleorRefusal) -> None:
        """Puts Saleor's refusal of the e-mail address beside its field."""
        self.add_error("email", _("Dit e-mailadres klopt niet. Kijk het even na."))


HOME = "home"
"""The way of who comes nowhere for it."""


class WayForm(forms.Form):
    """Whether it is delivered, or its customer comes for it, and where."""

    way = forms.ChoiceField(
        label=gettext_lazy("Hoe krijg je het?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Kies hoe je je bestelling wilt krijgen."),
            "invalid_choice": gettext_lazy("Daar kun je deze bestelling niet afhalen. Kies iets anders."),
        },
    )

    def __init__(self, points: Sequence[Point], chosen: Point | None, data: Any = None) -> None:
        """Where there is no collection point, nothing is asked: it is delivered."""
        super().__init__(data, initial={"way": chosen.id if chosen else HOME})
        field = self.fields["way"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(HOME, ""), *((point.id, point.name) for point in points)]
        field.required = bool(points)

    @property
    def is_collected(self) -> bool:
        """Whether somebody comes for it, as far as was typed."""
        return (self["way"].value() or HOME) != HOME


class BillingForm(forms.Form):
    """Whether the invoice goes to the same address as the parcel."""

    billing_same = forms.BooleanField(
        label=gettext_lazy("De factuur mag naar hetzelfde adres"), required=False, initial=True
    )


class ExtrasForm(forms.Form):
    """What shall stand on the card, where it is a present; and what there is to say to who makes it."""

    message = LinesField(
        label=gettext_lazy("Je boodschap op een kaartje"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("We drukken je woorden en leggen het kaartje bij je cadeau. Dat kost niets."),
        widget=forms.Textarea(attrs={"rows": 4}),
        validators=[on_a_card],
    )
    note = LinesField(
        label=gettext_lazy("Je opmerking"),
        required=False,
        max_length=300,
        help_text=gettext_lazy(
            "Voor wie het maakt, inpakt en verstuurt. Ze gaat niet mee in het pakket. Iets anders bestellen of een "
            "ander adres opgeven kan hier niet."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[in_a_note],
    )


class DeliveryForm(forms.Form):
    """The choice between the ways of delivery that Saleor offers for this address."""

    delivery = forms.ChoiceField(
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Kies hoe je je bestelling wilt krijgen."),
            "invalid_choice": gettext_lazy("Deze levering is er niet meer. Kies een andere."),
        },
    )

    def __init__(self, options: Sequence[Delivery], chosen: str, data: Any = None) -> None:
        super().__init__(data, initial={"delivery": chosen})
        field = self.fields["delivery"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(option.id, option.name) for option in options]
