"""Pages that compute nothing do not pay for the engine."""

import os
import subprocess
import sys

import pytest

HEAVY = ("numba", "pandas", "geopandas", "scipy", "highspy")
ASK = """
import sys, django
django.setup()
from django.urls import resolve
resolve("/town/planner/"); resolve("/town/")
print(*sorted(set({heavy!r}) & set(sys.modules)))
"""


def test_the_engine_is_read_at_the_first_question_only():
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    said = subprocess.run(
        [sys.executable, "-c", ASK.format(heavy=HEAVY)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert said.stdout.split() == []


def test_a_view_nobody_wrote_is_noticed():
    from layers.lazy import lazily

    with pytest.raises(AttributeError):
        lazily("planner_views.dragon")(None)
