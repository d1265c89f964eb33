"""
Sets the machine up with nothing but Python's standard library.

    console      words, seconds and logs; the one error of the set-up
    environment  the virtual environment and the browser tools, from pinned lists
    debian       system packages: installed by root, unpacked privately for anyone else
    server       a PostgreSQL server with PostGIS
    cluster      the private database cluster of this checkout
    browser      a Chromium for the browser tests
    checks       `manage.py test`: every check and every test, one table
    commands     which of these a command needs
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
