"""Every path, command and link the documents name exists."""

import re

import pytest
from django.core.management import get_commands

from tests.conftest import CHECKOUT

DOCUMENTS = [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").glob("*.md"))]
TOP_LEVEL = {path.name for path in CHECKOUT.iterdir()}
BOOTSTRAP_COMMANDS = {"test", "bench", "stop", "demo"}
MADE_ON_THE_WAY = {".venv", "var", "packs", "node_modules"}


def named_paths(text):
    for word in re.findall(r"`([\w./-]+)`", text):
        first = word.split("/")[0]
        if "/" in word and first in TOP_LEVEL | {".ci"} and first not in MADE_ON_THE_WAY:
            yield word
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if "://" not in target:
            yield target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_path_named_exists(document):
    text = document.read_text(encoding="utf-8")

    missing = [
        path
        for path in named_paths(text)
        if not (CHECKOUT / path).exists() and not (document.parent / path).exists()
    ]

    assert not missing


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_named_exists(document):
    known = set(get_commands()) | BOOTSTRAP_COMMANDS

    named = re.findall(r"manage\.py (\w+)", document.read_text(encoding="utf-8"))

    assert set(named) <= known
