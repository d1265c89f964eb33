"""What the pages load is what `package-lock.json` pins, and every kind has its icon."""

import json
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from tests.conftest import CHECKOUT

VENDOR = CHECKOUT / "static" / "vendor"


def test_copies_are_those_of_the_pinned_packages():
    if not (CHECKOUT / "node_modules" / "protomaps-leaflet").is_dir():
        pytest.skip("no node_modules to compare with")
    check = [sys.executable, str(VENDOR / "fill.py"), "--check"]
    outcome = subprocess.run(check, capture_output=True, text=True)

    assert outcome.stderr == ""
    assert outcome.returncode == 0


def test_every_kind_has_an_icon_on_the_map():
    kinds = json.loads((CHECKOUT / "fixtures" / "reference" / "kinds.json").read_text("utf-8"))
    sprite = ElementTree.parse(VENDOR / "icons" / "sprite.svg")
    drawn = {symbol.get("id") for symbol in sprite.getroot()}

    assert {kind["icon"] for kind in kinds} <= drawn
