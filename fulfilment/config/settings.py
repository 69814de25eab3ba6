"""All settings of fulfilment, from the environment; each is described in docs/operations/settings.md."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.templatetags.static import static
from environs import Env
from kombu import Queue
from marshmallow import ValidationError
from marshmallow.validate import Length, OneOf, Range

from fulfilment.config.clock import PULSE_SECONDS as PULSE_SECONDS
from fulfilment.config.clock import PULSES as PULSES
from fulfilment.config.clock import QUEUE_LATER, QUEUE_MAIL, QUEUE_MONEY, QUEUE_ORDERS, QUEUE_ROUNDS, SCHEDULE
from fulfilment.payouts import rules as paying
from fulfilment.payouts.alphabet import bank_name

env = Env()


def _named(name: str) -> None:
    if not bank_name(name):
        raise ValidationError("A bank cannot write this name.")


def _account(iban: str) -> None:
    if not (paying.is_account(iban) and paying.is_in_sepa(iban)):
        raise ValidationError("This is no account in a country of SEPA.")


def _bank(bic: str) -> None:
    if bic and not paying.is_bic(bic):
        raise ValidationError("This is no BIC.")


BASE_DIR = Path(__file__).resolve().parents[2]

# People see the house's own error pages, in the demo too: Django's own DEBUG stays off.
DEBUG = False
IS_DEMO = env.bool("DEMO", False)
SECRET = Length(min=1, error="An empty secret proves nothing.")
SECRET_KEY = env.str("FULFILMENT_SECRET_KEY", validate=SECRET)
_former_keys: list[str] = env.list("FULFILMENT_FORMER_SECRET_KEYS", [])
SECRET_KEY_FALLBACKS = [key for key in _former_keys if key]
FULFILMENT_URL = env.str("FULFILMENT_URL").rstrip("/")
SHOP_URL = env.str("SHOP_URL").rstrip("/")

# --- what we talk to -------------------------------------------------------------------------------------------------
SALEOR_API_URL = env.str("SALEOR_API_URL")
SALEOR_EMAIL = env.str("SALEOR_EMAIL", "")
SALEOR_PASSWORD = env.str("SALEOR_PASSWORD", "")
SALEOR_APP_ID = "sociaalgemaakt.payment"
# Where Saleor's Dashboard stands, which shows pages of ours: nobody else may frame them. Most often beside the API.
_dashboard = urlsplit(env.str("SALEOR_DASHBOARD_URL", "") or SALEOR_API_URL)
DASHBOARD_ORIGIN = f"{_dashboard.scheme}://{_dashboard.netloc}"
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", validate=SECRET)
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", validate=SECRET)
STRIPE_API_BASE = env.str("STRIPE_API_BASE", "")
# Where VAT numbers are looked up: the tax offices' own service. Empty: nobody is asked.
VIES_API_BASE = env.str("VIES_API_BASE", "").rstrip("/")
STOREFRONT_API_TOKEN = env.str("STOREFRONT_API_TOKEN", validate=SECRET)
_notice_secrets: list[str] = env.list("PLUGIN_NOTICE_SECRETS")
PLUGIN_NOTICE_SECRETS = [secret.strip() for secret in _notice_secrets if secret.strip()]
REDIS_URL = env.str("REDIS_URL").rstrip("/")
MAIL_URL = env.str("MAIL_URL", "database:")
CONTACT_EMAIL = env.str("CONTACT_EMAIL", "hallo@sociaalgemaakt.example")
CONTACT_PHONE = env.str("CONTACT_PHONE", "")
MAIL_FROM = env.str("MAIL_FROM", "Sociaal Gemaakt <winkel@sociaalgemaakt.example>")
# Who sells, as the law wants a buyer to be told; the shop reads the same. The demo's are invented.
SELLER = {
    "name": env.str("SELLER_NAME", "Sociaal Gemaakt"),
    "address": env.str("SELLER_ADDRESS", "Voorbeeldkaai 1, 9000 Gent" if IS_DEMO else ""),
    "number": env.str("SELLER_NUMBER", "1999.001.338" if IS_DEMO else ""),
    "phone": env.str("SELLER_PHONE", "09 000 00 00" if IS_DEMO else ""),
}

# --- policies of the house -------------------------------------------------------------------------------------------
WITHDRAWAL_PERIOD = timedelta(days=14)
RELEASE_MARGIN = timedelta(days=2)
PRESUMED_DELIVERY = timedelta(days=10)  # after shipping, where nobody tells that a parcel arrived
SESSION_LIFETIME = timedelta(minutes=30)  # of a page to pay on; Stripe takes no less
DISPUTE_REMINDER = timedelta(days=3)  # before its last day, a dispute that waits for evidence is told of once more
RETURN_GRACE = timedelta(minutes=5)  # how long "it arrived" can be taken back before Saleor and the customer are told
RETURN_ARRIVES_WITHIN = timedelta(days=env.int("RETURN_ARRIVES_DAYS", 10, validate=Range(min=1)))
RETURN_HANDLED_WITHIN = timedelta(days=env.int("RETURN_HANDLED_DAYS", 5, validate=Range(min=1)))
ORPHAN_PATIENCE = timedelta(minutes=15)  # how long a paid checkout may stay without an order before it is refunded
REFUND_LINK_PERIOD = timedelta(days=30)  # how long a customer may give an account number on the page from our mail
REFUND_REMINDER = timedelta(days=env.int("REFUND_REMINDER_DAYS", 7, validate=Range(min=1)))
REFUND_ACCOUNT_KEPT = timedelta(days=90)  # after the bank paid: it may come back for some weeks
ACCEPT_PATIENCE = timedelta(days=1)  # of working time, until a workshop is reminded of work that it did not accept
LATE_PATIENCE = timedelta(days=1)  # of working time, from a reminder until the operator is told
# How long what is kept of people is kept, and from when: fulfilment/forgetting/table.py. The shop promises the same.
ADDRESSES_KEPT = timedelta(days=730)  # the legal guarantee: so long may a customer come back with what broke
MAIL_LINKS_KEPT = timedelta(hours=2)  # bodies whose link opens something
MAIL_TEXTS_KEPT = timedelta(days=30)
MAILS_KEPT = timedelta(days=365)  # to whom, and about what
STRIPE_EVENTS_KEPT = timedelta(days=30)  # as long as Stripe itself sends one again
EXCEPTIONS_KEPT = timedelta(days=365)
REQUESTS_KEPT = timedelta(days=1095)
UNCONFIRMED_KEPT = timedelta(days=7)  # and so long the link is good by which somebody confirms it
RESTOCK_WISHES_KEPT = timedelta(days=365)
CONSENTS_KEPT = timedelta(days=1095)  # that there was one, without the address
REFUSED_COMPANIES_KEPT = timedelta(days=365)  # so that whoever asks again finds who said no, and why
MEMBERS_KEPT = timedelta(days=730)  # who acted for a company, as long as what they ordered may come back
INVITATIONS_KEPT = timedelta(days=30)
SESSIONS_KEPT = timedelta(days=14)
DEEDS_KEPT = timedelta(days=365)
LEAVERS_KEPT = timedelta(days=365)
BOOKS_KEPT_YEARS = 10  # the law: invoices and what they rest on, from 1 January of the next year
BASKETS_KEPT = timedelta(days=90)  # Saleor's own
SALEOR_MESSAGES_KEPT = timedelta(days=14)  # Saleor's EVENT_PAYLOAD_DELETE_PERIOD
LOGS_KEPT = BACKUPS_KEPT = timedelta(days=30)
# Who asked to be forgotten, hashed, outside of the database: a restored backup brings nobody back.
FORGOTTEN_LOG = env.str("FORGOTTEN_LOG", str(BASE_DIR / ".run" / "forgotten.jsonl"))
STRIPE_RESERVE_MINOR = env.int("STRIPE_RESERVE_MINOR", 0 if IS_DEMO else 5_000, validate=Range(min=0))
# A partner's new account: how long after it was asked the partner is still paid on the former one.
ACCOUNT_CHANGE_WAIT = timedelta(days=env.int("ACCOUNT_CHANGE_DAYS", 3, validate=Range(min=0 if IS_DEMO else 1)))
# Whoever made a plan does not approve it where it pays more than this (cents).
APPROVAL_LIMIT_MINOR = env.int("APPROVAL_LIMIT_MINOR", 10_000_000 if IS_DEMO else 100_000, validate=Range(min=0))
PAYER_NAME = env.str("PAYER_NAME", "Sociaal Gemaakt", validate=_named)
PAYER_IBAN = env.str("PAYER_IBAN", "BE68539007547034", validate=_account)
PAYER_BIC = env.str("PAYER_BIC", "GKCCBEBB", validate=_bank)
# The folder where invoices lie for an access point of Peppol, and come back from; empty: none is sent over it.
PEPPOL_FOLDER = env.str("PEPPOL_FOLDER", str(BASE_DIR / ".run" / "peppol") if IS_DEMO else "")

# --- from when on operators are told; docs/operations/seeing.md says what to do then. Times in seconds ----------------
_count = Range(min=0)
ALERT_SILENCE_SECONDS = env.int("ALERT_SILENCE_SECONDS", 75, validate=_count)
ALERT_NEIGHBOUR_SECONDS = env.int("ALERT_NEIGHBOUR_SECONDS", 60, validate=_count)
ALERT_OLDEST_SECONDS = env.int("ALERT_OLDEST_SECONDS", 600, validate=_count)
ALERT_QUEUED = env.int("ALERT_QUEUED", 200, validate=_count)
ALERT_PAID_TO_TASK_SECONDS = env.int("ALERT_PAID_TO_TASK_SECONDS", 60, validate=_count)
ALERT_MAIL_SECONDS = env.int("ALERT_MAIL_SECONDS", 60, validate=_count)
ALERT_WEBHOOKS_REFUSED = env.int("ALERT_WEBHOOKS_REFUSED", 10, validate=_count)
ALERT_BOOKS_SECONDS = env.int("ALERT_BOOKS_SECONDS", 30 * 3600, validate=_count)
# What shows the numbers and the reasons to whoever does not ask from this machine itself; empty: nobody else.
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
# Where all programs on one machine keep what they count, and from where it is added up; empty: each for itself.
PROMETHEUS_MULTIPROC_DIR = env.str("PROMETHEUS_MULTIPROC_DIR", "")
# Who is told by OpenTelemetry what takes how long; empty: nobody, and nothing that sends is loaded.
OTEL_EXPORTER_OTLP_ENDPOINT = env.str("OTEL_EXPORTER_OTLP_ENDPOINT", "")
# A worker touches this file every ten seconds, so that its container can see that it lives; empty: it does not.
ALIVE_FILE = env.str("ALIVE_FILE", "")

# --- Django ----------------------------------------------------------------------------------------------------------
ALLOWED_HOSTS = env.list("FULFILMENT_ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = [FULFILMENT_URL]
SECURE_COOKIES = FULFILMENT_URL.startswith("https://")
SESSION_COOKIE_NAME = "fulfilment_session"
CSRF_COOKIE_NAME = "fulfilment_csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = int(SESSIONS_KEPT.total_seconds())
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_COOKIES else None
X_FRAME_OPTIONS = "DENY"
# As in the shop, but for our own scripts: passkeys, and rows of forms in the back office. What Django and Unfold write
# as a style of one element may stand; a script in a page, and one that makes programs of texts, may not.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "style-src-attr": ["'unsafe-inline'"],
        "font-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE_COOKIES else 0
SECURE_REFERRER_POLICY = "same-origin"  # the link of a new password is a key; it must not travel elsewhere
# The proxy leads from http to https, and nothing else reaches the program; other names of the domain are not ours.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W008", "security.W021"]

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "pgtrigger",
    "pghistory",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "fulfilment.partners.apps.Config",
    "fulfilment.agreements.apps.Config",
    "fulfilment.orders.apps.Config",
    "fulfilment.routing.apps.Config",
    "fulfilment.production.apps.Config",
    "fulfilment.pieces.apps.Config",
    "fulfilment.prices.apps.Config",
    "fulfilment.returns.apps.Config",
    "fulfilment.withdrawals.apps.Config",
    "fulfilment.restock.apps.Config",
    "fulfilment.newsletter.apps.Config",
    "fulfilment.companies.apps.Config",
    "fulfilment.invoices.apps.Config",
    "fulfilment.revenue.apps.Config",
    "fulfilment.ledger.apps.Config",
    "fulfilment.payments.apps.Config",
    "fulfilment.payouts.apps.Config",
    "fulfilment.inbox.apps.Config",
    "fulfilment.mail.apps.Config",
    "fulfilment.forgetting.apps.Config",
    "fulfilment.vitals.apps.Config",
    "fulfilment.gateways.apps.Config",
    "fulfilment.entrypoints.apps.Config",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "fulfilment.entrypoints.trace.Trace",
    "fulfilment.entrypoints.busy.Busy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "fulfilment.entrypoints.languages.Languages",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "fulfilment.entrypoints.accounts.logged_out.LoggedOut",
    "fulfilment.entrypoints.accounts.second_factor.SecondFactor",
    "fulfilment.entrypoints.accounts.doer.Doer",
]

ROOT_URLCONF = "fulfilment.config.urls"
WSGI_APPLICATION = "fulfilment.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "fulfilment" / "entrypoints" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Seconds that anybody waits for a lock, less where less is left of a budget; see docs/architecture/locks.md.
LOCK_TIMEOUT = env.int("LOCK_TIMEOUT", 8)

# Migrations create and own the tables; the running programs use a role that may not change or delete postings.
DATABASES = {
    "default": {
        **env.dj_db_url("DATABASE_URL"),
        "ENGINE": "fulfilment.postgres",
        "CONN_MAX_AGE": env.int("DATABASE_CONN_MAX_AGE", 60),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "server_side_binding": True,  # a fifth less work for an order: statements are prepared
            # Who gave up is not worked for any longer: PostgreSQL looks whether they are still there.
            "options": f"-c lock_timeout={LOCK_TIMEOUT}s -c client_connection_check_interval=5s",
        },
    },
}

AUTH_USER_MODEL = "partners.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
]
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", 0)  # else one wrong guesser would lock out everybody
ACCOUNT_ADAPTER = "fulfilment.entrypoints.accounts.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Staff and whoever sees money log in in two steps. The demo alone may do without, so that it is easy to try.
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", True) or not IS_DEMO
MFA_ADAPTER = "fulfilment.entrypoints.accounts.second_factor.Adapter"
MFA_FORMS = {
    "add_webauthn": "fulfilment.entrypoints.accounts.passkeys.AddWebAuthn",
    "authenticate_webauthn": "fulfilment.entrypoints.accounts.passkeys.AuthenticateWebAuthn",
    "login_webauthn": "fulfilment.entrypoints.accounts.passkeys.LoginWebAuthn",
    "reauthenticate_webauthn": "fulfilment.entrypoints.accounts.passkeys.ReauthenticateWebAuthn",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Sociaal Gemaakt"
MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be half a minute off
MFA_ALLOW_UNVERIFIED_EMAIL = True  # the operator gave the address; nobody signs up
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = IS_DEMO

# Wrong logins are counted here, and nothing else is kept.
CACHES = {
    "default": {
        "BACKEND": "fulfilment.gateways.counts.Counts",
        "LOCATION": f"{REDIS_URL}/2",
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},
    }
}

LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands"), ("en", "English"), ("fr", "Français")]  # en and fr: what customers read
LOCALE_PATHS = [BASE_DIR / "fulfilment" / "locale"]
TIME_ZONE = "Europe/Brussels"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / ".run" / "static-fulfilment"
STATICFILES_DIRS = [BASE_DIR / "shop" / "design" / "static"]  # the house's tokens: one house, one look
WHITENOISE_ROOT = BASE_DIR / "shop" / "design" / "root"  # the house's favicon.ico
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = IS_DEMO
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if IS_DEMO
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

UNFOLD = {
    "SITE_TITLE": "Sociaal Gemaakt",
    "SITE_HEADER": "Sociaal Gemaakt",
    "SITE_SUBHEADER": "Backoffice",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("shop/favicon.svg")},
    ],
    "SHOW_HISTORY": False,
}

# --- Celery ----------------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = f"{REDIS_URL}/0"
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False  # the worker logs as the web does: discreetly
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_QUEUES = [Queue(name) for name in (QUEUE_MONEY, QUEUE_ORDERS, QUEUE_LATER, QUEUE_ROUNDS, QUEUE_MAIL)]
CELERY_TASK_DEFAULT_QUEUE = QUEUE_ROUNDS
CELERY_TASK_CREATE_MISSING_QUEUES = False
CELERY_TASK_ROUTES = {"fulfilment.send_mail": {"queue": QUEUE_MAIL}}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for it for ever
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_connect_timeout": 1,
    "socket_timeout": 1,  # whoever is answered waits for no more than that; a worker waits for messages without
    "max_retries": 1,
    "queue_order_strategy": "priority",  # a worker of several queues empties them in the order in which -Q names them
}
CELERY_TIMEZONE = "Europe/Brussels"
CELERY_BEAT_SCHEDULE = SCHEDULE
CELERY_BEAT_SCHEDULE_FILENAME = env.str("CELERY_BEAT_SCHEDULE_FILENAME", "celerybeat-schedule")

# For people (line) or for machines (json).
LOG_FORMAT = env.str("LOG_FORMAT", "line" if IS_DEMO else "json", validate=OneOf(["line", "json"]))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "telemetry.logs.Discreet",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        },
        "json": {"()": "telemetry.logs.DiscreetJson"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {"httpx2": {"level": "WARNING"}, "stripe": {"level": "WARNING"}},
}
