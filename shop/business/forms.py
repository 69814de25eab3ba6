"""The forms of a company: the application, who is invited, and a place of its address book."""

from collections.abc import Mapping
from typing import Any

import stdnum.exceptions
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from stdnum.be import vat as belgian
from stdnum.eu import vat as european

from shop.addresses import AddressForm, Countries
from shop.business.words import ROLES, WITH_LIMIT
from shop.catalogue.narrowing import NUMBER
from shop.fields import LinesField, TextField, email_field
from shop.fulfilment.companies import ADDRESS_FIELDS
from shop.money import Money
from shop.writing import in_a_note, on_an_invoice, to_call

LONGEST_PURPOSE = 1000
MOST_EUROS = 1_000_000
"""Above what anybody orders at once: a larger number is a mistake."""


def _line(label: Any, autocomplete: str, missing: Any = "", help_text: Any = "", length: int = 120) -> TextField:
    return TextField(
        label=label,
        help_text=help_text,
        required=bool(missing),
        max_length=length,
        error_messages={"required": missing},
        widget=forms.TextInput(attrs={"autocomplete": autocomplete}),
        validators=[on_an_invoice],
    )


class ToldForm(forms.Form):
    """A form of which fulfilment says what is wrong; ``CALLED`` has its fields by the names of the wire."""

    CALLED: Mapping[str, str] = {}

    def point_out(self, errors: Mapping[str, str]) -> None:
        """Puts what fulfilment found wrong beside the fields, or above them."""
        for name, message in errors.items():
            ours = self.CALLED.get(name, name)
            self.add_error(ours if ours in self.fields else None, message)


class ApplicationForm(forms.Form):
    """A company that asks for a price list."""

    name = _line(
        gettext_lazy("Onderneming of organisatie"), "organization", gettext_lazy("Vul de naam in van je onderneming.")
    )
    legal_number = _line(
        gettext_lazy("Ondernemingsnummer"),
        "off",
        help_text=gettext_lazy("Tien cijfers, zoals 0123.456.749. Niet in België? Laat dit leeg."),
        length=40,
    )
    vat_number = _line(
        gettext_lazy("Btw-nummer"),
        "off",
        help_text=gettext_lazy("Zoals BE0123456749. Geen btw-nummer in België? Laat dit leeg."),
        length=40,
    )
    contact_name = _line(gettext_lazy("Je naam"), "name", gettext_lazy("Vul je naam in."))
    email = email_field(help_text=gettext_lazy("Hierop antwoorden we, en hiermee log je later in."))
    phone = TextField(
        label=gettext_lazy("Telefoon"),
        required=False,
        max_length=24,
        widget=forms.TextInput(attrs={"autocomplete": "tel"}),
        validators=[to_call],
    )
    purpose = LinesField(
        label=gettext_lazy("Wat zoek je, en waarvoor?"),
        help_text=gettext_lazy("Bijvoorbeeld: twintig lampen voor de kamers van een hotel, tegen mei."),
        max_length=LONGEST_PURPOSE,
        error_messages={"required": gettext_lazy("Schrijf kort wat je zoekt.")},
        widget=forms.Textarea(attrs={"rows": 4}),
        validators=[in_a_note],
    )
    agreed = forms.BooleanField(
        error_messages={"required": gettext_lazy("Lees de voorwaarden en vink aan dat je akkoord gaat.")},
        label=gettext_lazy("Akkoord met de voorwaarden voor bedrijven"),
    )
    form_key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].widget.input_type = "tel"
        self.fields["legal_number"].widget.attrs["inputmode"] = "numeric"

    def clean_legal_number(self) -> str:
        """Ten figures without signs; empty where none was typed."""
        typed: str = self.cleaned_data["legal_number"]
        try:
            return str(belgian.validate(typed)) if typed else ""
        except stdnum.exceptions.ValidationError as error:
            told = _("Dit ondernemingsnummer klopt niet. Kijk het na: het heeft tien cijfers, zoals 0123.456.749.")
            raise forms.ValidationError(told) from error

    def clean_vat_number(self) -> str:
        """With the letters of its country; empty where none was typed."""
        typed: str = self.cleaned_data["vat_number"]
        if belgian.is_valid(typed):
            return f"BE{belgian.compact(typed)}"
        try:
            return str(european.validate(typed)) if typed else ""
        except stdnum.exceptions.ValidationError as error:
            told = _("Dit btw-nummer klopt niet. Zet er de letters van het land voor, zoals BE0123456749.")
            raise forms.ValidationError(told) from error

    def clean(self) -> dict[str, Any]:
        """A Belgian VAT number has the number of the enterprise in it; one of the two there must be."""
        cleaned: dict[str, Any] = super().clean() or {}
        legal, vat = cleaned.get("legal_number"), cleaned.get("vat_number")
        if legal == "" and vat == "":
            told = _("Vul je ondernemingsnummer in. Zit je onderneming niet in België, vul dan haar btw-nummer in.")
            self.add_error("legal_number", told)
        elif legal == "" and vat and vat.startswith("BE"):
            cleaned["legal_number"] = vat.removeprefix("BE")
        return cleaned

    def application(self) -> dict[str, str]:
        """What is sent of a valid form, beside what was agreed to."""
        return {name: value for name, value in self.cleaned_data.items() if name != "agreed"}


