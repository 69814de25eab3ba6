"""What stands in a mail, whoever typed parts of it."""

import pytest

from fulfilment.mail.models import Mail
from fulfilment.mail.write import write
from tests.support import rows


@pytest.mark.django_db
def test_signs_that_nobody_sees_turn_no_sentence_of_a_mail_around() -> None:
    producer = "Compaan\u202e \u2066Gent\u200b\x07"
    told = {"producer": producer, "number": "12", "products": [], "link": "https://example.com/volgen/"}

    write("task:tsk_1:reassigned", "an@example.com", "reassigned", told, rows.NOW)

    mail = Mail.objects.get()
    assert mail.subject == "Compaan Gent maakt je bestelling 12 verder"
    for part in (mail.subject, mail.text, mail.html):
        assert "Compaan Gent" in part
        assert not set(part) & set("\u202e\u2066\u200b\x07")
    assert mail.text.count("\n") > 3
