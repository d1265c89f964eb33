import fcntl
import sys

import pytest

from bootstrap import console


@pytest.fixture(autouse=True)
def logs_aside(tmp_path, monkeypatch):
    monkeypatch.setattr(console, "VAR", tmp_path)


def is_free(path):
    with path.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def test_only_one_command_sets_up_at_a_time(tmp_path):
    path = tmp_path / "var" / "setup.lock"

    with console.locked(path):
        assert not is_free(path)

    assert is_free(path)


def test_a_failed_command_leaves_no_lock_behind(tmp_path):
    path = tmp_path / "setup.lock"

    with pytest.raises(console.SetupError), console.locked(path):
        raise console.SetupError

    assert is_free(path)


def test_a_failing_tool_shows_the_end_of_its_log_and_the_advice():
    lines = "import sys; [print('line', n) for n in range(100)]; sys.exit(3)"

    with pytest.raises(console.SetupError) as failure:
        console.run([sys.executable, "-c", lines], "tool", advice="Try again.")

    shown = str(failure.value)
    assert "code 3" in shown
    assert "line 99" in shown
    assert "line 10\n" not in shown
    assert shown.endswith("Try again.")


def test_a_missing_tool_is_named():
    with pytest.raises(console.SetupError, match="no-such-tool"):
        console.run(["no-such-tool"], "tool")


def test_a_step_that_fails_says_so(capsys):
    with pytest.raises(console.SetupError), console.step("Building"):
        raise console.SetupError

    printed = capsys.readouterr()
    assert printed.err == "Building … failed\n"
    assert printed.out == ""
