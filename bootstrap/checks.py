"""`manage.py test`: every check and every test runs, whatever failed before; then one table."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from bootstrap import ROOT, VAR
from bootstrap.console import tail, tell
from bootstrap.environment import CHECKS, NODE_MODULES, node_folder

LOGS = VAR / "log"
PYTEST_REPORT = LOGS / "pytest.xml"
WORKERS = 2
LINES_OF_FAILURE = 60
CHUNK_BYTES = 65536
JS_TESTS = "tests/js/**/*.test.js"
REPORT_COUNTS = ("tests", "failures", "errors", "skipped")


@dataclass(frozen=True)
class Outcome:
    """How many checks or tests of one kind passed, failed and were skipped."""

    passed: int
    failed: int
    skipped: int = 0


@dataclass(frozen=True)
class Check:
    """
    One command of the table.

    `count` turns its exit code and output into an outcome; `live` shows the output as it comes.
    """

    name: str
    command: Sequence[str | Path]
    count: Callable[[int, str], Outcome]
    live: bool = False


def as_one(code: int, output: str) -> Outcome:
    """A linter is one check, passed or failed."""
    return Outcome(1, 0) if code == 0 else Outcome(0, 1)


def as_pytest(code: int, output: str) -> Outcome:
    """Tests as pytest's own report counts them; a run that broke down is a failure itself."""
    if not PYTEST_REPORT.exists():
        return Outcome(0, 1)
    suites = ElementTree.parse(PYTEST_REPORT).getroot().iter("testsuite")
    counts = [{name: int(suite.get(name, 0)) for name in REPORT_COUNTS} for suite in suites]
    total = {name: sum(count[name] for count in counts) for name in REPORT_COUNTS}
    failed = total["failures"] + total["errors"]
    passed = total["tests"] - failed - total["skipped"]
    return at_least_one_failure(code, Outcome(passed, failed, total["skipped"]))


def as_node(code: int, output: str) -> Outcome:
    """Tests as Node's summary counts them; no test at all is a failure."""
    total = dict(re.findall(r"^\S+ (pass|fail|skipped) (\d+)$", output, re.MULTILINE))
    found = {name: int(total.get(name, 0)) for name in ("pass", "fail", "skipped")}
    outcome = Outcome(found["pass"], found["fail"], found["skipped"])
    return at_least_one_failure(code or not found["pass"], outcome)


def at_least_one_failure(broken: int | bool, outcome: Outcome) -> Outcome:
    """Never a clean outcome for a run that did not end cleanly."""
    if broken and not outcome.failed:
        return Outcome(outcome.passed, 1, outcome.skipped)
    return outcome


def all_checks() -> list[Check]:
    """The checks in their order: the quick ones first."""
    programs = CHECKS.folder / "bin"
    node = node_folder() / "bin/node"
    manage = [CHECKS.python, ROOT / "manage.py"]
    return [
        Check("ruff check", [programs / "ruff", "check", "."], as_one),
        Check("ruff format", [programs / "ruff", "format", "--check", "."], as_one),
        Check("import-linter", [programs / "lint-imports"], as_one),
        Check("mypy (pure modules)", [programs / "mypy"], as_one),
        Check("djlint format", [programs / "djlint", "templates", "--check"], as_one),
        Check("djlint", [programs / "djlint", "templates", "--lint"], as_one),
        Check("biome", [NODE_MODULES / ".bin/biome", "ci", "--error-on-warnings"], as_one),
        Check("migrations", [*manage, "makemigrations", "--check", "--dry-run"], as_one),
        Check("Django check", [*manage, "check", "--fail-level", "WARNING"], as_one),
        Check("JavaScript tests", [node, "--test", JS_TESTS], as_node),
        Check("Python tests", pytest_command(), as_pytest, live=True),
    ]


def pytest_command() -> list[str | Path]:
    return [
        *(CHECKS.python, "-m", "pytest", "-q", "-ra"),
        *("-n", str(WORKERS), "--dist", "worksteal"),
        f"--junitxml={PYTEST_REPORT}",
    ]


def run_pytest(arguments: Sequence[str]) -> int:
    """pytest with the user's own arguments; returns its exit code."""
    command: list[str | Path] = [CHECKS.python, "-m", "pytest", *arguments]
    return subprocess.run(command, cwd=ROOT, env=check_environment(), check=False).returncode


def run_all() -> int:
    """Run everything, print the table and the closing line; 1 when anything failed."""
    LOGS.mkdir(parents=True, exist_ok=True)
    PYTEST_REPORT.unlink(missing_ok=True)
    rows = [(check.name, *run_check(check)) for check in all_checks()]
    print(table(rows))
    outcomes = [outcome for _, outcome, _ in rows]
    failed = sum(outcome.failed for outcome in outcomes)
    print(f"{sum(outcome.passed for outcome in outcomes)} passed, {failed} failed", flush=True)
    return 1 if failed else 0


def run_check(check: Check) -> tuple[Outcome, float]:
    """Run one check; its output goes to a log, and its end to the screen when it failed."""
    log = LOGS / f"{check.name.replace(' ', '-')}.log"
    tell(f"{check.name} …", end="\n" if check.live else " ")
    started = time.monotonic()
    code, output = run_to_log(check, log)
    seconds = time.monotonic() - started
    outcome = check.count(code, output)
    if not check.live:
        tell(f"{'failed' if outcome.failed else 'ok'}, {seconds:.1f} s")
    if outcome.failed:
        tell(tail(log, LINES_OF_FAILURE))
    return outcome, seconds


def run_to_log(check: Check, log: Path) -> tuple[int, str]:
    """Exit code and output of a check; a program that is not there counts as failed."""
    with log.open("wb") as stream:
        try:
            process = subprocess.Popen(
                check.command,
                cwd=ROOT,
                env=check_environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
        except OSError as error:
            stream.write(f"{error}\n".encode())
            return 1, str(error)
        with process, process.stdout or nullcontext() as pipe:
            while pipe and (chunk := os.read(pipe.fileno(), CHUNK_BYTES)):
                stream.write(chunk)
                if check.live:
                    sys.stderr.buffer.write(chunk)
                    sys.stderr.buffer.flush()
    return process.returncode, log.read_text(encoding="utf-8", errors="replace")


def check_environment() -> dict[str, str]:
    """The environment of every check: the private Node.js first, no colours in logs."""
    path = f"{node_folder() / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**os.environ, "PATH": path, "NO_COLOR": "1"}


def table(rows: Sequence[tuple[str, Outcome, float]]) -> str:
    """The outcomes under one another, skipped tests named."""
    width = max(len(name) for name, _, _ in rows)
    lines = [f"{'':{width}}   passed  failed  skipped  seconds"]
    for name, outcome, seconds in rows:
        counts = f"{outcome.passed:6}  {outcome.failed:6}  {outcome.skipped:7}"
        lines.append(f"{name:{width}}   {counts}  {seconds:7.1f}")
    return "\n".join(["", *lines, ""])
