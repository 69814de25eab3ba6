"""The forms of the account. What Saleor refuses comes back beside the field that it is about."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy

from shop.addresses import text_field
from shop.fields import TextField, email_field
from shop.saleor.account import SHORTEST_PASSWORD


def password_field(label: Any = None) -> TextField:
    """One that is known."""
    return TextField(
        label=label or gettext_lazy("Wachtwoord"),
        max_length=200,
        strip=False,
        error_messages={"required": gettext_lazy("Vul je wachtwoord in.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


def new_password_field(label: Any = None) -> TextField:
    """One that is chosen: what Saleor asks of it is said beforehand."""
    short = gettext_lazy("Dit wachtwoord is te kort. Neem minstens %(limit_value)s tekens.")
    return TextField(
        label=label or gettext_lazy("Wachtwoord"),
        help_text=gettext_lazy("Minstens 8 tekens. Een zin die alleen jij kent, is het beste."),
        min_length=SHORTEST_PASSWORD,
        max_length=200,
        strip=False,
        error_messages={"required": gettext_lazy("Kies een wachtwoord."), "min_length": short},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class LoginForm(forms.Form):
    """Who comes back."""

    email = email_field(autocomplete="username")
    password = password_field()


class RegisterForm(forms.Form):
    """Who is new."""

    first_name = text_field(gettext_lazy("Voornaam"), gettext_lazy("Vul je voornaam in."), "given-name")
    last_name = text_field(gettext_lazy("Achternaam"), gettext_lazy("Vul je achternaam in."), "family-name")
    email = email_field()
    password = new_password_field()

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, prefix="nieuw")


class EmailForm(forms.Form):
    """Where a link may go."""

    email = email_field(autocomplete="username")


class PasswordForm(forms.Form):
    """A password that is typed once more."""

    password = password_field()


class NewPasswordForm(forms.Form):
    """A password that is chosen by who has a link."""

    password = new_password_field(gettext_lazy("Nieuw wachtwoord"))


class ChangePasswordForm(forms.Form):
    """A password for another one."""

    old = password_field(gettext_lazy("Je wachtwoord nu"))
    new = new_password_field(gettext_lazy("Nieuw wachtwoord"))


class ChangeEmailForm(forms.Form):
    """Another address to mail to."""

    email = email_field(
        gettext_lazy("Nieuw e-mailadres"), help_text=gettext_lazy("Hierheen sturen we een link om het te bevestigen.")
    )
    password = password_field()


class NamesForm(forms.Form):
    """How somebody is called, and in which language we write."""

    first_name = text_field(gettext_lazy("Voornaam"), gettext_lazy("Vul je voornaam in."), "given-name")
    last_name = text_field(gettext_lazy("Achternaam"), gettext_lazy("Vul je achternaam in."), "family-name")
    language = forms.ChoiceField(
        label=gettext_lazy("Taal van je mails"),
        choices=settings.LANGUAGES,
        error_messages={
            "required": gettext_lazy("Kies een taal."),
            "invalid_choice": gettext_lazy("Kies een van de talen."),
        },
    )
