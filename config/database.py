"""`DATABASE_URL` → Django's DATABASES entry. One backend: PostGIS through psycopg2."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

SCHEMES = ("postgis", "postgres", "postgresql")


def parse_database_url(url: str) -> dict[str, Any]:
    """
    Read `postgis://user:password@host:port/name?host=/socket/folder`.

    Raises ImproperlyConfigured when the scheme or the database name is not usable.
    """
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES:
        raise ImproperlyConfigured(
            f"DATABASE_URL: got scheme {parts.scheme!r}, wanted one of {', '.join(SCHEMES)}"
        )
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise ImproperlyConfigured("DATABASE_URL: got no database name, wanted …/name")
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    # Compiling a statement takes longer than any of ours runs, and so does starting helpers for
    # it, which would take the cores from the other readers.
    options.setdefault("options", "-c jit=off -c max_parallel_workers_per_gather=0")
    # A machine that is gone does not even refuse; its readers are told in seconds all the same.
    options.setdefault("connect_timeout", "10")
    return {
        "ENGINE": "django.contrib.gis.db.backends.postgis",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", unquote(parts.hostname or "")),
        "PORT": str(parts.port or options.pop("port", "")),
        "OPTIONS": options,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
