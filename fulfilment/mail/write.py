"""Writing a mail: once per key, in the transaction that causes it. Sending it is somebody else's work."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from fulfilment.mail.models import Mail
from fulfilment.texts import seen_lines


def write(
    key: str,
    to: str,
    template: str,
    context: Mapping[str, object],
    now: datetime,
    language: str = "nl",
    *,
    unsubscribe: str = "",
) -> None:
    """Keep a mail to be sent, rendered from `mail/<template>` (subject, text and html); nothing when `key` was written.

    `context` is plain data: this module knows no order and no partner. Every mail says who sells, as `seller`. Signs
    that nobody sees are left out, whoever typed them where. `unsubscribe` is where its reader wants no more of its
    kind: told to their mail program, and to the template.
    """
    if is_written(key):
        return
    values = {"seller": {**settings.SELLER, "email": settings.CONTACT_EMAIL}, "unsubscribe": unsubscribe, **context}
    with translation.override(language):
        subject = " ".join(seen_lines(render_to_string(f"mail/{template}.subject.txt", values)).split("\n")).strip()
        text = seen_lines(render_to_string(f"mail/{template}.txt", values))
        html = seen_lines(render_to_string(f"mail/{template}.html", {**values, "subject": subject}))
    mail = Mail(key=key, to=to, subject=subject, text=text.strip() + "\n", html=html, created_at=now)
    mail.unsubscribe = unsubscribe
    Mail.objects.bulk_create([mail], ignore_conflicts=True)


def is_written(key: str) -> bool:
    """Whether the mail of this key was written."""
    return Mail.objects.filter(key=key).exists()
