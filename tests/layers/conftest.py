"""A town with an answer: libraries within 15 minutes, for everybody."""

import pytest

from layers import choice as choices
from mapping.services.coverage import CoverageQuestion, run_coverage


@pytest.fixture
def networks(settings, tmp_path):
    settings.NETWORK_DIR = tmp_path / "networks"


@pytest.fixture
def run(town, networks):
    return run_coverage(town, CoverageQuestion(kind="library", minutes=15))


@pytest.fixture
def choice(run):
    return choices.read(run.city, {})
