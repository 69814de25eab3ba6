"""The form of a postal address, wherever one is typed. What Saleor refuses comes back beside its field."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shop.countries import by_name, every, together
from shop.fields import TextField
from shop.saleor.checkout import Address
from shop.saleor.errors import SaleorRefusal
from shop.writing import POSTAL_CODES, international, lacks_number, on_an_invoice, postal_code, to_call, to_print

Countries = Sequence[tuple[str, str] | tuple[str, Sequence[tuple[str, str]]]]
"""What a field for a country offers: codes with their names, some of them under a heading."""

FIRST = "BE"
"""Where most live who buy here."""
_SALEOR_FIELDS = {
    "firstName": "first_name",
    "lastName": "last_name",
    "companyName": "company",
    "streetAddress1": "street",
    "streetAddress2": "street_extra",
    "postalCode": "postal_code",
    "city": "city",
    "countryArea": "area",
    "country": "country",
    "phone": "phone",
}


def text_field(label: Any, missing: Any, autocomplete: str, *, required: bool = True, length: int = 120) -> TextField:
    return TextField(
        label=label,
        required=required,
        max_length=length,
        error_messages={"required": missing},
        widget=forms.TextInput(attrs={"autocomplete": autocomplete}),
        validators=[to_print],
    )


def where_delivered(near: Collection[str]) -> Countries:
    """The countries that a parcel can go to, of which ``near`` are the codes."""
    return by_name(near)


def anywhere(near: Collection[str]) -> Countries:
    """Every country, those that a parcel can go to first."""
    return [*by_name(near), (_("Andere landen"), [one for one in every() if one[0] not in near])]


class CountryChoice(forms.Select):
    """A list of countries, written at once: Django renders two templates for each of 250, which takes a tenth of a
    second."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        parts = [
            _options([one], value)
            if isinstance(one[1], str)
            else format_html('<optgroup label="{}">{}</optgroup>', one[0], _options(one[1], value))
            for one in self.choices
        ]
        given = flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name}))
        return format_html("<select{}>{}</select>", given, format_html_join("", "{}", ([part] for part in parts)))


def _options(named: Iterable[Any], value: Any) -> SafeString:
    chosen = mark_safe(" selected")
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((code, chosen if code == value else "", label) for code, label in named),
    )


class AddressForm(forms.Form):
    """An address in one of the ``countries`` that it is given. What only some addresses have (none of a house number, a
    state or province) is asked for once it is missed."""

    first_name = text_field(gettext_lazy("Voornaam"), gettext_lazy("Vul je voornaam in."), "given-name")
    last_name = text_field(gettext_lazy("Achternaam"), gettext_lazy("Vul je achternaam in."), "family-name")
    company = text_field(gettext_lazy("Organisatie"), "", "organization", required=False)
    street = text_field(
        gettext_lazy("Straat en nummer"), gettext_lazy("Vul je straat en huisnummer in."), "address-line1"
    )
    street_extra = text_field(gettext_lazy("Bus"), "", "address-line2", required=False)
    postal_code = text_field(gettext_lazy("Postcode"), gettext_lazy("Vul je postcode in."), "postal-code", length=20)
    no_number = forms.BooleanField(label=gettext_lazy("Dit adres heeft geen huisnummer"), required=False)
    city = text_field(gettext_lazy("Gemeente"), gettext_lazy("Vul je gemeente in."), "address-level2")
    area = text_field(gettext_lazy("Provincie of staat"), "", "address-level1", required=False)
    country = forms.ChoiceField(
        label=gettext_lazy("Land"),
        initial=FIRST,
        error_messages={
            "required": gettext_lazy("Kies een land."),
            "invalid_choice": gettext_lazy("Kies een land uit de lijst."),
        },
        widget=CountryChoice(attrs={"autocomplete": "country"}),
    )
    phone = text_field(gettext_lazy("Telefoon"), "", "tel", required=False, length=24)

    def __init__(
        self, data: Any = None, *, section: str, countries: Countries, initial: dict[str, Any] | None = None
    ) -> None:
        """``section`` is ``shipping`` or ``billing``, as browsers name the two when they fill in an address."""
        super().__init__(data, prefix=section, initial=initial)
        country = self.fields["country"]
        assert isinstance(country, forms.ChoiceField)
        country.choices = countries
        codes = [code for code, name in countries if isinstance(name, str)]
        if len(codes) == len(countries):
            told = _("We leveren in %(countries)s. Kies een land uit de lijst.") % {"countries": together(codes)}
            country.error_messages["invalid_choice"] = told
        # Whether another country has postal codes is Saleor's to say.
        self.fields["postal_code"].required = (self["country"].value() or FIRST) in POSTAL_CODES
        self.asks_for_number = bool(self["no_number"].value())
        self.asks_for_area = bool(self["area"].value())
        self.summary_prefix = _("Factuur") if section == "billing" else ""
        for field in self.fields.values() if section == "billing" else ():  # of an invoice no parcel is told
            field.validators = [on_an_invoice if one is to_print else one for one in field.validators]
        for field in filter(lambda found: "autocomplete" in found.widget.attrs, self.fields.values()):
            field.widget.attrs["autocomplete"] = f"{section} {field.widget.attrs['autocomplete']}"
        self.fields["phone"].widget.input_type = "tel"

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        if phone:
            to_call(phone)
        return phone

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if cleaned is None:
            return None
        country = cleaned.get("country", "")
        for name, read in (("postal_code", postal_code), ("phone", international)):
            if cleaned.get(name) and country:
                try:
                    cleaned[name] = read(cleaned[name], country)
                except forms.ValidationError as error:
                    self.add_error(name, error)
        if cleaned.get("street") and lacks_number(cleaned["street"]) and not cleaned.get("no_number"):
            told = _("Er staat geen huisnummer bij. Vul het aan, of zeg hieronder dat er geen is.")
            self.add_error("street", told)
            self.asks_for_number = True
        return cleaned

    def address(self) -> Address:
        """The address of a valid form."""
        return Address(**{name: self.cleaned_data[name] for name in _SALEOR_FIELDS.values()})

    def refuse(self, refusal: SaleorRefusal) -> None:
        """Puts each of Saleor's reasons beside the field that it is about."""
        said = {reason.field: reason for reason in reversed(refusal.reasons)}  # Saleor says some of them twice
        for reason in said.values():
            name = _SALEOR_FIELDS.get(reason.field)
            self.asks_for_area |= name == "area"
            if reason.code == "REQUIRED" and name is not None:
                self.add_error(name, _("Vul dit aan: in dit land hoort het bij een adres."))
            elif name is None:
                self.add_error(None, _("Met dit adres kunnen we niet verder. Kijk het even na."))
            else:
                self.add_error(name, _("Dit klopt niet bij de rest van het adres. Kijk het even na."))


def initial_of(address: Address | None) -> dict[str, Any] | None:
    """The fields of an address form out of an address that Saleor already has."""
    if address is None:
        return None
    return {name: getattr(address, name) for name in _SALEOR_FIELDS.values()} | {
        "no_number": lacks_number(address.street)
    }
