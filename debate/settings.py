"""Django settings: the only module that reads the environment, typed and loud about a bad value.

README holds the table of options. Importing this module starts nothing; the one thing it may write
is the secret key, once, into the data folder.
"""

from __future__ import annotations

import os
import re
import secrets
import warnings
from pathlib import Path
from typing import Any

import drf_spectacular_sidecar
import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from debate.core import postgres

BASE_DIR = Path(__file__).resolve().parent.parent


def env_text(name: str, default: str = "") -> str:
    """The option's text, from the file that NAME_FILE names when given, without line ends."""
    path = os.environ.get(f"{name}_FILE")
    if not path:
        return os.environ.get(name, default)
    try:
        return Path(path).read_text(encoding="utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(
            f"{name}_FILE names {path}, which cannot be read: {error}"
        ) from error


def env_bool(name: str, *, default: bool) -> bool:
    """The option as yes or no; raises ImproperlyConfigured for any other word."""
    word = env_text(name).strip().lower()
    if word in {"1", "true", "yes", "on"}:
        return True
    if word in {"0", "false", "no", "off"}:
        return False
    if word:
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not {word!r}.")
    return default


def env_count(name: str, *, most: int = 1_000) -> int:
    """The option's whole number, 0 when it is not set; raises ImproperlyConfigured for others."""
    word = env_text(name).strip() or "0"
    if not (word.isascii() and word.isdecimal() and int(word[:9]) <= most):
        raise ImproperlyConfigured(f"{name} must be a whole number up to {most}, not {word!r}.")
    return int(word)


def env_list(name: str, *, default: list[str]) -> list[str]:
    """The option's comma-separated words, or the default when it is not set."""
    text = env_text(name)
    return [word.strip() for word in text.split(",") if word.strip()] if text else default


def env_url(name: str, parser: str) -> dict[str, Any]:
    """The option parsed by django-environ (``db_url_config`` or ``email_url_config``), or {}."""
    url = env_text(name)
    if not url:
        return {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what it cannot read it also prints, password and all
            parsed: dict[str, Any] = getattr(environ.Env, parser)(url)
    except (ImproperlyConfigured, ValueError, KeyError) as error:
        raise ImproperlyConfigured(f"{name} is not a URL that can be used: {error}") from error
    if not parsed:
        raise ImproperlyConfigured(f"{name} is not a URL that can be used.")
    return parsed


def secret_key(folder: Path) -> str:
    """SECRET_KEY from the environment, else a key made once in the data folder (mode 0600)."""
    if key := env_text("SECRET_KEY"):
        return key
    try:
        return kept_key(folder)
    except OSError as error:
        raise ImproperlyConfigured(
            f"COUNTERPOINT_DATA names {folder}, which cannot be used: {error.strerror}."
        ) from error


def kept_key(folder: Path) -> str:
    """The key that the data folder keeps, made with the first call."""
    path = folder / "secret-key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"secret-key-{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50), encoding="utf-8")
        try:
            os.link(draft, path)  # of several first starts at once, one makes the key
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="utf-8").strip()


def seminar_creators() -> list[str]:
    """Who makes seminars: ["anyone"], ["approved"], or domains of verified e-mail addresses."""
    words = [word.lower().removeprefix("@") for word in env_list("SEMINAR_CREATORS", default=[])]
    if words in (["anyone"], ["approved"]):
        return words
    for word in words:
        if not re.fullmatch(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}", word):
            raise ImproperlyConfigured(
                "SEMINAR_CREATORS must be anyone, approved or e-mail domains such as "
                f"example.org,example.edu, not {word!r}."
            )
    return words or ["anyone"]


