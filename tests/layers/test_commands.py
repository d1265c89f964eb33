"""What the terminal says is what the screen says."""

import json
import os
import subprocess
import sys
import threading
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from mapping.models import AnalysisRun
from mapping.services.measures import MEASURES
from mapping.services.recomputing import answer_everything
from tests.conftest import CHECKOUT, database_url
from tests.factories import make_town


def run_command(*arguments):
    out = StringIO()
    call_command(*arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_json_of_a_new_question(town, networks):
    said = run_command(
        "analyse", "coverage", "--city=town", "--kind=library", "--minutes=7", "--format=json"
    )

    document = json.loads(said)
    assert document["covered"] == 300
    assert document["run_id"] == AnalysisRun.objects.get(is_active=True).pk


def test_the_table_tells_the_whole_truth(town, networks):
    said = run_command("analyse", "coverage", "--city=town", "--kind=library")

    assert said.startswith("60% of residents live within 15 minutes' walk of a library; 400 do")
    assert "1 of 1 libraries has a position" in said
    assert "0 without a path, 0 outside every territory" in said


def test_a_file_is_written(town, networks, tmp_path):
    path = tmp_path / "coverage.gpkg"
    run_command(
        "analyse", "coverage", "--city=town", "--kind=library", "--format=gpkg", f"-o{path}"
    )

    assert path.read_bytes().startswith(b"SQLite format 3")


def test_defaults_are_computed_once(town, networks):
    run_command("analyse", "defaults", "--city=town")
    runs = set(AnalysisRun.objects.values_list("pk", flat=True))
    run_command("analyse", "defaults", "--city=town")

    assert runs
    assert set(AnalysisRun.objects.values_list("pk", flat=True)) == runs


def test_everything_on_foot_is_asked_of_every_kind(town, networks):
    said = run_command("analyse", "everything", "--city=town")

    answered = set(AnalysisRun.objects.filter(is_active=True).values_list("analysis", flat=True))
    assert answered >= {"coverage", "accessibility", "equity", "choice", "white_spots"}
    assert "transit" not in said
    assert "in all" in said.splitlines()[-1]


def test_two_processes_answer_the_same(transactional_db, tmp_path):
    """As a planner asks it: processes are forked from a command, never from one with threads."""
    make_town()

    def ask(*more):
        command = [sys.executable, "-m", "django", "analyse", "everything", "--city=town", *more]
        environment = {
            "DATABASE_URL": database_url(),
            "CULTURE_ATLAS_VAR": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        subprocess.run(
            command,
            cwd=CHECKOUT,
            env=os.environ | environment,
            check=True,
            timeout=180,
            stdout=subprocess.DEVNULL,
        )

    def answers():
        rows = AnalysisRun.objects.filter(is_active=True).order_by("analysis", "parameters_key")
        return list(rows.values_list("analysis", "parameters", "inputs", "summary"))

    ask()
    alone = answers()
    AnalysisRun.objects.all().delete()
    ask("--processes=2")

    assert [each[:3] for each in answers()] == [each[:3] for each in alone]
    assert len(alone) > 5


def test_a_process_with_threads_is_not_forked(town):
    """What its other threads had locked would stay locked for ever in its copies."""
    done = threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()
    try:
        with pytest.raises(RuntimeError, match="threads"):
            next(answer_everything(town, processes=2))
    finally:
        done.set()
        other.join()


def test_a_rehearsal_keeps_nothing_and_leaves_what_was_stored(town, networks):
    run_command("analyse", "coverage", "--city=town", "--kind=library")
    stored = AnalysisRun.objects.get()

    said = run_command("analyse", "everything", "--city=town", "--rehearse")

    assert AnalysisRun.objects.get() == stored
    assert AnalysisRun.objects.get().is_active
    assert "white_spots" in said


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"city": "nowhere"}, "wanted one of: town"),
        ({"kind": "dragon"}, "wanted one of: library"),
        ({"group": "elves"}, "wanted one of: all, children"),
        ({"minutes": "0"}, "wanted more than 0"),
        ({"group": "children"}, "got no number for the group"),
        ({"output": "/nowhere/at/all.csv"}, "/nowhere/at/all.csv"),
    ],
)
def test_what_was_wanted_is_named(town, networks, change, wanted):
    given = {"city": "town", "kind": "library"} | change
    with pytest.raises(CommandError, match=wanted):
        run_command("analyse", "coverage", *(f"--{name}={value}" for name, value in given.items()))


def test_the_map_is_written(town, networks, tmp_path):
    path = tmp_path / "map.html"
    run_command("export_map", "--city=town", "--language=en", f"-o{path}")

    assert "60% of residents" in path.read_text()


@pytest.mark.parametrize("measure", sorted(set(MEASURES) - {"coverage", "provision"}))
def test_every_measure_can_be_asked_from_the_terminal(town, networks, measure):
    needs_kind = "kind" in MEASURES[measure].question.__dataclass_fields__
    said = run_command("analyse", measure, "--city=town", *(["--kind=library"] * needs_kind))

    run = AnalysisRun.objects.get(analysis=measure, is_active=True)
    assert said.rstrip().endswith(f"run {run.pk}")


def test_a_table_of_a_measure_is_written(town, networks, tmp_path):
    path = tmp_path / "picks.json"
    run_command(
        "analyse",
        "siting",
        "--city=town",
        "--sites=1",
        "--candidates=existing:library",
        "--table=candidate",
        "--format=json",
        f"-o{path}",
    )

    document = json.loads(path.read_text())
    assert document["table"] == "candidate"
    assert document["rows"][0]["people_within"] == 600


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (["white_spots", "--kind=dragon"], "wanted one of: library"),
        (["white_spots", "--kind=library", "--minutes=0"], "wanted more than 0"),
        (["white_spots", "--kind=library", "--table=dragons"], "wanted one of: spot"),
        (["siting", "--objective=luck"], "wanted one of: mclp"),
    ],
)
def test_a_measure_names_what_it_wanted(town, networks, arguments, wanted):
    with pytest.raises(CommandError, match=wanted):
        run_command("analyse", *arguments, "--city=town")
