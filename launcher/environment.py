"""What each program is told, and no more: the variables of docs/architecture/wire.md."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from launcher.errors import LauncherError

_ALWAYS = (
    *("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"),
)
_SELLER = ("SELLER_NAME", "SELLER_ADDRESS", "SELLER_NUMBER", "SELLER_PHONE")
_TELEMETRY = ("OTEL_EXPORTER_OTLP_ENDPOINT",)
_FULFILMENT_OPTIONS = (
    *("MAIL_URL", "MAIL_FROM", "CONTACT_EMAIL", "CONTACT_PHONE"),
    *("PAYER_NAME", "PAYER_IBAN", "PAYER_BIC", "FULFILMENT_ALLOWED_HOSTS"),
    *("SECOND_FACTOR_REQUIRED", "VIES_API_BASE", "ACCOUNT_CHANGE_DAYS", "APPROVAL_LIMIT_MINOR", "SALEOR_DASHBOARD_URL"),
    *_SELLER,
    *_TELEMETRY,
)
_SHOP_OPTIONS = (
    *("CONTACT_EMAIL", "MEDIA_ORIGINS", "PAYMENT_PAGE_ORIGINS", "TRUSTED_PROXIES", "GIFT_PACKAGING_CODE"),
    *_SELLER,
    *_TELEMETRY,
)
_TEST_OPTIONS = (
    *("REFERENCE_DATA", "SALEOR_SCHEMA", "SALEOR_API_URL", "SALEOR_EMAIL", "SALEOR_PASSWORD", "CI", "CHROMIUM"),
    *("PYTEST_ADDOPTS", "HYPOTHESIS_PROFILE", "COLUMNS", "TERM", "FORCE_COLOR", "NO_COLOR", "UV_PROJECT_ENVIRONMENT"),
)
_LOOPBACK = "127.0.0.1,localhost"


@dataclass(frozen=True)
class Facts:
    """Where everything is and what opens it. Addresses have no slash at the end."""

    database_url: str
    owner_url: str
    redis_url: str
    shop_url: str
    fulfilment_url: str
    saleor_api_url: str
    saleor_account: tuple[str, str]
    """E-mail address and password of a staff account."""
    stripe_secret_key: str
    stripe_webhook_secret: str
    stripe_api_base: str
    shop_secret_key: str
    fulfilment_secret_key: str
    storefront_api_token: str
    plugin_notice_secrets: str
    sandbox_saleor_url: str
    sandbox_stripe_url: str
    sandbox_state: Path
    catalogue: Path
    beat_schedule: Path
    forgotten: Path
    metrics: Path
    """Where fulfilment's programs keep what they count."""
    mail_url: str = ""
    """Where mails go, whatever the person's environment says; empty: as that says."""


