import sys

import pytest

from bootstrap import checks
from bootstrap.checks import Check, Outcome, as_node, as_one, as_pytest

REPORT = """<?xml version="1.0"?>
<testsuites><testsuite tests="12" failures="1" errors="2" skipped="3"/></testsuites>"""


@pytest.fixture(autouse=True)
def logs_aside(tmp_path, monkeypatch):
    monkeypatch.setattr(checks, "LOGS", tmp_path)
    monkeypatch.setattr(checks, "PYTEST_REPORT", tmp_path / "pytest.xml")


def test_pytest_is_counted_by_its_report():
    checks.PYTEST_REPORT.write_text(REPORT)

    assert as_pytest(1, "") == Outcome(passed=6, failed=3, skipped=3)


def test_pytest_that_broke_down_is_a_failure_even_with_a_clean_report():
    assert as_pytest(4, "") == Outcome(0, 1)

    checks.PYTEST_REPORT.write_text(REPORT.replace('"1"', '"0"').replace('"2"', '"0"'))
    assert as_pytest(3, "").failed == 1


def test_node_is_counted_by_its_summary():
    summary = "ℹ tests 6\nℹ pass 4\nℹ fail 1\nℹ cancelled 0\nℹ skipped 1\n"

    assert as_node(1, summary) == Outcome(passed=4, failed=1, skipped=1)


def test_no_javascript_test_at_all_is_a_failure():
    assert as_node(0, "ℹ tests 0\nℹ pass 0\nℹ fail 0\n").failed == 1


def python(code):
    return [sys.executable, "-c", code]


def test_every_check_runs_and_the_last_line_is_the_sum(monkeypatch, capsys):
    summary = "import sys; sys.stdout.buffer.write('ℹ pass 5\\nℹ fail 0\\n'.encode())"
    table = [
        Check("broken", python("print('the reason'); raise SystemExit(1)"), as_one),
        Check("missing", ["no-such-program"], as_one),
        Check("scripts", python(summary), as_node),
        Check("fine", python(""), as_one),
    ]
    monkeypatch.setattr(checks, "all_checks", lambda: table)
    monkeypatch.setattr(checks, "check_environment", lambda: None)

    assert checks.run_all() == 1

    printed = capsys.readouterr()
    assert printed.out.splitlines()[-1] == "6 passed, 2 failed"
    assert "the reason" in printed.err


def test_success_is_said_only_when_all_is_well(monkeypatch, capsys):
    monkeypatch.setattr(checks, "all_checks", lambda: [Check("fine", python(""), as_one)])
    monkeypatch.setattr(checks, "check_environment", lambda: None)

    assert checks.run_all() == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 passed, 0 failed"
