"""All settings, from the environment. docs/settings.md explains each; a test compares the two.

Two modes, one code path. Embedded (the default): SQLite, everything in one process. Scaled: PostgreSQL by
DATABASE_URL and Redis by REDIS_URL, as many processes as you like.
"""

import secrets
from pathlib import Path
from urllib.parse import urlsplit

from django.utils.csp import CSP

from core.lib.env import BASE_DIR, TRACING_PARTS, BadEnvironment, can_import, env, held_by, mailer, url

# --- What this instance is ---------------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=True)
PRODUCTION = not DEBUG
PORT = env.int("PORT", default=8000)
BIND = env.str("BIND", default="127.0.0.1")
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "data"))).resolve()
SITE_URL = env.str("SITE_URL", default=f"http://localhost:{PORT}").rstrip("/")
DEMO_PASSWORD = env.str("DEMO_PASSWORD", default="")


def _secret_key() -> str:
    """SECRET_KEY, or what SECRET_KEY_FILE holds; in development one that is made once, beside the database."""
    key = str(env.str("SECRET_KEY", default="")) or held_by("SECRET_KEY_FILE")
    if key:
        return key
    if PRODUCTION:
        raise BadEnvironment("SECRET_KEY is not set. In production (DEBUG=false) it must be: 50 random characters.")
    path = DATA_DIR / "secret-key"
    try:
        if not path.exists():
            DATA_DIR.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(48))
        return path.read_text().strip()
    except OSError as error:
        raise BadEnvironment(f"The data folder {DATA_DIR} cannot be used: {error.strerror}. Set DATA_DIR.") from error


SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
_site = urlsplit(SITE_URL)
_local = ["localhost", "127.0.0.1", "[::1]"] if DEBUG else []
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[_site.hostname or "localhost", *_local])
# Full origins (scheme, host, port) that may open sockets and post forms.
ALLOWED_ORIGINS = env.list("ALLOWED_ORIGINS", default=[SITE_URL, *(f"http://{host}:{PORT}" for host in _local)])
CSRF_TRUSTED_ORIGINS = ALLOWED_ORIGINS

# --- Applications ------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "daphne",
    "core.admin.apps.OperatorsConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "channels",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_linear_migrations",
    "core",
    "core.accounts",
    "core.background",
    "notes",
    "realtime",
]
MIDDLEWARE = [
    "core.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
if DEBUG:
    MIDDLEWARE.append("core.middleware.NotFoundMiddleware")
ROOT_URLCONF = "core.urls"
ASGI_APPLICATION = "core.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.csp",
                "notes.views.context.shell",
            ],
            "builtins": ["core.templatetags.ui"],
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Database, cache, channel layer ------------------------------------------------------------------------------
DATABASE_URL = url("DATABASE_URL", env.str("DATABASE_URL", default=""))
REDIS_URL = url("REDIS_URL", env.str("REDIS_URL", default=""))
EMBEDDED = not DATABASE_URL
SQLITE_OPTIONS = {
    # IMMEDIATE: a transaction that upgrades from read to write fails at once under contention, whatever the timeout.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    # FULL: what is acknowledged survives a power cut.
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;",
}
if EMBEDDED:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "commonplace.sqlite3",
            "OPTIONS": SQLITE_OPTIONS,
            # Kept open: opening anew for every commit costs more than the commit, and the last close checkpoints.
            "CONN_MAX_AGE": None,
            # A file, as in life: the sockets' threads have connections of their own.
            "TEST": {"NAME": DATA_DIR / "test.sqlite3"},
        }
    }
else:
    database = env.db("DATABASE_URL")
    database["PASSWORD"] = held_by("DATABASE_PASSWORD_FILE") or database["PASSWORD"]
    # A line that died without a word, as with the machine at its other end: TCP says so after a quarter of an hour.
    line = {"connect_timeout": 10, "tcp_user_timeout": 20_000, "keepalives_idle": 5, "keepalives_interval": 5}
    DATABASES = {
        "default": {
            **database,
            "OPTIONS": {**line, **database.get("OPTIONS", {})},
            "CONN_MAX_AGE": 600,
            # Without them every socket dies with the first restart of PostgreSQL.
            "CONN_HEALTH_CHECKS": True,
        }
    }

if REDIS_URL:
    CACHES = {"default": {"BACKEND": "core.lib.steadycache.SteadyCache", "LOCATION": REDIS_URL}}
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            # redis-py 8 gives sockets a timeout of 5 s, which ends an idle subscription.
            "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}], "prefix": "commonplace"},
        }
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}

# --- Background work: core/celery.py ------------------------------------------------------------------------------
EMBEDDED_TASKS = env.bool("EMBEDDED_TASKS", default=not REDIS_URL)
CELERY_BROKER_URL = REDIS_URL or "memory://localhost"

