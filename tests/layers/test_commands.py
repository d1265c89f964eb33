"""What the terminal says is what the screen says."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from mapping.models import AnalysisRun


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
