"""Settings. Works with no configuration; every value a server needs is steered by an environment variable.

`STEERCO_DATA_DIR` holds everything that must survive: database, uploaded files, job results, the secret key.
"""

import os
import secrets
from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF  # noqa: F401  NONCE is offered to local settings
from django.utils.translation import gettext_lazy as _
from environs import Env

from steerco import LANGUAGES as CODES

env = Env(prefix="STEERCO_")

DATA_DIR = Path(env.str("DATA_DIR", "data")).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)


def _secret_key() -> str:
    """The installation's own key: from the environment, else made once and kept beside the data."""
    given = env.str("SECRET_KEY", "")
    if given:
        return str(given)
    path = DATA_DIR / "secret-key"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(50))
    return path.read_text().strip()


SECRET_KEY = _secret_key()
DEBUG = env.bool("DEBUG", False)
SECURE = env.bool("SECURE", False)  # behind a TLS proxy: secure cookies, HSTS
PUBLIC_URL = env.str("PUBLIC_URL", "http://127.0.0.1:8000")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("TRUSTED_ORIGINS", [])
DEMO = env.bool("DEMO", False)
METRICS_TOKEN = env.str("METRICS_TOKEN", "")  # lets a monitoring system on another machine read /metrics

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "steerco.site",  # before allauth: its pages wear our look
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "steerco.kit.journal",
    "steerco.kit.jobs",
    "steerco.kit.search",
    "steerco.kit.registers",
    "steerco.kit.imports",
    "steerco.kit.pages",
    "steerco.apps.audit",
    "steerco.apps.organisation",
    "steerco.apps.access",
    "steerco.apps.people",
    "steerco.apps.initiatives",
    "steerco.apps.notices",
    "steerco.apps.followups",
    "steerco.apps.links",
    "steerco.apps.hygiene",
    "steerco.apps.handover",
    "steerco.apps.indicators",
    "steerco.apps.escalation",
    "steerco.apps.planning",
    "steerco.apps.raid",
    "steerco.apps.stakeholders",
    "steerco.apps.foresight",
    "steerco.apps.finance",
    "steerco.apps.change",
    "steerco.apps.governance",
    "steerco.apps.assurance",
    "steerco.apps.deliverables",
    "steerco.apps.meetings",
    "steerco.apps.cycles",
    "steerco.apps.commissions",
    "steerco.apps.reporting",
    "steerco.apps.office",
]

MIDDLEWARE = [
    "steerco.kit.journal.middleware.request_id",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # with padding of random length, so that sizes tell no secret
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "steerco.apps.access.middleware.attach_actor",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "steerco.site.urls"
WSGI_APPLICATION = "steerco.site.wsgi.application"
ASGI_APPLICATION = "steerco.site.asgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "steerco.kit.journal.submissions.context",
                "steerco.site.navigation.context",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "steerco.kit.pages.templatetags.addresses",
            ],
        },
    }
]
FORM_RENDERER = "steerco.kit.pages.widgets.WrittenWidgets"

# -- database: SQLite unless STEERCO_DATABASE_URL names a PostgreSQL ---------------------------------------------

SQLITE_OPTIONS = {
    "timeout": 20,  # a writer waits for the one before it instead of failing
    "transaction_mode": "IMMEDIATE",  # take the write lock at BEGIN: no upgrade deadlock half-way
    "init_command": (
        "PRAGMA journal_mode=WAL;"  # readers never wait for the writer
        "PRAGMA synchronous=FULL;"  # an acknowledged commit survives a power cut
        "PRAGMA foreign_keys=ON;"
        "PRAGMA mmap_size=268435456;"
        "PRAGMA cache_size=-65536;"  # 64 MiB of pages
    ),
}
POSTGRESQL_OPTIONS = {"options": "-c synchronous_commit=on -c lock_timeout=20s"}


def _databases() -> dict[str, dict[str, Any]]:
    url = env.str("DATABASE_URL", "")
    if not url:
        name = str(DATA_DIR / "steerco.sqlite3")
        return {
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": name,
                "OPTIONS": SQLITE_OPTIONS,
                "CONN_MAX_AGE": None,
            }
        }
    parsed: dict[str, Any] = dict(env.dj_db_url("DATABASE_URL", conn_max_age=300, conn_health_checks=True))
    parsed["OPTIONS"] = {**parsed.get("OPTIONS", {}), **POSTGRESQL_OPTIONS}
    return {"default": parsed}


DATABASES = _databases()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "access.User"
KIT_ENTRY_MODEL = "initiatives.Entry"  # what events, comments, links and follow-ups point at