# --- Accounts ----------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"core.accounts.passwords.{name}"}
    for name in ("NotLikeTheUser", "LongEnough", "NotCommon", "NotOnlyDigits")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = env.str("EMAIL_VERIFICATION", default="optional")
ACCOUNT_ADAPTER = "core.accounts.adapter.AccountAdapter"
ACCOUNT_SIGNUP_FORM_CLASS = "core.accounts.forms.SignupForm"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {"take_along": "1/30s/user"}  # beside allauth's own: each reads all of somebody's notes
ACCOUNT_OPEN_SIGNUP = env.bool("OPEN_SIGNUP", default=True)
MFA_ADAPTER = "core.accounts.secondfactor.MFAAdapter"
# Where addresses are never confirmed, nobody could set up a second factor otherwise.
MFA_ALLOW_UNVERIFIED_EMAIL = ACCOUNT_EMAIL_VERIFICATION == "none"
ADMIN_MFA = env.bool("ADMIN_MFA", default=PRODUCTION)
AUDIT_DAYS = env.int("AUDIT_DAYS", default=365)

# --- E-mail ------------------------------------------------------------------------------------------------------
MAILERS = {
    "default": {"BACKEND": "core.background.mail.EmailBackend"},
    "direct": mailer(env.str("EMAIL_URL", default="consolemail://")),
}
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Commonplace <commonplace@localhost>")

# --- Safety ------------------------------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "core.views.csrf_failure"
HTTPS = env.bool("HTTPS", default=PRODUCTION)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=HTTPS)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF, CSP.NONCE],
    "font-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "worker-src": [CSP.SELF],
    "frame-src": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "object-src": [CSP.NONE],
}

# --- Static files ------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
if PRODUCTION:
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG

# --- Language and time -------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True

# --- Limits of the sockets (units in the names) ------------------------------------------------------------------
FRAME_BYTES = env.int("FRAME_BYTES", default=262_144)
FRAMES_PER_SECOND = env.int("FRAMES_PER_SECOND", default=120)
FRAMES_BURST = env.int("FRAMES_BURST", default=600)
USER_FRAMES_PER_SECOND = env.int("USER_FRAMES_PER_SECOND", default=480)
USER_FRAMES_BURST = env.int("USER_FRAMES_BURST", default=2_400)
NOTE_UNITS = env.int("NOTE_UNITS", default=1_000_000)
MEMBERS_PER_NOTE = env.int("MEMBERS_PER_NOTE", default=200)
SOCKETS_PER_USER = env.int("SOCKETS_PER_USER", default=50)
SOCKETS_PER_PROCESS = env.int("SOCKETS_PER_PROCESS", default=10_000)
ROOMS_PER_PROCESS = env.int("ROOMS_PER_PROCESS", default=5_000)
SOCKET_BACKLOG_BYTES = env.int("SOCKET_BACKLOG_BYTES", default=4_194_304)
SNAPSHOT_EVERY_UPDATES = env.int("SNAPSHOT_EVERY_UPDATES", default=500)
SNAPSHOT_EVERY_BYTES = env.int("SNAPSHOT_EVERY_BYTES", default=65_536)
SNAPSHOT_AFTER_SECONDS = env.int("SNAPSHOT_AFTER_SECONDS", default=600)
ROOM_IDLE_SECONDS = env.int("ROOM_IDLE_SECONDS", default=30)
PING_SECONDS = env.int("PING_SECONDS", default=15)
POLL_SECONDS = env.int("POLL_SECONDS", default=25)
POLL_LEASE_SECONDS = env.int("POLL_LEASE_SECONDS", default=15)
DRAIN_SECONDS = env.int("DRAIN_SECONDS", default=8)
NOTICE_SECONDS = env.int("NOTICE_SECONDS", default=0)

# --- The log of notes --------------------------------------------------------------------------------------------
PACK_AFTER_SECONDS = env.int("PACK_AFTER_SECONDS", default=3_600)

# --- Metrics, error reports, logging -----------------------------------------------------------------------------
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
SENTRY_DSN = env.str("SENTRY_DSN", default="")
SENTRY_ENVIRONMENT = env.str("SENTRY_ENVIRONMENT", default="production" if PRODUCTION else "development")
SENTRY_TRACES = env.float("SENTRY_TRACES", default=0.0)
TRACES_URL = env.str("OTEL_EXPORTER_OTLP_ENDPOINT", default="")
TRACING = bool(TRACES_URL) and can_import(*(f"opentelemetry.{part}" for part in TRACING_PARTS))
if TRACING:
    MIDDLEWARE.insert(0, "core.tracing.RequestSpans")
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOG_FORMAT = env.str("LOG_FORMAT", default="json" if PRODUCTION else "lines")
LOGGING_CONFIG = "core.lib.logging.configure"
LOGGING = {"level": LOG_LEVEL, "format": LOG_FORMAT}
