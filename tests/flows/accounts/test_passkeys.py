"""What a browser says of a passkey is refused where nobody can read it, and is no fault of ours."""

import pytest
from django.conf import settings
from django.forms import ValidationError
from django.test import Client
from django.utils.module_loading import import_string

from fulfilment.entrypoints.accounts.passkeys import Answer

UNREADABLE = ["9" * 4_400, "[" * 100_000, "{", ""]


@pytest.mark.parametrize("said", UNREADABLE, ids=["figures", "deep", "broken", "nothing"])
def test_what_cannot_be_read_is_refused(said: str) -> None:
    with pytest.raises(ValidationError):
        Answer().clean(said)


@pytest.mark.parametrize("name", settings.MFA_FORMS)
def test_each_form_of_a_passkey_reads_it_so(name: str) -> None:
    assert isinstance(import_string(settings.MFA_FORMS[name]).base_fields["credential"], Answer)


@pytest.mark.django_db
@pytest.mark.parametrize("said", UNREADABLE, ids=["figures", "deep", "broken", "nothing"])
def test_who_logs_in_with_it_reads_the_page_of_login_again(client: Client, said: str) -> None:
    assert client.post("/accounts/login/passkey/", {"credential": said}).status_code < 500
