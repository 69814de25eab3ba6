"""A second step that was lost, with its reserve codes: somebody else wipes it, and its person makes a new one."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext as _

from fulfilment.entrypoints.accounts.sessions import end_all
from fulfilment.entrypoints.accounts.tell import tell_changed
from fulfilment.partners.models import User


@transaction.atomic
def wipe(user: User, *, now: datetime) -> bool:
    """Take away every second step of a person, end their sessions and tell them; False where there was none."""
    found = Authenticator.objects.filter(user_id=user.pk)
    if not found.exists():
        return False
    found.delete()
    end_all(user.pk)
    tell_changed(user, _("Je tweede stap is gewist. Bij je volgende login kies je een nieuwe."), now)
    return True