def database() -> dict[str, Any]:
    """The server that DATABASE_URL names, else the embedded one, started at the first connection."""
    given = env_url("DATABASE_URL", "db_url_config")
    if not given:
        given = {
            "ENGINE": "debate.core.embedded",
            "NAME": "counterpoint",
            "USER": "postgres",
            "HOST": str(postgres.socket_folder(DATA)),
            "PORT": "5432",
        }
    elif given["ENGINE"] != "django.db.backends.postgresql":
        raise ImproperlyConfigured(
            "DATABASE_URL must begin with postgres://; nothing else is used."
        )
    # Under uvicorn each request runs in its own thread, so a kept connection would leak.
    given["CONN_MAX_AGE"] = 0
    # What `debate.core.db.prepared` asks is planned once a connection, for all that it is asked of later.
    given["OPTIONS"] = {
        "connect_timeout": 5,
        "prepare_threshold": 0,
        "options": "-c plan_cache_mode=force_generic_plan",
        **given.get("OPTIONS", {}),
    }
    # Each process keeps so many connections, and looks at one before it is used if it still stands.
    if most := env_count("DATABASE_POOL"):
        given["OPTIONS"]["pool"] = {
            "min_size": 1,
            "max_size": most,
            "timeout": 2,
            "max_idle": 86_400,  # seconds; closing one that is free would close the warm one
        }
        if given["ENGINE"] == "django.db.backends.postgresql":
            given["ENGINE"] = "debate.core.pooled"
    return given


def database_role() -> str:
    """As which role web processes and job workers use the database; "" for its owner."""
    name = env_text("DATABASE_ROLE", "counterpoint_app")
    if name and not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", name, re.ASCII):
        raise ImproperlyConfigured(
            f"DATABASE_ROLE must be small letters, digits and underscores, not {name!r}."
        )
    return name


DATA = Path(env_text("COUNTERPOINT_DATA") or BASE_DIR / "var").resolve()
DEBUG = env_bool("DEBUG", default=False)
DEMO = env_bool("DEMO", default=False)
SECRET_KEY = secret_key(DATA)
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS", default=[])
for _origin in CSRF_TRUSTED_ORIGINS:
    if not _origin.startswith(("http://", "https://")):
        raise ImproperlyConfigured(
            f"CSRF_TRUSTED_ORIGINS: {_origin!r} must begin with https:// or http://."
        )
SEMINAR_CREATORS = seminar_creators()

# Whether links of sources are opened, to see if they still lead anywhere and what stands there. The
# demo's works are real, and whoever only looks at it asks nobody for them.
OUTGOING_REQUESTS = env_bool("OUTGOING_REQUESTS", default=not DEMO)

# A site that only this machine can reach is spoken to in plain HTTP; any other needs HTTPS.
LOOPBACK_ONLY = set(ALLOWED_HOSTS) <= {"localhost", "127.0.0.1", "[::1]", "testserver"}
if DEMO and not LOOPBACK_ONLY:
    raise ImproperlyConfigured(
        "DEMO lets anybody in as the instructor, so ALLOWED_HOSTS may then name this machine only."
    )

# Where e-mails lead, as nobody's request tells it.
SITE_URL_GIVEN = env_text("SITE_URL").rstrip("/")
if SITE_URL_GIVEN and not SITE_URL_GIVEN.startswith(("http://", "https://")):
    raise ImproperlyConfigured(f"SITE_URL: {SITE_URL_GIVEN!r} must begin with https:// or http://.")
_here = {"*", "localhost", "127.0.0.1", "[::1]", "testserver"}
_hosts = [host.lstrip(".") for host in ALLOWED_HOSTS if host not in _here]
SITE_URL = SITE_URL_GIVEN or (f"https://{_hosts[0]}" if _hosts else "http://127.0.0.1:8000")

