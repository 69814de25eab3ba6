"""What the environment tells the stand-in for Stripe."""

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.common.settings import SandboxSettings, required

API_VERSION = "2026-10-28.endive"
"""The one version spoken here: the one that the pinned `stripe` package asks for."""
CURRENCY = "eur"
SHOP_NAME = "Sociaal Gemaakt"


@dataclass(frozen=True)
class StripeSettings:
    """`webhook_url` is where events go, signed with `webhook_secret`; `secret_key` opens the API."""

    sandbox: SandboxSettings
    secret_key: str
    webhook_secret: str
    webhook_url: str

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "StripeSettings":
        return cls(
            sandbox=SandboxSettings.from_environ(environ),
            secret_key=required(environ, "STRIPE_SECRET_KEY"),
            webhook_secret=required(environ, "STRIPE_WEBHOOK_SECRET"),
            webhook_url=required(environ, "SANDBOX_STRIPE_WEBHOOK_URL"),
        )
