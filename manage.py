#!/usr/bin/env python3
"""Every command of Culture Atlas starts here; what the machine lacks is set up on the way."""

import os
import sys


def main():
    if sys.version_info < (3, 11):  # noqa: UP036 - said in words before newer syntax is met
        sys.exit("Culture Atlas needs Python 3.11 or newer.")

    from bootstrap.commands import prepare

    prepare(sys.argv[1:])

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
