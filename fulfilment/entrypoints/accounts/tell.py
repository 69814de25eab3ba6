"""What people hear by mail about their own account."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from fulfilment.mail.write import write
from fulfilment.partners.models import User


def tell_changed(user: User, what: str, now: datetime, *, to: str = "") -> None:
    """Say to whom an account belongs what changed about it; `to` where that is no longer their address."""
    link = f"{settings.FULFILMENT_URL}{reverse('account_reset_password')}"
    key = f"{user.public_id}:changed:{now.isoformat()}"
    write(key, to or user.email, "account_changed", {"what": what, "at": now, "link": link}, now)
