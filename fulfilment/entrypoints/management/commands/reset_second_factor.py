"""Wipe the second step of somebody who lost it: the way in for the last one who could do it in the back office."""

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from fulfilment.entrypoints.accounts.lost import wipe
from fulfilment.partners.models import User


class Command(BaseCommand):
    help = "Wis de tweede stap van wie hem kwijt is. Vraag eerst na, met een gesprek, of het echt die persoon is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="het e-mailadres van het account")

    def handle(self, *, email: str, **options: object) -> None:
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise CommandError(_("Er is geen account met het adres %(email)s.") % {"email": email})
        done = wipe(user, now=timezone.now())
        self.stdout.write(_("Gewist, en gemaild.") if done else _("Er was geen tweede stap om te wissen."))
