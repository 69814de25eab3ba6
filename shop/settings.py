"""Settings of the storefront. It has no database: what a visit remembers is in Valkey, all else in Saleor."""

from pathlib import Path
from urllib.parse import urlsplit

from environs import Env

env = Env()

BASE_DIR = Path(__file__).resolve().parent
# The demo shows the pages that customers get, its error pages too: Django's own DEBUG stays off.
DEBUG = False
IS_DEMO = env.bool("DEMO", default=False)
SECRET_KEY = env.str("SHOP_SECRET_KEY", default="")  # Django refuses to work with an empty one

SHOP_URL = env.str("SHOP_URL", default="http://127.0.0.1:8080")
FULFILMENT_URL = env.str("FULFILMENT_URL", default="http://127.0.0.1:8081")
STOREFRONT_API_TOKEN = env.str("STOREFRONT_API_TOKEN", default="")
SALEOR_API_URL = env.str("SALEOR_API_URL", default="http://127.0.0.1:8082/graphql/")
SALEOR_CHANNEL = env.str("SALEOR_CHANNEL", default="consumer")
# What shows the numbers and the reasons to whoever does not ask from this machine itself; empty: nobody else.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
# Where processes of one machine keep what they count, for the library; empty: each counts for itself.
PROMETHEUS_MULTIPROC_DIR = env.str("PROMETHEUS_MULTIPROC_DIR", default="")
# Who is told by OpenTelemetry what takes how long; empty: nobody, and nothing that sends is loaded.
OTEL_EXPORTER_OTLP_ENDPOINT = env.str("OTEL_EXPORTER_OTLP_ENDPOINT", default="")
PAYMENT_GATEWAY_ID = "sociaalgemaakt.payment"
GIFT_PACKAGING_CODE = env.str("GIFT_PACKAGING_CODE", default="SG-006")
CATALOGUE_CACHE_SECONDS = 60
WITHDRAWAL_DAYS = 14  # how long a customer may withdraw; fulfilment's WITHDRAWAL_PERIOD is the same
CONTACT_EMAIL = env.str("CONTACT_EMAIL", default="hallo@sociaalgemaakt.example")
# Who sells, as the law wants a buyer to be told. The demo's are invented: no company has this number.
SELLER = {
    "name": env.str("SELLER_NAME", default="Sociaal Gemaakt"),
    "address": env.str("SELLER_ADDRESS", default="Voorbeeldkaai 1, 9000 Gent" if IS_DEMO else ""),
    "number": env.str("SELLER_NUMBER", default="1999.001.338" if IS_DEMO else ""),
    "phone": env.str("SELLER_PHONE", default="09 000 00 00" if IS_DEMO else ""),
}


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


# Behind a proxy the customer's address is the n-th from the right in X-Forwarded-For; anything left of it is invented.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
IS_HTTPS = SHOP_URL.startswith("https://")
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

ALLOWED_HOSTS = [urlsplit(SHOP_URL).hostname or "127.0.0.1", "127.0.0.1", "localhost"]
CSRF_TRUSTED_ORIGINS = [_origin(SHOP_URL)]

INSTALLED_APPS = [
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "shop.design",
    "shop.catalogue",
    "shop.search",
    "shop.basket",
    "shop.checkout",
    "shop.account",
    "shop.tracking",
    "shop.piece",
    "shop.refund",
    "shop.withdrawal",
    "shop.restock",
    "shop.newsletter",
    "shop.terms",
    "shop.business",
    "shop.info",
    "shop.found",
]
MIDDLEWARE = [
    "shop.pages.middleware.KeptPages",  # first: what it answers passes by all the others
    "django.middleware.security.SecurityMiddleware",
    "shop.compression.CompressionMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "telemetry.middleware.Trace",
    "shop.policy.Policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "shop.outages.OutageMiddleware",
    "shop.answers.FormAnswers",
]
ROOT_URLCONF = "shop.urls"
WSGI_APPLICATION = "shop.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "shop.visit.context",
                "shop.languages.context",
            ],
        },
    }
]

DATABASES: dict[str, dict[str, str]] = {}
REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379")
CACHES = {
    "default": {
        "BACKEND": "shop.remembered.ValkeyCache",
        "LOCATION": f"{REDIS_URL.rstrip('/')}/1",
        "KEY_PREFIX": "shop",
        "OPTIONS": {
            "socket_connect_timeout": 0.5,
            "socket_timeout": 0.5,
            "serializer": "shop.remembered.Packed",
        },
    }
}
SESSION_ENGINE = "shop.remembered"
SESSION_COOKIE_NAME = "sg_shop"
SESSION_COOKIE_AGE = 30 * 24 * 3600  # Saleor forgets an anonymous checkout after as long
SESSION_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "shop.remembered.Messages"

SESSION_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_NAME = "sg_shop_csrf"
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "shop.outages.csrf_failure"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if IS_HTTPS else 0
# The proxy leads from http to https, and nothing else reaches the program; other names of the domain are not ours.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W008", "security.W021"]
SECURE_REFERRER_POLICY = "same-origin"  # a tracking link is a key; it must not travel to a carrier's site
X_FRAME_OPTIONS = "DENY"

# Pictures come from Saleor's media host; the form that pays ends on the payment page, and browsers hold a form's
# redirects against form-action too.
MEDIA_ORIGINS = env.list("MEDIA_ORIGINS", default=[_origin(SALEOR_API_URL)])
PAYMENT_PAGE_ORIGINS = env.list("PAYMENT_PAGE_ORIGINS", default=["https://checkout.stripe.com"])
_LOOPBACK = ["http://127.0.0.1:*", "http://localhost:*"] if IS_DEMO else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'none'"],
        "style-src": ["'self'"],
        "font-src": ["'self'"],
        "img-src": ["'self'", *MEDIA_ORIGINS, *_LOOPBACK],
        "form-action": ["'self'", *PAYMENT_PAGE_ORIGINS, *_LOOPBACK],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands"), ("en", "English"), ("fr", "Français")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Brussels"

STATIC_URL = "/static/"
STATIC_ROOT = env.path("SHOP_STATIC_ROOT", default=BASE_DIR.parent / "build" / "shop-static")
BUNDLES = BASE_DIR.parent / "build" / "shop-bundles"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "shop.design.bundle.BundleFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if IS_DEMO
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_ROOT = BASE_DIR / "design" / "root"  # what stands at / by name: favicon.ico, which is favicon.svg in pixels
WHITENOISE_USE_FINDERS = IS_DEMO
WHITENOISE_AUTOREFRESH = IS_DEMO

# For people (line) or for machines (json).
LOG_FORMAT = env.str("LOG_FORMAT", default="line" if IS_DEMO else "json")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "telemetry.logs.Discreet", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "json": {"()": "telemetry.logs.DiscreetJson"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"httpx2": {"level": "WARNING"}, "httpcore2": {"level": "WARNING"}},
}
