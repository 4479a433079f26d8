"""Settings of the whole house, read from the environment (docs/operations.md lists every variable).

Two ways to run it. `embedded`, the default, needs no variable at all: SQLite and files below `var/`, plain HTTP on
one small machine. `server` is for everybody else: it refuses to start half-configured and turns on all that HTTPS
allows.
"""

import hashlib
import os
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from portfolio.enums import Role
from portfolio.secret_key import kept_secret

BASE_DIR = Path(__file__).resolve().parent.parent


def env(name: str, default: str = "") -> str:
    """The variable's value without surrounding space, or the default when it is unset or empty."""
    return os.environ.get(name, "").strip() or default


def env_bool(name: str, *, default: bool) -> bool:
    """A yes/no variable. Raises ImproperlyConfigured with the accepted words for anything else."""
    value = env(name).lower()
    if not value:
        return default
    if value in {"1", "yes", "true", "on"}:
        return True
    if value in {"0", "no", "false", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}: say yes or no.")


def env_int(name: str, default: int) -> int:
    """A whole-number variable. Raises ImproperlyConfigured when it is not one."""
    value = env(name)
    if not value:
        return default
    if not value.isdigit():
        raise ImproperlyConfigured(f"{name} is {value!r}: give a whole number.")
    return int(value)


def roles_named(name: str) -> frozenset[str]:
    """Roles separated by commas, or `all`. Raises ImproperlyConfigured with the known ones for anything else."""
    words = {word.strip() for word in env(name).split(",") if word.strip()}
    if words == {"all"}:
        return frozenset(Role)
    if unknown := sorted(words - set(Role)):
        raise ImproperlyConfigured(f"{name} names {unknown[0]!r}: choose all, or of {', '.join(Role)}.")
    return frozenset(words)


def required(name: str, why: str) -> str:
    """A variable the server mode cannot do without. Raises ImproperlyConfigured saying why."""
    value = env(name)
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. {why}")
    return value


MODE = env("NVQ_MODE", "embedded")
if MODE not in {"embedded", "server"}:
    raise ImproperlyConfigured(f"NVQ_MODE is {MODE!r}: choose embedded or server.")
SERVER = MODE == "server"
DEBUG = env_bool("NVQ_DEBUG", default=False)

DATA_DIR = Path(env("NVQ_DATA_DIR", str(BASE_DIR / "var")))
VAULT_DIR = DATA_DIR / "vault"
RENDITIONS_DIR = DATA_DIR / "renditions"
GATHERED_DIR = DATA_DIR / "gathered"


def provider_of_identities(issuer: str, own_id: str, name: str) -> dict[str, Any]:
    """What allauth wants to know of the one of NVQ_OIDC_ISSUER. Raises ImproperlyConfigured where that cannot be."""
    if urlsplit(issuer).scheme != "https" and urlsplit(issuer).hostname != "localhost":
        raise ImproperlyConfigured(f"NVQ_OIDC_ISSUER is {issuer!r}: it must begin with https://.")
    why = "The provider of single sign-on gives it to this site."
    app = {
        "provider_id": own_id,
        "name": name,
        "client_id": required("NVQ_OIDC_CLIENT_ID", why),
        "secret": required("NVQ_OIDC_CLIENT_SECRET", why),
        "settings": {"server_url": issuer, "oauth_pkce_enabled": True, "scope": ["openid", "email"]},
    }
    return {"openid_connect": {"APPS": [app]}}


if SERVER:
    SECRET_KEY = required("SECRET_KEY", "Signed links and sessions need a secret of your own: 50 random characters.")
    ALLOWED_HOSTS = required("ALLOWED_HOSTS", "Name the host names this site answers to, separated by commas.").split(
        ","
    )
    DATABASE_URL = required(
        "DATABASE_URL", "A server keeps its records in PostgreSQL: postgres://user:password@host/name."
    )
