"""What people hear by mail about their own account, and a partner about its address."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from fulfilment.mail.write import write
from fulfilment.partners.models import Partner, User


def tell_changed(user: User, what: str, now: datetime, *, to: str = "") -> None:
    """Say to whom an account belongs what changed about it; `to` where that is no longer their address."""
    link = f"{settings.FULFILMENT_URL}{reverse('account_reset_password')}"
    key = f"{user.public_id}:changed:{now.isoformat()}"
    write(key, to or user.email, "account_changed", {"what": what, "at": now, "link": link}, now)


def tell_contact_changed(partner: Partner, former: str, now: datetime) -> None:
    """Say at a partner's former address that we write to another from now on."""
    told = {"partner": partner.name, "address": partner.email}
    write(f"{partner.public_id}:contact:{now.isoformat()}", former, "contact_changed", told, now)
