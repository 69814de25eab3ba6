"""Bring a Saleor to the shop that a file describes, from its channels to our app in it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from catalogue.file import CatalogueError, read_catalogue
from fulfilment.entrypoints.payment_app import app_manifest
from fulfilment.errors import GatewayError
from fulfilment.flows.connect_app import connect_app
from fulfilment.flows.foresee_shares import outlook
from fulfilment.flows.publish_producers import publish_producers
from fulfilment.gateways.saleor.connect import connected
from fulfilment.gateways.saleor.staff import signed_in
from fulfilment.money import written
from fulfilment.saleor_setup.memory import remember, remembered
from fulfilment.saleor_setup.offers import channels_of, offers_of, prices_of
from fulfilment.saleor_setup.plugins import ORDER_ROUTING, WHOLESALE, set_up_order_routing
from fulfilment.saleor_setup.setup import Change, Setup, SetUpError
from fulfilment.saleor_setup.steps import STEPS, Steps

WITHOUT_PLUGIN = {
    ORDER_ROUTING: "orders reach us by its webhooks alone",
    WHOLESALE: "its price lists stay closed, as they would be open to all",
}
DEMO = settings.BASE_DIR / "demo" / "catalogue.toml"
KEPT_EVERY = 50
"""Changes after which what was written is kept for the next run: one that is killed loses no more."""
COUNTED_EVERY = 100
"""Products after which it is said how far it is."""
STOPPED = "stopped; what was made stays, and the same command goes on with the rest"


class Command(BaseCommand):
    help = (
        "Brings the Saleor of SALEOR_API_URL (SALEOR_EMAIL, SALEOR_PASSWORD) to what the file says. "
        "A repeat changes nothing; --plan shows what would change."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=DEMO, help="default: demo/catalogue.toml")
        parser.add_argument("--plan", action="store_true", help="say what would change, and change nothing")
        parser.add_argument("--overwrite", action="store_true", help="also what staff changed since it was written")
        parser.add_argument("--secrets", action="store_true", help="only the plugin's secret and our app, nothing else")
        parser.add_argument("--without-app", action="store_true", help="leave our app alone, fulfilment does not run")
        parser.add_argument("--email", default=settings.SALEOR_EMAIL)
        parser.add_argument("--password", default=settings.SALEOR_PASSWORD)

    def handle(self, *args: Any, **options: Any) -> None:
        self.changes = 0
        try:
            file = read_catalogue(options["file"])
            with signed_in(settings.SALEOR_API_URL, options["email"], options["password"]) as staff:
                pictures = options["file"].parent / "pictures"
                setup = Setup(staff, file, pictures, settings.SHOP_URL, not options["plan"], self._tell)
                setup.memory, setup.overwrite = remembered(settings.SALEOR_API_URL), options["overwrite"]
                setup.count, self.setup = self._count, setup
                try:
                    self._run(setup, () if options["secrets"] else STEPS, with_app=not options["without_app"])
                finally:
                    self._keep()
        except (CatalogueError, SetUpError, GatewayError) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt as stopped:
            raise CommandError(STOPPED, returncode=130) from stopped
        self._tell_kept(setup.kept)
        done = "would be made" if options["plan"] else "made"
        self.stdout.write(f"{self.changes} changes {done}" if self.changes else "nothing to change")

    def _tell_kept(self, kept: Sequence[Change]) -> None:
        for change in kept:
            self.stdout.write(f"  {change.kind} {change.key}: {', '.join(change.fields)} stays as staff changed it")
        if kept:
            self.stdout.write(f"{len(kept)} fields stay as staff changed them; --overwrite brings them to the file")

    def _run(self, setup: Setup, steps: Steps, *, with_app: bool) -> None:
        for at, (title, step) in enumerate(steps, start=1):
            self._progress(at, title)
            step(setup)
        self._progress(len(STEPS) + 1, "order routing")
        self._order_routing(setup)
        for plugin in setup.missing:
            self.stderr.write(f"  plugin {plugin} is not installed in this Saleor: {WITHOUT_PLUGIN[plugin]}")
        if with_app:
            self._progress(len(STEPS) + 2, "our app")
            self._app(setup)
            self._foresee(setup)

    def _foresee(self, setup: Setup) -> None:
        """Say which prices and vouchers of the file leave a partner less than the fixed amount of an agreement."""
        file, today = setup.file, timezone.localdate()
        found = outlook(channels_of(file), prices_of(file), offers_of(file), on=today)
        for what, sales in [
            ("at its price", found.prices),
            *((f"with {offer.codes[0]}", s) for offer, s in found.vouchers),
        ]:
            for sale in sales:
                for part in sale.short:
                    gets, agreed = (written(minor, sale.price.currency) for minor in (part.amount, part.fixed))
                    self.stderr.write(
                        f"  {sale.price.product_code} {what} in {sale.price.channel}: {part.partner} gets as little as "
                        f"{gets} of the {agreed} that are fixed"
                    )

    def _progress(self, at: int, title: str) -> None:
        self.stderr.write(f"[{at:2}/{len(STEPS) + 2}] {title}")

    def _count(self, done: int, of: int) -> None:
        if done % COUNTED_EVERY == 0 and done < of:
            self.stderr.write(f"        {done} of {of}")

    def _keep(self) -> None:
        if self.setup.apply:
            remember(settings.SALEOR_API_URL, self.setup.memory)

    def _tell(self, change: Change) -> None:
        self.changes += 1
        if self.changes % KEPT_EVERY == 0:
            self._keep()
        what = "new" if change.is_new else f"change {', '.join(change.fields)}"
        self.stdout.write(f"  {change.kind} {change.key}: {what}")

    def _order_routing(self, setup: Setup) -> None:
        values = {
            "notice_address": f"{settings.FULFILMENT_URL}/hooks/plugin/",
            "notice_secret": settings.PLUGIN_NOTICE_SECRETS[0],
        }
        set_up_order_routing(setup, values)

    def _app(self, setup: Setup) -> None:
        connect_app(setup.saleor, app_manifest(), now=timezone.now(), tell=self._tell_app, apply=setup.apply)
        if setup.apply:
            for code in publish_producers(connected(), on=timezone.localdate(), now=timezone.now()):
                self.stderr.write(f"  Saleor has no product {code}, for which there is an agreement")

    def _tell_app(self, what: str) -> None:
        self._tell(Change("app", settings.SALEOR_APP_ID, is_new=what == "install", fields=(what,)))