else:
    SECRET_KEY = env("SECRET_KEY") or kept_secret(DATA_DIR / "secret_key")
    ALLOWED_HOSTS = env("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
    DATABASE_URL = env("DATABASE_URL")
SECRET_KEY_FALLBACKS = [key for key in env("NVQ_OLD_SECRET_KEYS").split(",") if key]
SITE_URL = env("NVQ_SITE_URL", f"https://{ALLOWED_HOSTS[0].lstrip('.')}" if SERVER else "http://localhost:8000").rstrip(
    "/"
)
CSRF_TRUSTED_ORIGINS = [origin for origin in env("CSRF_TRUSTED_ORIGINS").split(",") if origin]

# --- rooms -----------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "portfolio",
    "units",
    "assessments",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "portfolio.middleware.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "portfolio.middleware.IdleMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portfolio.middleware.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "portfolio.urls"
WSGI_APPLICATION = "portfolio.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portfolio.context.signed_in",
            ],
            "builtins": [
                f"portfolio.templatetags.{name}" for name in ("forms_of", "addresses", "times", "drawn", "lists")
            ],
        },
    },
    {
        "NAME": "rows",
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates" / "rows"],
        "OPTIONS": {"environment": "portfolio.rows.environment"},
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- records ---------------------------------------------------------------------------------------------------------

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA mmap_size=134217728;PRAGMA journal_size_limit=67108864;"
    "PRAGMA cache_size=-8000;PRAGMA temp_store=MEMORY;PRAGMA recursive_triggers=ON;"
)


def databases() -> dict[str, Any]:
    """PostgreSQL where DATABASE_URL names one, else the embedded SQLite with writes that queue instead of failing."""
    if DATABASE_URL:
        named: dict[str, Any] = {**dj_database_url.parse(DATABASE_URL, conn_max_age=None, conn_health_checks=True)}
        if named["ENGINE"].endswith("postgresql"):
            # A machine that is gone answers nothing, for minutes. And what a wall asks for one row would be compiled
            # where there are many rows, which takes a hundred times as long as asking it. And no disk has to turn to
            # another page today: told that it does, PostgreSQL would read the rows of every centre for those of one.
            # Nor is a page answered sooner by several processes, which have to be started first while others ask too.
            # And what is prepared is planned once for all: to plan it for each person takes longer than the asking.
            planned = "-c jit=off -c max_parallel_workers_per_gather=0 -c random_page_cost=1.1"
            planned += " -c plan_cache_mode=force_generic_plan"
            named["OPTIONS"] = {"connect_timeout": 5, "options": planned} | named.get("OPTIONS", {})
        return {"default": named}
    DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    return {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "portfolio.sqlite3",
            "CONN_MAX_AGE": None,
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": SQLITE_PRAGMAS},
        }
    }


