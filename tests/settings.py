"""Settings of the tests: the service's own, with nothing that needs a build step."""

from config.settings import *  # noqa: F403
from config.settings import BASE_DIR, STORAGES

SECRET_KEY = "tests-only"
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
NETWORK_DIR = BASE_DIR / "var" / "test-networks"
TILE_DIR = BASE_DIR / "var" / "test-tiles"
MEDIA_ROOT = BASE_DIR / "var" / "test-photos"
TIMETABLE_DIR = BASE_DIR / "var" / "test-timetables"
DEFAULT_CITY = ""
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
NEARBY_WARMS_UP = False