# -- sign-in ------------------------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are made by an administrator or by the identity provider
ACCOUNT_ADAPTER = "steerco.apps.access.sign_in.ClosedSignUp"
SOCIALACCOUNT_ADAPTER = "steerco.apps.access.single_sign_on.SingleSignOn"
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "change_password": "5/m/user",
    "reset_password": "20/m/ip,5/m/key",
    "reauthenticate": "10/m/user",
    "manage_email": "10/m/user",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if SECURE else 0  # whose tries are counted: the caller's, not the TLS proxy's
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False  # never link an account by an unverified address
SOCIALACCOUNT_LOGIN_ON_GET = True  # a form that leads to the provider would be stopped by our own form-action
OIDC_DOMAINS: list[str] = list(map(str.lower, env.list("OIDC_DOMAINS", [])))
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
if env.str("OIDC_ISSUER", ""):
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "oidc",
                "name": env.str("OIDC_NAME", "Single sign-on"),
                "client_id": env.str("OIDC_CLIENT_ID"),
                "secret": env.str("OIDC_CLIENT_SECRET", ""),
                "settings": {"server_url": env.str("OIDC_ISSUER").rstrip("/")},
            }
        ],
    }
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# -- safety -------------------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "steerco_session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "steerco_csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
if SECURE:
    SECURE_HSTS_SECONDS = 31536000
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "steerco.apps.links.uploads.BoundedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_TEMP_DIR = str(DATA_DIR / "tmp")
(DATA_DIR / "tmp").mkdir(exist_ok=True, mode=0o700)
MEDIA_ROOT = str(DATA_DIR / "media")
BACKUP_DIR = env.str("BACKUP_DIR", "")  # where `steerco backup` writes; default: `backups` in the data folder

# -- words --------------------------------------------------------------------------------------------------------

LANGUAGE_CODE = env.str("LANGUAGE", "en-gb")
LANGUAGES = list(zip(CODES, (_("English"), _("German")), strict=True))
LOCALE_PATHS = [str(Path(__file__).resolve().parent / "locale")]
TIME_ZONE = env.str("TIME_ZONE", "UTC")
USE_TZ = True
USE_I18N = True

# -- files served to the browser -----------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = str(DATA_DIR / "static")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "steerco.kit.pages.assets.HashedStaticFiles"},
}
WHITENOISE_USE_FINDERS = DEBUG

# -- API ----------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "steerco.interfaces.api.authentication.TokenAuthentication",
        "steerco.interfaces.api.authentication.BrowserSession",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_RATES": {"api": env.str("API_RATE", "600/min")},
    "EXCEPTION_HANDLER": "steerco.interfaces.api.errors.answer",
    "UNAUTHENTICATED_USER": None,
    "NUM_PROXIES": 1 if SECURE else 0,  # whose address counts: never one that a caller can make up
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Steerco",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [],  # it would lift each register's states out under made-up names
}

# -- jobs, mail, logs ----------------------------------------------------------------------------------------------

TASKS = {"default": {"BACKEND": "steerco.kit.jobs.backend.DatabaseBackend", "QUEUES": ["default"]}}
KEEP_DAYS = {  # what a daily job removes after that many days
    "staged imports": env.int("KEEP_STAGED_IMPORTS", 30),  # uploaded, never imported
    "finished jobs": env.int("KEEP_FINISHED_JOBS", 90),  # with the files that they left
    "incoming mails": env.int(
        "KEEP_INCOMING_MAILS", 90
    ),  # notes of what became of each; held ones are discarded
}
EMAIL_BACKEND = env.str("EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
EMAIL_HOST = env.str("SMTP_HOST", "")
EMAIL_PORT = env.int("SMTP_PORT", 587)
EMAIL_HOST_USER = env.str("SMTP_USER", "")
EMAIL_HOST_PASSWORD = env.str("SMTP_PASSWORD", "")
EMAIL_USE_SSL = env.bool("SMTP_SSL", EMAIL_PORT == 465)  # TLS from the first byte
EMAIL_USE_TLS = env.bool("SMTP_TLS", not EMAIL_USE_SSL)  # STARTTLS
EMAIL_TIMEOUT = 20
MAIL_REPLY_TO = env.str("MAIL_REPLY_TO", "")  # where `steerco mail-in` gets what people answer; "": nowhere
MAIL_OFFICE = env.str(
    "MAIL_OFFICE", ""
)  # the office's address: mails to it that are no answers open requests
MAIL_IMAP = {  # the mailbox that `steerco mail-in --imap` empties
    "host": env.str("MAIL_IMAP_HOST", ""),
    "port": env.int("MAIL_IMAP_PORT", 993),
    "tls": env.str("MAIL_IMAP_TLS", "tls"),  # tls, starttls, or none (only on this machine)
    "user": env.str("MAIL_IMAP_USER", ""),
    "password_file": env.str("MAIL_IMAP_PASSWORD_FILE", ""),
    "folder": env.str("MAIL_IMAP_FOLDER", "INBOX"),
    "done": env.str("MAIL_IMAP_DONE", ""),  # where taken mails go; "": they stay, marked as read
}
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", "steerco@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "steerco.kit.journal.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.server": {"level": "WARNING"},
    },
}