ROOT_URLCONF = "debate.urls"
ASGI_APPLICATION = "debate.asgi.application"
WSGI_APPLICATION = "debate.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "servestatic.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "csp",
    "corsheaders",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "debate.core",
    "procrastinate.contrib.django",
    "debate.accounts",
    "debate.notices",
    "debate.seminars",
    "debate.essays",
    "debate.assignments",
    "annotations",
    "annotations.grading",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "debate.core.middleware.TaggedGZipMiddleware",
    "debate.core.middleware.PolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "debate.core.middleware.CrossOriginMiddleware",
    "debate.core.middleware.CleanInputMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "debate.seminars.middleware.StudentViewMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "debate.accounts.middleware.TimeZoneMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "debate.core.middleware.DomainErrorMiddleware",
]

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
                "debate.notices.context_processors.unread",
            ],
        },
    },
]

DATABASES = {"default": database()}
DATABASE_ROLE = database_role()

# Accounts: allauth's pages, our own user.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["debate.accounts.sessions.Backend"]
SESSION_ENGINE = "debate.accounts.sessions"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "debate.accounts.forms.SignupForm"
ACCOUNT_USERNAME_VALIDATORS = "debate.accounts.models.username_validators"
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = True

# Cookies: `__Host-` names and Secure wherever the site is reachable from elsewhere.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not LOOPBACK_ONLY
SESSION_COOKIE_NAME = "session" if LOOPBACK_ONLY else "__Host-session"
CSRF_COOKIE_NAME = "csrf" if LOOPBACK_ONLY else "__Host-csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "debate.core.views.csrf_failure"
SECURE_SSL_REDIRECT = not LOOPBACK_ONLY
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 0 if LOOPBACK_ONLY else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not LOOPBACK_ONLY
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    },
}

# Scripts of other sites use the API with a token of their own, never with the session of whoever
# visits them. No page lets them in.
CORS_URLS_REGEX = r"^/(api/v1|wa)/"
CORS_ALLOW_ALL_ORIGINS = True
CORS_ALLOW_CREDENTIALS = False
CORS_ALLOW_METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]
CORS_ALLOW_HEADERS = [
    "Accept",
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "Last-Event-ID",
    "Prefer",
    "Slug",
]
CORS_EXPOSE_HEADERS = [
    "Accept-Patch",
    "Accept-Post",
    "Allow",
    "Content-Disposition",
    "Content-Location",
    "Deprecation",
    "ETag",
    "Idempotency-Replayed",
    "Link",
    "Location",
    "Preference-Applied",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "Sunset",
    "WWW-Authenticate",
]
CORS_PREFLIGHT_MAX_AGE = 7_200

# Limits before anything is parsed. An essay's own limit is 2 MiB: a paste that is larger, with the
# clipboard's HTML beside it, still reaches its form, which tells so and keeps it.
DATA_UPLOAD_MAX_MEMORY_SIZE = 6_291_456
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000
DATA_UPLOAD_MAX_NUMBER_FILES = 4

EMAIL = env_url("EMAIL_URL", "email_url_config") or {
    "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
    "EMAIL_FILE_PATH": str(DATA / "mail"),
}
EMAIL_BACKEND = EMAIL["EMAIL_BACKEND"]
EMAIL_FILE_PATH = EMAIL.get("EMAIL_FILE_PATH")
EMAIL_HOST = EMAIL.get("EMAIL_HOST", "localhost")
EMAIL_PORT = EMAIL.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = EMAIL.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = EMAIL.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = EMAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = EMAIL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env_text("DEFAULT_FROM_EMAIL", "Counterpoint <counterpoint@localhost>")

