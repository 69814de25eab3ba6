"""Install our app in Saleor, as its staff would, and publish who makes what."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from fulfilment.errors import GatewayError
from fulfilment.flows.publish_producers import publish_producers
from fulfilment.gateways.models import SaleorInstallation
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.saleor.client import SaleorClient
from fulfilment.gateways.saleor.connect import connected

PERMISSIONS = ["MANAGE_ORDERS", "HANDLE_PAYMENTS", "HANDLE_CHECKOUTS", "MANAGE_CHECKOUTS", "MANAGE_PRODUCTS"]
WAIT_SECONDS = 60


class Command(BaseCommand):
    help = "Installs our app in the Saleor of SALEOR_API_URL (SALEOR_EMAIL, SALEOR_PASSWORD). Idempotent."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", default=settings.SALEOR_EMAIL)
        parser.add_argument("--password", default=settings.SALEOR_PASSWORD)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if not _installed():
                self._install(options["email"], options["password"])
            missing = publish_producers(connected(), on=timezone.localdate())
        except GatewayError as error:
            raise CommandError(str(error)) from error
        for code in missing:
            self.stderr.write(f"Saleor has no product with external reference {code}")
        self.stdout.write("our app is installed in Saleor and the producers are published")

    def _install(self, email: str, password: str) -> None:
        nobody = SaleorClient(settings.SALEOR_API_URL)
        token = nobody.mutate("sign_in_staff", "tokenCreate", {"email": email, "password": password})["token"]
        staff = SaleorClient(settings.SALEOR_API_URL, token)
        manifest = f"{settings.FULFILMENT_URL}/saleor/manifest"
        install = {
            "appName": "Sociaal Gemaakt",
            "manifestUrl": manifest,
            "permissions": PERMISSIONS,
            "activateAfterInstallation": True,
        }
        staff.mutate("install_app", "appInstall", {"input": install})
        for _second in range(WAIT_SECONDS * 2):
            state = staff.execute("installation_state")
            failed = [
                found["message"]
                for found in state["appsInstallations"]
                if found["manifestUrl"] == manifest and found["status"] == "FAILED"
            ]
            if failed:
                raise CommandError(f"Saleor could not install our app: {failed[0]}")
            # Saleor lists the app before our own registration is committed: both must have happened.
            apps = [edge["node"] for edge in state["apps"]["edges"]]
            active = any(app["identifier"] == settings.SALEOR_APP_ID and app["isActive"] for app in apps)
            if active and _installed():
                return
            time.sleep(0.5)
        raise CommandError(f"Saleor did not install our app within {WAIT_SECONDS} seconds")


def _installed() -> bool:
    """Whether the token that we keep still works."""
    found = SaleorInstallation.objects.filter(api_url=settings.SALEOR_API_URL).first()
    if found is None:
        return False
    return Saleor(SaleorClient(found.api_url, found.token)).app_id(settings.SALEOR_APP_ID) is not None