DATABASES = databases()
CACHES = {
    # Counts tries, whichever machine they come to.
    "default": {"BACKEND": "portfolio.counts.Counts", "LOCATION": "portfolio_count"},
    # Blank forms, drawn once on each machine.
    "papers": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": DATA_DIR / "cache",
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FIXTURE_DIRS = [BASE_DIR / "fixtures"]

# --- people ----------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "portfolio.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "portfolio.passwords.OwnWordsValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "portfolio.accounts.InvitationOnlyAdapter"
ACCOUNT_FORMS = {
    "login": "portfolio.entrance.SignInForm",
    "reset_password": "portfolio.entrance.ForgottenPasswordForm",
    "reset_password_from_key": "portfolio.entrance.NewPasswordForm",
    "change_password": "portfolio.entrance.ChangePasswordForm",
    "reauthenticate": "portfolio.entrance.PasswordAgainForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_CHANGE_EMAIL = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ALLAUTH_TRUSTED_PROXY_COUNT = env_int("NVQ_PROXY_COUNT", 0)
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Wrong passwords for one address from one place are counted by axes. Here: from one place for any address, for one
# address from anywhere, so that many places are no way to many guesses; and wrong codes of one person.
ACCOUNT_RATE_LIMITS = {
    "login_failed": "60/m/ip,300/h/key",
    "code": "5/5m/key",
    "change_password": "5/5m/user",
    "reauthenticate": "5/5m/user",
    "reset_password": "20/m/ip,5/h/key",
    "witness": "30/m/ip",
}
MFA_ADAPTER = "portfolio.accounts.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "authenticate": "portfolio.entrance.CodeForm",
    "reauthenticate": "portfolio.entrance.CodeAgainForm",
    "activate_totp": "portfolio.entrance.AuthenticatorAppForm",
    "add_webauthn": "portfolio.entrance.NewPasskeyForm",
    "authenticate_webauthn": "portfolio.entrance.PasskeyForm",
    "login_webauthn": "portfolio.entrance.PasskeyAloneForm",
}
MFA_ALLOW_UNVERIFIED_EMAIL = True  # every address is its centre's word: people sign in by an invitation sent to it
MFA_TOTP_ISSUER = env("NVQ_SITE_NAME", "NVQ Portfolio")
MFA_TOTP_TOLERANCE = 1  # telephones whose clocks are half a minute out
SECOND_FACTOR_ROLES = roles_named("NVQ_SECOND_FACTOR")
OIDC_ISSUER = env("NVQ_OIDC_ISSUER").rstrip("/")
OIDC_NAME = env("NVQ_OIDC_NAME", "single sign-on")
# Known by its issuer: another one's names for people mean others.
OIDC_ID = f"oidc-{hashlib.sha256(OIDC_ISSUER.encode()).hexdigest()[:12]}"
SOCIALACCOUNT_ADAPTER = "portfolio.single_sign_on.SingleSignOnAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True  # a form would have to name the provider to the content security policy
SOCIALACCOUNT_PROVIDERS = provider_of_identities(OIDC_ISSUER, OIDC_ID, OIDC_NAME) if OIDC_ISSUER else {}
PASSWORD_RESET_TIMEOUT = 3 * 24 * 60 * 60
INVITATION_DAYS = 14
WITNESS_LINK_DAYS = env_int("NVQ_WITNESS_LINK_DAYS", 21)
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "portfolio.accounts.address_tried"
AXES_USERNAME_FORM_FIELD = "login"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_LOCKOUT_TEMPLATE = "account/lockout.html"
AXES_CLIENT_IP_CALLABLE = "portfolio.accounts.where_from"
CSRF_FAILURE_VIEW = "portfolio.views.interrupted.csrf_failure"
SESSION_COOKIE_AGE = 12 * 60 * 60
IDLE_MINUTES = env_int("NVQ_IDLE_MINUTES", 0)
MESSAGE_STORAGE = "portfolio.cookies.Messages"

# --- evidence files --------------------------------------------------------------------------------------------------

UPLOAD_LIMIT = env_int("NVQ_UPLOAD_LIMIT_MB", 2048) * 1024 * 1024
CENTRE_QUOTA = env_int("NVQ_CENTRE_QUOTA_GB", 50) * 1024 * 1024 * 1024
UPLOAD_DAYS = env_int("NVQ_UPLOAD_DAYS", 7)
ARCHIVE_DAYS = env_int("NVQ_ARCHIVE_DAYS", 14)
# Draws office documents; empty for none.
SOFFICE = env("NVQ_SOFFICE", shutil.which("soffice") or "none").removeprefix("none")
# How many processes set forms that are made at once; one: the worker itself.
PDF_PROCESSES = max(env_int("NVQ_PDF_PROCESSES", len(os.sched_getaffinity(0))), 1)
CLAMAV = env("NVQ_CLAMAV")
# A bucket of S3-compatible object storage, for all that lies in files otherwise; see portfolio/stores.py.
S3_BUCKET = env("NVQ_S3_BUCKET")
S3_ENDPOINT = env("NVQ_S3_ENDPOINT")
S3_PUBLIC_ENDPOINT = env("NVQ_S3_PUBLIC_ENDPOINT")
S3_REGION = env("NVQ_S3_REGION")
S3_ACCESS_KEY = env("NVQ_S3_ACCESS_KEY")
S3_SECRET_KEY = env("NVQ_S3_SECRET_KEY")
S3_PREFIX = env("NVQ_S3_PREFIX").strip("/")
# Who sends stored bytes once it is checked who asks: this process, nginx from its disk, or the bucket itself.
HANDOVER = env("NVQ_HANDOVER", "none")
if HANDOVER not in {"none", "nginx", "links"}:
    raise ImproperlyConfigured(f"NVQ_HANDOVER is {HANDOVER!r}: choose none, nginx or links.")
if HANDOVER == "nginx" and S3_BUCKET:
    raise ImproperlyConfigured("NVQ_HANDOVER is 'nginx', which sends files of its disk: with a bucket choose links.")
if HANDOVER == "links" and not S3_BUCKET:
    raise ImproperlyConfigured("NVQ_HANDOVER is 'links', which only a bucket gives: set NVQ_S3_BUCKET as well.")
if bool(S3_ACCESS_KEY) != bool(S3_SECRET_KEY):
    raise ImproperlyConfigured("NVQ_S3_ACCESS_KEY and NVQ_S3_SECRET_KEY belong together: set both, or neither.")
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
DATA_UPLOAD_MAX_NUMBER_FILES = 50
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # two for each criterion of every open unit

# --- jobs and messages -----------------------------------------------------------------------------------------------

TASKS = {"default": {"BACKEND": "portfolio.queueing.Queue", "ENQUEUE_ON_COMMIT": False}}
DEFAULT_FROM_EMAIL = env("NVQ_FROM_EMAIL", "NVQ Portfolio <portfolio@localhost>")
if env("NVQ_SMTP_HOST"):
    EMAIL_HOST = env("NVQ_SMTP_HOST")
    EMAIL_PORT = env_int("NVQ_SMTP_PORT", 587)
    EMAIL_HOST_USER = env("NVQ_SMTP_USER")
    EMAIL_HOST_PASSWORD = env("NVQ_SMTP_PASSWORD")
    EMAIL_USE_TLS = env_bool("NVQ_SMTP_TLS", default=True)
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DATA_DIR / "mail"

# --- what is watched ------------------------------------------------------------------------------------------------

METRICS_TOKEN = env("NVQ_METRICS_TOKEN")

# --- words and time --------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = None

# --- what the browser is told ----------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "static-root"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "media-src": [SELF],
        "object-src": [NONE],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
# A browser takes a cookie of such a name over HTTPS and for this host alone: no neighbour below the domain sets it.
COOKIE_PREFIX = "__Host-" if SERVER else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SERVER
SECURE_SSL_REDIRECT = SERVER
# Whoever watches over this process asks it directly, without the proxy that ends TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz(/pages)?$", r"^metrics$"]
SECURE_HSTS_SECONDS = env_int("NVQ_HSTS_SECONDS", 365 * 24 * 60 * 60) if SERVER else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SERVER
SECURE_HSTS_PRELOAD = SERVER
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SERVER else None

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"said_of": {"()": "portfolio.logs.SaidOf"}},
    "formatters": {"lines": {"()": "portfolio.logs.JsonLines"}, "plain": {"()": "portfolio.logs.Plain"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["said_of"],
            "formatter": "lines" if SERVER else "plain",
        }
    },
    "root": {"handlers": ["console"], "level": "INFO" if SERVER else "WARNING"},
    # Who tried which password is kept in the database, and nowhere else.
    "loggers": {"axes": {"level": "ERROR"}, "pikepdf": {"level": "WARNING"}, "fontTools": {"level": "ERROR"}},
}