def taken_over(names: tuple[str, ...], environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Those of the names that our own environment gives."""
    return {name: environ[name] for name in names if environ.get(name)}


def names_a_saleor() -> bool:
    """Whether a Saleor is given. Raises LauncherError where who we are there is not: it would be passed over."""
    if not os.environ.get("SALEOR_API_URL"):
        return False
    if not (os.environ.get("SALEOR_EMAIL") and os.environ.get("SALEOR_PASSWORD")):
        raise LauncherError("SALEOR_API_URL is set: give SALEOR_EMAIL and SALEOR_PASSWORD of a staff account too.")
    return True


def base() -> dict[str, str]:
    """What any program needs to run on this machine. Output is written at once, so that a log is up to date; traffic
    to ourselves goes through no proxy."""
    others = ",".join(value for name in ("NO_PROXY", "no_proxy") if (value := os.environ.get(name)))
    no_proxy = f"{others},{_LOOPBACK}" if others else _LOOPBACK
    return taken_over(_ALWAYS) | {"PYTHONUNBUFFERED": "1", "NO_PROXY": no_proxy, "no_proxy": no_proxy}


def fulfilment(facts: Facts) -> dict[str, str]:
    """Fulfilment as the application's database role."""
    return (
        base()
        | {"SECOND_FACTOR_REQUIRED": "0"}  # so that the demo is easy to try; it may be switched on
        | {"VIES_API_BASE": f"{facts.sandbox_saleor_url}/vies" if _is_sandbox(facts) else ""}
        | taken_over(_FULFILMENT_OPTIONS)
        | {
            "DATABASE_URL": facts.database_url,
            "REDIS_URL": facts.redis_url,
            "SHOP_URL": facts.shop_url,
            "FULFILMENT_URL": facts.fulfilment_url,
            "SALEOR_API_URL": facts.saleor_api_url,
            "STRIPE_SECRET_KEY": facts.stripe_secret_key,
            "STRIPE_WEBHOOK_SECRET": facts.stripe_webhook_secret,
            "STRIPE_API_BASE": facts.stripe_api_base,
            "FULFILMENT_SECRET_KEY": facts.fulfilment_secret_key,
            "STOREFRONT_API_TOKEN": facts.storefront_api_token,
            "PLUGIN_NOTICE_SECRETS": facts.plugin_notice_secrets,
            "CELERY_BEAT_SCHEDULE_FILENAME": str(facts.beat_schedule),
            "FORGOTTEN_LOG": str(facts.forgotten),
            "PROMETHEUS_MULTIPROC_DIR": str(facts.metrics),
            "DEMO": "1",
        }
        | ({"MAIL_URL": facts.mail_url} if facts.mail_url else {})
    )


def _is_sandbox(facts: Facts) -> bool:
    """Whether the stand-in for Saleor runs, beside which that for VIES lies."""
    return facts.saleor_api_url.startswith(f"{facts.sandbox_saleor_url}/")


def fulfilment_owner(facts: Facts) -> dict[str, str]:
    """Fulfilment as the owner of the tables: for `migrate` and `grant_app_role`."""
    return fulfilment(facts) | {"DATABASE_URL": facts.owner_url}


def fulfilment_connecting(facts: Facts) -> dict[str, str]:
    """Fulfilment with Saleor's staff account: for `connect_saleor`."""
    email, password = facts.saleor_account
    return fulfilment(facts) | {"SALEOR_EMAIL": email, "SALEOR_PASSWORD": password}


def shop(facts: Facts) -> dict[str, str]:
    return (
        base()
        | {"SALEOR_CHANNEL": "consumer"}
        | taken_over(("SALEOR_CHANNEL", *_SHOP_OPTIONS))
        | {
            "REDIS_URL": facts.redis_url,
            "SHOP_URL": facts.shop_url,
            "FULFILMENT_URL": facts.fulfilment_url,
            "SALEOR_API_URL": facts.saleor_api_url,
            "SHOP_SECRET_KEY": facts.shop_secret_key,
            "STOREFRONT_API_TOKEN": facts.storefront_api_token,
            "DEMO": "1",
        }
    )


def _sandbox(facts: Facts) -> dict[str, str]:
    return base() | {
        "SANDBOX_STATE": str(facts.sandbox_state),
        "SANDBOX_SALEOR_URL": facts.sandbox_saleor_url,
        "SANDBOX_STRIPE_URL": facts.sandbox_stripe_url,
    }


def sandbox_saleor(facts: Facts) -> dict[str, str]:
    return _sandbox(facts) | {"SANDBOX_CATALOGUE": str(facts.catalogue)}


def sandbox_stripe(facts: Facts) -> dict[str, str]:
    return _sandbox(facts) | {
        "STRIPE_SECRET_KEY": facts.stripe_secret_key,
        "STRIPE_WEBHOOK_SECRET": facts.stripe_webhook_secret,
        "SANDBOX_STRIPE_WEBHOOK_URL": f"{facts.fulfilment_url}/hooks/stripe/",
    }


def visitor(facts: Facts) -> dict[str, str]:
    """For the smoke run: where everything is, and what the operator's commands need."""
    return fulfilment(facts) | {
        "SANDBOX_SALEOR_URL": facts.sandbox_saleor_url,
        "SANDBOX_STRIPE_URL": facts.sandbox_stripe_url,
    }


def testing(root: Path, database_url: str, redis_url: str) -> dict[str, str]:
    """For tests and measurements: real storage, and addresses where nobody answers."""
    return (
        base()
        | {"SALEOR_API_URL": "http://127.0.0.1:9/graphql/"}
        | taken_over(_TEST_OPTIONS)
        | {
            "DATABASE_URL": database_url,
            "DATABASE_OWNER_URL": os.environ.get("DATABASE_OWNER_URL") or database_url,
            "REDIS_URL": redis_url,
            "SHOP_URL": "http://127.0.0.1:8080",
            "FULFILMENT_URL": "http://127.0.0.1:8081",
            "STRIPE_SECRET_KEY": "sk_test_for_tests",
            "STRIPE_WEBHOOK_SECRET": "whsec_for_tests",
            "SHOP_SECRET_KEY": "shop-secret-for-tests",
            "FULFILMENT_SECRET_KEY": "fulfilment-secret-for-tests",
            "STOREFRONT_API_TOKEN": "storefront-token-for-tests",
            "PLUGIN_NOTICE_SECRETS": "plugin-secret-for-tests",
            "PYTHONPATH": str(root / "saleor_plugins"),  # a distribution of its own, which is not installed here
            "DEMO": "1",  # without it, pages need collected static files
        }
    )
