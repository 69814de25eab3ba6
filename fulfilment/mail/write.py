"""Writing a mail: once per key, in the transaction that causes it. Sending it is somebody else's work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from fulfilment.mail.models import Attachment, Mail
from fulfilment.texts import seen_lines


@dataclass(frozen=True)
class File:
    """What goes with a mail: its name, its media type and its bytes."""

    name: str
    content_type: str
    content: bytes


def write(
    key: str,
    to: str,
    template: str,
    context: Mapping[str, object],
    now: datetime,
    language: str = "nl",
    *,
    unsubscribe: str = "",
    files: Sequence[File] = (),
) -> None:
    """Keep a mail to be sent, rendered from `mail/<template>` (subject, text and html); nothing when `key` was written.

    `context` is plain data: this module knows no order and no partner. Every mail says who sells, as `seller`. Signs
    that nobody sees are left out, whoever typed them where. `unsubscribe` is where its reader wants no more of its
    kind: told to their mail program, and to the template. `files` go with it.
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
    with transaction.atomic():
        Mail.objects.bulk_create([mail], ignore_conflicts=True)
        if files:
            kept = Mail.objects.get(key=key)
            Attachment.objects.bulk_create(
                Attachment(mail=kept, name=one.name, content_type=one.content_type, content=one.content)
                for one in files
            )


def is_written(key: str) -> bool:
    """Whether the mail of this key was written."""
    return Mail.objects.filter(key=key).exists()
