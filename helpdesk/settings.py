"""What differs between installations, read from the environment; product choices are rows.

Without any variable set this is the embedded default: PostgreSQL and Valkey under `var/`, started
by `python -m helpdesk up`, which hands their addresses over in DATABASE_URL and VALKEY_URL.
"""

import hashlib
import re
from pathlib import Path
from urllib.parse import unquote

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from helpdesk.parts import APPS, MIDDLEWARE  # noqa: F401 - a setting
from helpdesk.schedule import ROUTES, SCHEDULE

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.prefix = ""
if (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")

VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var"))).resolve()
PRODUCTION = env.bool("PRODUCTION", default=False)
DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=not PRODUCTION)


def required_in_production(name: str, default: str) -> str:
    """Return the variable; in production a missing one stops the start with its name."""
    value: str = env.str(name, default="")
    if not value and PRODUCTION:
        raise ImproperlyConfigured(f"{name} must be set when PRODUCTION is on")
    return value or default


# The supervisor writes a random key to var/secret.key on the first start and passes it on.
SECRET_KEY = required_in_production("SECRET_KEY", "only-for-tests-and-one-off-commands")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]", "testserver"]
)
BASE_URL = env.str("BASE_URL", default="http://127.0.0.1:8000").rstrip("/")
CSRF_FAILURE_VIEW = "tickets.channels.webform.views.expired"
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = APPS
ROOT_URLCONF = "helpdesk.urls"
WSGI_APPLICATION = "helpdesk.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tickets.desk.arrivals.rail_counts",
            ],
            "builtins": [
                "helpdesk.templatetags.charts",
                "helpdesk.templatetags.desk",
                "helpdesk.templatetags.pictures",
                "helpdesk.live.templatetags.live",
            ],
        },
    }
]

# --- storage -----------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default="postgres:///beforehand")}
DATABASES["default"] |= {
    "HOST": unquote(DATABASES["default"].get("HOST") or ""),  # a socket directory comes quoted
    "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=600),
    "CONN_HEALTH_CHECKS": True,
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
VALKEY_URL = env.str("VALKEY_URL", default="redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": VALKEY_URL,
        "KEY_PREFIX": "beforehand",
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(VAR_DIR / "media"))
STORAGES = {
    "default": {
        "BACKEND": env.str("FILE_STORAGE", default="django.core.files.storage.FileSystemStorage")
    },
    "staticfiles": {
        "BACKEND": env.str(
            "STATIC_STORAGE", default="whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"

# --- people ------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.Agent"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/"
ACCOUNT_ADAPTER = "helpdesk.accounts.adapter.AgentAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"
ACCOUNT_SESSION_REMEMBER = True
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SAMESITE = "Lax"

# --- languages and time ------------------------------------------------------------------------
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = env.str("LANGUAGE_CODE", default="en-gb")
LANGUAGES = [("en-gb", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]

# --- browser security --------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
HTTPS = env.bool("HTTPS", default=PRODUCTION)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.int("TRUSTED_PROXY_COUNT", default=0) else None
)
DATA_UPLOAD_MAX_MEMORY_SIZE = 60 * 1024 * 1024

# --- mail out ----------------------------------------------------------------------------------
# Nothing leaves the machine until EMAIL_URL names a server: before that, mail goes to var/outbox.
vars().update(env.email("EMAIL_URL", default="filemail://"))
if not env.str("EMAIL_URL", default=""):
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(VAR_DIR / "outbox")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="support@localhost.example")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- mail in -----------------------------------------------------------------------------------
SMTP_INTAKE_HOST = env.str("SMTP_INTAKE_HOST", default="127.0.0.1")
SMTP_INTAKE_PORT = env.int("SMTP_INTAKE_PORT", default=2525)
LMTP_INTAKE_PORT = env.int("LMTP_INTAKE_PORT", default=0)
MAIL_INTAKE_TOKEN = env.str("MAIL_INTAKE_TOKEN", default="")
MAIL_SIZE_LIMIT = env.int("MAIL_SIZE_LIMIT", default=50 * 1024 * 1024)
# With less than this free on a disk of ours no mail is taken, so that the database still can work.
DISK_RESERVE = env.int("DISK_RESERVE", default=200 * 1024 * 1024)
MAIL_DOMAIN = env.str("MAIL_DOMAIN", default=DEFAULT_FROM_EMAIL.rpartition("@")[2])
# Replies come to reply+<token>@REPLY_DOMAIN where one is set, else to the mailbox's own address.
REPLY_DOMAIN = env.str("REPLY_DOMAIN", default="")
# How long an agent can take a reply back before it goes out.
UNDO_SENDING_SECONDS = env.int("UNDO_SENDING_SECONDS", default=10)
# The name under which our own mail border writes Authentication-Results (RFC 8601), and how many
# Received fields our own servers put above it. Without a name none of them is believed.
MAIL_AUTHSERV_ID = env.str("MAIL_AUTHSERV_ID", default="").lower()
MAIL_TRUSTED_HOPS = env.int("MAIL_TRUSTED_HOPS", default=1)
# By version, which is the key's own first byte: tokens outlive a change of SECRET_KEY.
MAIL_TOKEN_KEYS = {
    digest[0]: digest
    for key in (*reversed(SECRET_KEY_FALLBACKS), SECRET_KEY)
    for digest in [hashlib.sha256(f"mail-token:{key}".encode()).digest()]
}

# --- work after commit -------------------------------------------------------------------------
TICKET_REACTIONS = "helpdesk.reactions.REACTIONS"
CELERY_BROKER_URL = env.str(
    "BROKER_URL",
    default=re.sub(r"^unix://(.*)\?db=", r"redis+socket://\1?virtual_host=", VALKEY_URL),
)
CELERY_TASK_ALWAYS_EAGER = env.bool("TASKS_INLINE", default=False)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 4
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 2,
    "max_retries": 1,
    # A task of a killed worker runs again after this many seconds; the sweeps are faster.
    "visibility_timeout": 600,
}
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = ROUTES
CELERY_BEAT_SCHEDULE = SCHEDULE
CELERY_BEAT_SCHEDULER = "helpdesk.scheduler:SteadyScheduler"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# --- API ---------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "helpdesk.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["helpdesk.api.authentication.MayUseApi"],
    "DEFAULT_THROTTLE_CLASSES": ["helpdesk.api.authentication.AgentThrottle"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "helpdesk.api.pages.KeysetPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "helpdesk.api.problems.exception_handler",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Beforehand API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# --- log ---------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)-7s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "mail.log": {"level": "WARNING"},
        "celery": {"level": "WARNING"},
    },
}
