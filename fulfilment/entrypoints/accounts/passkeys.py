"""allauth's forms of passkeys, of which the browser's answer is refused where it is no JSON that can be read at all."""

from typing import Any

from allauth.mfa.webauthn import forms as webauthn
from django import forms


class Answer(forms.JSONField):
    """What a passkey said. Django's own field expects each failure of reading to be one of notation.

    A number of thousands of figures, or what is nested without end, is another, and would be a fault of ours.
    """

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error


class AddWebAuthn(webauthn.AddWebAuthnForm):
    credential = Answer(widget=forms.HiddenInput)


class AuthenticateWebAuthn(webauthn.AuthenticateWebAuthnForm):
    credential = Answer(widget=forms.HiddenInput)


class LoginWebAuthn(webauthn.LoginWebAuthnForm):
    credential = Answer(widget=forms.HiddenInput)


class ReauthenticateWebAuthn(webauthn.ReauthenticateWebAuthnForm):
    credential = Answer(widget=forms.HiddenInput)