# Each further language needs its catalogue in LOCALE_PATHS; a browser is asked only where there is a choice.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [BASE_DIR / "debate" / "locale"]
USE_I18N = True
if len(LANGUAGES) > 1:
    after = MIDDLEWARE.index("django.contrib.sessions.middleware.SessionMiddleware") + 1
    MIDDLEWARE.insert(after, "django.middleware.locale.LocaleMiddleware")
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
# Of the sidecar Swagger UI alone.
_swagger = "drf_spectacular_sidecar/swagger-ui-dist"
STATICFILES_DIRS = [
    BASE_DIR / "debate" / "static",
    (_swagger, Path(drf_spectacular_sidecar.__file__).parent / "static" / _swagger),
]
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(DATA / "files")},
    },
    "staticfiles": {"BACKEND": "debate.core.staticfiles.StaticStorage"},
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "debate.accounts.authentication.TokenAuthentication",
        "debate.accounts.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["debate.accounts.authentication.TokenScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["debate.core.api.parsers.BoundedJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "debate.core.api.pagination.KeysetPagination",
    "DEFAULT_FILTER_BACKENDS": ["debate.core.api.filters.Filters"],
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "debate.core.api.described.Described",
    "EXCEPTION_HANDLER": "debate.core.api.exceptions.problem_handler",
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "DATETIME_FORMAT": "iso-8601",
}
# How many requests one token (or person, or address) may make in how many seconds; all of them at
# once, too. A client that knows nothing of it still reads or writes some 5,000 rows one by one.
API_RATES: dict[str, tuple[int, int]] = {
    "read": (6_000, 60),
    "write": (6_000, 600),
    "bulk": (240, 600),
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Counterpoint",
    "DESCRIPTION": "Essays, their paragraphs, and what a seminar attaches to them.\n\n"
    "Beside what each operation names, any request may be answered with 405 "
    "(`method_not_allowed`), 500 (`server_error`) or 503 (`unavailable`), as a problem document. "
    "Annotations for other programs, below `/wa/`, are described at `/docs/web-annotation/` and "
    "by the Recommendations of the W3C.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    # Its links into the page warn of underscores, which stand in the names of our operations.
    "SWAGGER_UI_SETTINGS": {"deepLinking": False, "displayRequestDuration": True},
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "debate.core.api.schema.add_problems",
        "debate.core.api.described.complete",
    ],
    "ENUM_NAME_OVERRIDES": {
        "AnnotationKindEnum": "annotations.enums.Kind",
        "ParagraphKindEnum": "debate.essays.enums.ParagraphKind",
        "GroupKindEnum": "debate.seminars.enums.GroupKind",
        "RoleEnum": "debate.seminars.enums.Role",
        "SideEnum": "debate.assignments.enums.Position",
        "InvitationStateEnum": "debate.seminars.api.invitations.STATES",
        "AttacksEnum": "annotations.api.serializers.ATTACKED",
        "AttacksGivenEnum": "annotations.enums.Attacks",
        "CadenceEnum": "debate.notices.enums.Cadence",
        "LinkStatusEnum": "annotations.enums.LinkStatus",
        "AnnotationStatusEnum": "annotations.enums.Status",
        "MapStatusEnum": "annotations.enums.MapStatus",
        "ClaimTypeEnum": "annotations.enums.ClaimType",
        "RelationKindEnum": "annotations.enums.RelationKind",
        "RelationTargetEnum": "annotations.api.linking.TARGETS",
        "QualityMarkTypeEnum": "annotations.enums.QualityMarkType",
        "GradeStateEnum": "annotations.grading.enums.GradeState",
        "MarkStateEnum": "annotations.grading.enums.MarkState",
        "MarkRoleEnum": "annotations.grading.enums.MarkRole",
        "GradeVerbEnum": "annotations.grading.enums.Verb",
        "GradeViaEnum": "annotations.grading.enums.Via",
        "RegradeStateEnum": "annotations.grading.enums.RequestState",
        "RegradeStepEnum": "annotations.grading.api.requests.STEPS",
        "CriterionKindEnum": "annotations.grading.enums.CriterionKind",
    },
}

# Jobs are looked for in the module `tasks` of each app, and in these.
PROCRASTINATE_IMPORT_PATHS = ["annotations.exchange.tasks"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    # At its level INFO it tells of each task at each start, and of each job each minute.
    "loggers": {"procrastinate": {"level": "WARNING"}},
}
