"""Settings of the service. Whatever differs between installations comes from the environment."""

import os
import secrets
from pathlib import Path

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.database import parse_database_url
from config.geo_libraries import locate
from config.tiles import tile_origins

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("CULTURE_ATLAS_VAR", BASE_DIR / "var"))


def _flag(name: str, *, default: bool) -> bool:
    return os.environ.get(name, str(default)).strip().lower() in {
        "1",
        "true",
        "yes",
        "on",
    }


def _words(name: str, default: str = "") -> list[str]:
    return [word for word in os.environ.get(name, default).replace(",", " ").split() if word]


def _secret_key() -> str:
    """SECRET_KEY of the environment, else one made for this checkout and kept to its owner."""
    if given := os.environ.get("SECRET_KEY"):
        return given
    path = VAR_DIR / "secret_key"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with open(path, "x", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return path.read_text()


DEBUG = _flag("DEBUG", default=False)
SECRET_KEY = _secret_key()
ALLOWED_HOSTS = _words("ALLOWED_HOSTS", "localhost 127.0.0.1 [::1]")
CSRF_TRUSTED_ORIGINS = _words("CSRF_TRUSTED_ORIGINS")

globals().update(locate())

INSTALLED_APPS = [
    "nearby",
    "api",
    "participation",
    "agenda",
    "layers",
    "mapping",
    "accounts",
    "leaflet",
    "simple_history",
    "django_tasks_db",
    "drf_spectacular",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "layers.http.DatabaseAwayMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "layers.http.DoorMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {
    "default": parse_database_url(
        os.environ.get("DATABASE_URL", "postgis://localhost/culture_atlas")
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", _("Russian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# A shared link to a file of an older release still answers; a missing one is a 404, not a 500.
WHITENOISE_MANIFEST_STRICT = False

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 5000},
    },
    # Tiles of a worker's own, in front of the files that all workers share.
    "tiles": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "tiles",
        "OPTIONS": {"MAX_ENTRIES": 4000},
    },
}

# Long computations wait in the database and are done by `manage.py db_worker`.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

# An online tile layer for the public map, off unless an address is given.
ONLINE_TILES_URL = os.environ.get("ONLINE_TILES_URL", "")
ONLINE_TILES_ATTRIBUTION = os.environ.get("ONLINE_TILES_ATTRIBUTION", "")


ADMIN_PREFIXES = ("/admin/", "/en/admin/")
# Everything a page needs comes from this server. The admin's map widgets alone set inline styles
# and scripts (see `config.urls`), so the exception is made there and nowhere else.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *tile_origins(ONLINE_TILES_URL)],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    },
    "EXCLUDE_URL_PREFIXES": [*ADMIN_PREFIXES],
}
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
# Whether a proxy of ours stands in front, so that what it says of the reader may be believed.
BEHIND_PROXY = _flag("BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _flag("HTTPS_ONLY", default=False)
SECURE_SSL_REDIRECT = _flag("HTTPS_ONLY", default=False)

LEAFLET_CONFIG = {
    # No tiles of other people's servers: the base map is our own.
    "TILES": [],
    "DEFAULT_CENTER": (55.03, 82.92),
    "DEFAULT_ZOOM": 11,
    "RESET_VIEW": False,
    "SCALE": "metric",
    "ATTRIBUTION_PREFIX": "",
}
# How often one sender may ask: thing → (times, within seconds).
RATE_LIMITS = {
    "search": (240, 60),
    "near": (120, 60),
    "walk": (120, 60),
    "ask": (60, 60),
    # A pin being dragged asks about twenty times a second.
    "whatif": (3000, 60),
    "scenario": (30, 600),
    # Up to five scenarios, each weighed by everything; the page and its files share it.
    "compare": (30, 60),
    "picture": (60, 60),
    "norm_set": (30, 600),
    "api": (600, 60),
    # Whole tables as files, for which everything is read.
    "api_file": (30, 60),
    "report": (5, 3600),
    "report_status": (30, 600),
    "sign_in": (10, 600),
}
# Contacts of reports are erased so many days after the report is closed, and so many days after it
# was sent at the latest, closed or not.
CONTACT_KEPT_DAYS = int(os.environ.get("CONTACT_KEPT_DAYS", "30"))
CONTACT_LONGEST_DAYS = int(os.environ.get("CONTACT_LONGEST_DAYS", "180"))
# What a browser saved without signing in is removed after so many days without a change by it; its
# secret lasts a year.
BROWSER_KEPT_DAYS = int(os.environ.get("BROWSER_KEPT_DAYS", "400"))
# Where official appeals go, for those who came with one; empty: said without a link.
APPEALS_URL = os.environ.get("APPEALS_URL", "")
# No address of ours takes bodies larger than this; norm lists are the largest…
DATA_UPLOAD_MAX_MEMORY_SIZE = FILE_UPLOAD_MAX_MEMORY_SIZE = LARGEST_BODY_BYTES = 5 * 1024 * 1024
# … but the forms of the admin, from staff who are signed in: photos come through them.
STAFF_BODY_BYTES = 40 * 1024 * 1024
# Read the engine aside when somebody begins to type, so that the first walk is not slow.
NEARBY_WARMS_UP = True
# Slug of the city that `/` shows; empty: the one loaded first.
DEFAULT_CITY = os.environ.get("DEFAULT_CITY", "")
# Where walk networks are kept, one file per city and network version.
NETWORK_DIR = VAR_DIR / "networks"
# Where tiles are kept once made, one folder for each version of a layer; may be cleared at will.
TILE_DIR = VAR_DIR / "tiles"
# Where photos of places are kept, and where they are seen.
MEDIA_ROOT = VAR_DIR / "photos"
MEDIA_URL = "/photos/"
# Where timetables (GTFS zips) given for a city are kept.
TIMETABLE_DIR = VAR_DIR / "timetables"
# Address of a Dask scheduler, e.g. tcp://scheduler:8786, that shares the cities of a long
# computation out among its workers; empty: this process computes them one after another.
DASK_SCHEDULER = os.environ.get("CULTURE_ATLAS_SCHEDULER", "")

# The open data: read only, for anybody, refusals as problem details.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "api.problems.handle",
    "FORMAT_SUFFIX_KWARG": "suffix",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Culture Atlas",
    "DESCRIPTION": "A city's institutions of culture, events and territories, with their sources.",
    "VERSION": "1",
    "OAS_VERSION": "3.0.3",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "PREPROCESSING_HOOKS": ["api.schema.leave_out_suffixes"],
}

# What the map can show: each module holds a LAYERS tuple.
LAYER_MODULES = (
    "layers.definitions.access",
    "layers.definitions.places",
    "layers.definitions.territories",
    "agenda.maplayers",
)
# What other apps add to a card: each module holds a PARTS tuple.
CARD_PART_MODULES = ("nearby.cardparts",)
# What a city pack can fill: each module holds a TABLES tuple.
PACK_TABLE_MODULES = (
    "mapping.services.tables",
    "agenda.packs",
)
# What is to be forgotten in time: each module holds a CHORES tuple.
CHORE_MODULES = (
    "mapping.services.housekeeping",
    "participation.services",
)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
