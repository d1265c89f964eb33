"""What the user sees of the set-up: plain words, seconds, and the end of a log when it fails."""

import fcntl
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bootstrap import VAR

LOG_LINES_SHOWN = 15
OFFLINE = "If it could not reach a server: is this machine online, and behind a proxy?"


class SetupError(Exception):
    """The machine lacks something, or a tool failed; the message says what to do."""


def tell(text: str, end: str = "\n") -> None:
    """Say it on stderr, so that a command's own output can be redirected to a file."""
    print(text, end=end, file=sys.stderr, flush=True)


@contextmanager
def step(text: str) -> Iterator[None]:
    """Announce a long step, then say how many seconds it took."""
    started = time.monotonic()
    tell(f"{text} … ", end="")
    try:
        yield
    except BaseException as reason:
        tell("stopped" if isinstance(reason, KeyboardInterrupt) else "failed")
        raise
    tell(f"{time.monotonic() - started:.0f} s")


def run(
    command: Sequence[str | Path],
    log: str,
    *,
    env: Mapping[str, str] | None = None,
    advice: str = "",
    **how: Any,
) -> None:
    """
    Run a tool with its output in ``var/log/<log>.log``; `advice` is for the user if it fails.

    Raises
    ------
    SetupError
        If the tool is missing or ends with another code than 0; carries the last log lines.
    """
    path = VAR / "log" / f"{log}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    words = shlex.join(map(str, command))
    with path.open("a", encoding="utf-8") as stream:
        stream.write(f"$ {words}\n")
        stream.flush()
        try:
            code = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, env=env, **how
            ).returncode
        except OSError as error:
            raise SetupError(f"Could not run {command[0]}: {error}.") from error
    if code:
        raise SetupError(f"This ended with code {code}: {words}\n{tail(path)}\n{advice}".rstrip())


def tail(path: Path, lines: int = LOG_LINES_SHOWN) -> str:
    """The last lines of a log under its name, indented for showing."""
    if not path.exists():
        return f"(no log at {path})"
    last = path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
    return "\n".join([f"The end of {path}:", *(f"    {line}" for line in last)])


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a file lock; a second command waits here until the first has finished setting up."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell("Another command is setting up this checkout; waiting for it …")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
