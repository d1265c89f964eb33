"""What several rooms of tests share."""

import os
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection
from django.utils import timezone, translation
from hypothesis import HealthCheck, settings

CHECKOUT = Path(__file__).resolve().parent.parent

# Invented towns are the same in every run, and nobody holds a watch on a busy machine.
settings.register_profile(
    "steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")


def database_url():
    """The address of the test database, for processes that share it."""
    given = connection.settings_dict
    who = ":".join(quote(given[name], safe="") for name in ("USER", "PASSWORD") if given[name])
    port = f"&port={given['PORT']}" if given["PORT"] else ""
    return f"postgis://{who}@/{given['NAME']}?host={quote(given['HOST'], safe='')}{port}"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with real cities' data, which is not part of the repository."""
    folder = Path(os.environ.get("CULTURE_ATLAS_DATA", CHECKOUT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real data: {folder} is not there")
    return folder


@pytest.fixture(autouse=True)
def the_readers_language():
    """A page in English leaves its language to the thread; the next test begins without it."""
    translation.deactivate()
    yield
    translation.deactivate()


@pytest.fixture
def steady_clock(monkeypatch):
    """The clock stands: what carries the hour is the same from the first line to the last."""
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)


@pytest.fixture
def town(db):
    from tests.factories import make_town

    return make_town()
