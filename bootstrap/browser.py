"""A Chromium for the browser tests: the machine's own, an installed one, or a private copy."""

import os
import shlex
import shutil
import subprocess
from pathlib import Path

from bootstrap import VAR, debian
from bootstrap.console import OFFLINE, SetupError, run, step
from bootstrap.environment import CHECKS

COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FONTS = "fonts-dejavu-core"  # Cyrillic and Latin
FOLDER = VAR / "browser"
WRAPPER = FOLDER / "chromium"
WRAPPER_TEXT = """#!/bin/sh
# Chromium from unpacked packages, with its libraries and fonts.
{exports}
exec {program} "$@"
"""
FONTS_TEXT = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{private}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>{cache}</cachedir>
  <alias><family>sans-serif</family><prefer><family>DejaVu Sans</family></prefer></alias>
  <alias><family>serif</family><prefer><family>DejaVu Serif</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
"""


def ensure_browser() -> Path:
    """
    A Chromium that starts; installed when there is none.

    Raises
    ------
    SetupError
        If none is here and none can be fetched.
    """
    if browser := installed_browser():
        return browser
    with step("Installing Chromium for the browser tests (first time, about half a minute)"):
        _fetch()
    if browser := installed_browser():
        return browser
    raise SetupError(
        "Chromium for the browser tests is not here and could not be installed. "
        "Install Chromium or Google Chrome, or name its program in CHROMIUM_PATH."
    )


def installed_browser() -> Path | None:
    """The first of CHROMIUM_PATH, the machine's own browsers and our copies that starts."""
    named = os.environ.get("CHROMIUM_PATH")
    if named:
        if not starts(Path(named)):
            raise SetupError(f"CHROMIUM_PATH names {named}, which does not start.")
        return Path(named)
    own = [Path(path) for name in COMMANDS if (path := shutil.which(name))]
    copies = [WRAPPER, *FOLDER.glob("chromium-*/chrome-linux*/chrome")]
    return next((path for path in (*own, *copies) if starts(path)), None)


def starts(program: Path) -> bool:
    """Whether the program runs at all; Ubuntu's command may be only a signpost to a snap."""
    try:
        asked = subprocess.run([program, "--version"], capture_output=True, check=False)
    except OSError:
        return False
    return asked.returncode == 0


def _fetch() -> None:
    if not debian.matching("chromium"):
        # Ubuntu has no such package; Playwright brings a build of its own for it.
        environment = {**os.environ, "PLAYWRIGHT_BROWSERS_PATH": str(FOLDER)}
        words = ["--with-deps"] if debian.is_root() else []
        playwright = (CHECKS.python, "-m", "playwright")
        run(
            [*playwright, "install", *words, "chromium"], "browser", env=environment, advice=OFFLINE
        )
        return
    debian.obtain("chromium", FONTS)
    if not debian.is_root():
        write_wrapper(debian.PRIVATE)


def write_wrapper(tree: debian.Tree) -> None:
    """Write a command that starts the unpacked Chromium with its own libraries and fonts."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    fonts = FOLDER / "fonts.conf"
    private = tree.root / "usr/share/fonts"
    fonts.write_text(FONTS_TEXT.format(private=private, cache=FOLDER / "fonts"), encoding="utf-8")
    variables = {**tree.environment(), "FONTCONFIG_FILE": str(fonts)}
    exports = "\n".join(f"export {name}={shlex.quote(text)}" for name, text in variables.items())
    program = shlex.quote(str(tree.root / "usr/lib/chromium/chromium"))
    WRAPPER.write_text(WRAPPER_TEXT.format(exports=exports, program=program), encoding="utf-8")
    WRAPPER.chmod(0o755)
