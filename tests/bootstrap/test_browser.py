import subprocess

import pytest

from bootstrap import browser
from bootstrap.console import SetupError
from bootstrap.debian import Tree


def script(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_a_browser_counts_only_when_it_starts(tmp_path):
    assert browser.starts(script(tmp_path / "chromium", "echo Chromium 150"))
    assert not browser.starts(script(tmp_path / "signpost", "exit 1"))
    assert not browser.starts(tmp_path / "missing")


def test_a_named_browser_that_does_not_start_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setenv("CHROMIUM_PATH", str(tmp_path / "missing"))

    with pytest.raises(SetupError, match="CHROMIUM_PATH"):
        browser.installed_browser()


def test_the_unpacked_browser_starts_with_its_own_libraries_and_fonts(tmp_path, monkeypatch):
    folder = tmp_path / "my var" / "browser"
    monkeypatch.setattr(browser, "FOLDER", folder)
    monkeypatch.setattr(browser, "WRAPPER", folder / "chromium")
    tree = Tree(tmp_path / "my var" / "debian")
    script(tree.root / "usr/lib/chromium/chromium", 'echo "$LD_LIBRARY_PATH|$FONTCONFIG_FILE|$1"')
    library = tree.root / "usr/lib/x86_64-linux-gnu/libnss3.so"
    library.parent.mkdir(parents=True)
    library.touch()

    browser.write_wrapper(tree)

    command = [folder / "chromium", "--version"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    libraries, fonts, argument = said.split("|")
    assert str(library.parent) in libraries.split(":")
    assert fonts == str(folder / "fonts.conf")
    assert argument == "--version"
