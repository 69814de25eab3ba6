"""Install our app in Saleor, as its staff would, and publish who makes what."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from fulfilment.entrypoints.payment_app import app_manifest
from fulfilment.errors import GatewayError
from fulfilment.flows.connect_app import app_is_ours, connect_app
from fulfilment.flows.publish_producers import publish_producers
from fulfilment.gateways.saleor.connect import connected
from fulfilment.gateways.saleor.staff import signed_in


class Command(BaseCommand):
    help = "Installs our app in the Saleor of SALEOR_API_URL (SALEOR_EMAIL, SALEOR_PASSWORD). Idempotent."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", default=settings.SALEOR_EMAIL)
        parser.add_argument("--password", default=settings.SALEOR_PASSWORD)
        parser.add_argument("--repair", action="store_true", help="also the permissions and webhooks of an app that is")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["repair"] or not app_is_ours():
                with signed_in(settings.SALEOR_API_URL, options["email"], options["password"]) as staff:
                    connect_app(staff, app_manifest(), now=timezone.now(), tell=self._tell)
            missing = publish_producers(connected(), on=timezone.localdate(), now=timezone.now())
        except GatewayError as error:
            raise CommandError(str(error)) from error
        for code in missing:
            self.stderr.write(f"Saleor has no product with external reference {code}")
        self.stdout.write("our app is installed in Saleor and the producers are published")

    def _tell(self, what: str) -> None:
        self.stdout.write(f"  app {settings.SALEOR_APP_ID}: {what}")
