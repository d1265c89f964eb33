"""What each command needs before it can run, and the commands that are not Django's."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bootstrap import ROOT, VAR, checks
from bootstrap.browser import ensure_browser
from bootstrap.cluster import private_cluster, without_libpq
from bootstrap.console import SetupError, locked, tell
from bootstrap.environment import (
    BENCH,
    CHECKS,
    SERVICE,
    Environment,
    ensure_node_modules,
    node_folder,
)

INTERRUPTED = 130  # what a shell reports after Ctrl-C


def prepare(words: Sequence[str]) -> None:
    """
    Set up what the command needs; return only when Django is to run it in this process.

    Parameters
    ----------
    words
        The command line after ``manage.py``.
    """
    command, rest = (words[0], list(words[1:])) if words else ("help", [])
    own: dict[str, Callable[[list[str]], int]] = {"test": test, "bench": bench, "stop": stop}
    try:
        if command in own:
            sys.exit(own[command](rest))
        set_up(SERVICE)
    except SetupError as error:
        sys.exit(f"\n{error}")
    except KeyboardInterrupt:
        tell("\nStopped; nothing is broken, run it again to go on.")
        sys.exit(INTERRUPTED)
    if Path(sys.executable) != SERVICE.python:
        arguments = [str(SERVICE.python), str(ROOT / "manage.py"), *words]
        os.execv(SERVICE.python, arguments)


def set_up(environment: Environment) -> None:
    """Make the environment and the database ready, and say in DATABASE_URL where it is."""
    cluster = None if os.environ.get("DATABASE_URL") else private_cluster()
    if environment.missing() or (cluster and not cluster.answers()):
        require_own_folder()
        with locked(VAR / "setup.lock"):
            environment.ensure()
            if cluster:
                cluster.ensure()
    if cluster:
        for name in os.environ.keys() - without_libpq(os.environ).keys():
            del os.environ[name]
        os.environ["DATABASE_URL"] = cluster.url


def require_own_folder() -> None:
    """Refuse in words when this user may not write into the checkout."""
    for folder in (ROOT, VAR, SERVICE.folder):
        if folder.exists() and not os.access(folder, os.W_OK):
            raise SetupError(
                f"{folder} belongs to another user, so nothing can be set up in it. "
                "Run this as that user, or in a clone of your own."
            )


def test(arguments: list[str]) -> int:
    """Every check and every test; with arguments, pytest alone with those arguments."""
    set_up(CHECKS)
    with locked(VAR / "setup.lock"):
        ensure_node_modules()
        os.environ["CHROMIUM_PATH"] = str(ensure_browser())
    # Playwright's own Node.js wants a library that a bare system does not have; ours does not.
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(node_folder() / "bin" / "node"))
    return checks.run_pytest(arguments) if arguments else checks.run_all()


def bench(arguments: list[str]) -> int:
    """Side-by-side runs against other tools, which live in an environment of their own."""
    set_up(BENCH)
    os.chdir(ROOT)
    os.execv(BENCH.python, [str(BENCH.python), "-m", "benchmarks", *arguments])


def stop(arguments: list[str]) -> int:
    """Stop the private database."""
    stopped = private_cluster().stop()
    tell("The database is stopped." if stopped else "The database was not running.")
    return 0
