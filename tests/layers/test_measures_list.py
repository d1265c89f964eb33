"""The list of measures in the documentation is the list there is."""

import re
from pathlib import Path

from layers import planner
from mapping.services.measures import MEASURES

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(
    r"^\| `(\w+)` \|.*\| `manage\.py analyse (\w+) .*` \| `(\w+)` \| `(\S+)` \| `(\S+)` \|$"
)


def rows():
    lines = (ROOT / "docs" / "measures.md").read_text(encoding="utf-8").splitlines()
    return [match.groups() for match in map(ROW.match, lines) if match]


def test_every_measure_has_its_command_its_page_and_its_test():
    tabs = {tab.measure: tab.key for tab in planner.tabs()}

    assert {name for name, *_ in rows()} == set(MEASURES)
    for name, command, tab, formula, test in rows():
        assert command == name
        assert tabs[name] == tab
        assert (ROOT / formula).is_file()
        assert (ROOT / test).is_file()