class RoleForm(ToldForm):
    """What a member may do, and up to which amount alone."""

    CALLED = {"limit_minor": "limit"}

    role = forms.ChoiceField(
        label=gettext_lazy("Rol"),
        choices=[(name, told) for name, (told, _said) in ROLES.items()],
        initial="buyer",
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Kies een rol."),
            "invalid_choice": gettext_lazy("Kies een van de rollen."),
        },
    )
    limit = forms.IntegerField(
        label=gettext_lazy("Tot welk bedrag alleen? (€, zonder btw)"),
        help_text=gettext_lazy("Voor een koper of goedkeurder. Laat leeg als er geen grens is."),
        required=False,
        min_value=0,
        max_value=MOST_EUROS,
        error_messages={**NUMBER, "max_value": gettext_lazy("Vul een kleiner bedrag in, of laat leeg.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def given(self) -> tuple[str, Money | None]:
        """Of a valid form: the role, and the amount where that role has one."""
        role, euros = self.cleaned_data["role"], self.cleaned_data["limit"]
        has_limit = role in WITH_LIMIT and euros is not None
        return role, Money.from_decimal(euros, "EUR") if has_limit else None

    def roles(self) -> list[tuple[str, str, str, bool]]:
        """Each as it is offered: value, name, what somebody does who has it, whether it is chosen."""
        chosen = self["role"].value()
        return [(name, str(told), str(said), name == chosen) for name, (told, said) in ROLES.items()]


class InviteForm(RoleForm):
    """A colleague who gets a link."""

    email = email_field(help_text=gettext_lazy("Hierheen gaat de link, en met dit adres logt je collega in."))
    form_key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    field_order = ["email", "role", "limit"]


class PlaceForm(ToldForm, AddressForm):
    """An address of the book, with the name that the company gives it."""

    CALLED = ADDRESS_FIELDS

    label = TextField(
        label=gettext_lazy("Naam van dit adres"),
        help_text=gettext_lazy("Zo vinden jullie het terug, bijvoorbeeld “Ontvangst” of “Magazijn”."),
        max_length=60,
        error_messages={"required": gettext_lazy("Geef dit adres een naam.")},
        validators=[on_an_invoice],
    )
    form_key = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, countries: Countries, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, section="shipping", countries=countries, initial=initial)
        self.order_fields(["label"])

    def point_out(self, errors: Mapping[str, str]) -> None:
        self.asks_for_area |= "country_area" in errors
        super().point_out(errors)
