"""Loading packs: nothing twice, nothing lost, nothing half."""

import io
import json
import os
import signal
import subprocess
import sys
import time

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from mapping.importers.pack import open_pack, read_pack
from mapping.models import (
    City,
    District,
    ImportRun,
    Institution,
    InstitutionKind,
    Norm,
    OfficialCount,
    PopulationUnit,
    Source,
    Street,
)
from mapping.services.imports import load_pack
from tests.conftest import CHECKOUT, database_url
from tests.packs import DISTRICTS, place, resource, write_csv, write_features, write_town_pack

TABLES = (City, District, Institution, PopulationUnit, Source, Street, OfficialCount)


@pytest.fixture
def pack_dir(tmp_path):
    return write_town_pack(tmp_path / "town")


def load(folder, **options):
    pack = open_pack(folder)
    return load_pack(pack, read_pack(pack), **options)


def everything():
    """Every row of every table as the database writes it down, geometry bytes included."""
    with connection.cursor() as cursor:
        rows = {}
        for model in TABLES:
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"SELECT row::text FROM {table} AS row ORDER BY 1")
            rows[model.__name__] = cursor.fetchall()
    return rows


def test_a_pack_fills_the_tables(db, pack_dir):
    outcome = load(pack_dir)

    assert outcome.city.boundary.area > 0
    assert {name: changes.created for name, changes in outcome.changes.items()} == {
        "districts": 2,
        "streets": 1,
        "institutions": 10,
        "population_units": 5,
    }
    houses = PopulationUnit.objects.order_by("point")
    assert sorted(house.people for house in houses) == [200, 200, 200, 200, 200]
    assert all(house.modelled and house.method == "district_total" for house in houses)
    assert OfficialCount.objects.get().count == 70


def test_the_same_pack_twice_changes_nothing(db, pack_dir):
    load(pack_dir)
    before = everything()

    outcome = load(pack_dir)

    assert outcome.changed_rows == 0
    assert everything() == before


def test_a_changed_row_changes_one_row(db, pack_dir):
    load(pack_dir)
    places = [place(n, n * 150) for n in range(10)]
    places[3]["name"] = "Библиотека имени Чехова"
    write_csv(pack_dir / "places.csv", places)

    changes = load(pack_dir).changes["institutions"]

    assert (changes.created, changes.updated, changes.removed, changes.unchanged) == (0, 1, 0, 9)
    assert Institution.objects.get(source_key="3").name == "Библиотека имени Чехова"


def test_an_editors_correction_outlives_an_import_that_says_nothing_new(db, pack_dir):
    load(pack_dir)
    Institution.objects.filter(source_key="3").update(phone="+7 383 000-00-00")

    load(pack_dir)

    assert Institution.objects.get(source_key="3").phone == "+7 383 000-00-00"


def test_rows_that_left_the_source_are_swept(db, pack_dir):
    load(pack_dir)
    write_csv(pack_dir / "places.csv", [place(n, n * 150) for n in range(9)])

    assert load(pack_dir).changes["institutions"].removed == 1
    assert Institution.objects.count() == 9


def test_a_massacre_is_refused_and_changes_nothing(db, pack_dir):
    load(pack_dir)
    before = everything()
    write_csv(pack_dir / "places.csv", [place(n, n * 150) for n in range(7)])

    with pytest.raises(CommandError, match="3 of 10 rows would vanish"):
        call_command("load_city", str(pack_dir))

    assert everything() == before
    call_command("load_city", str(pack_dir), "--allow-removal", stdout=io.StringIO())
    assert Institution.objects.count() == 7


def test_a_missing_file_sweeps_nothing(db, pack_dir):
    load(pack_dir)
    (pack_dir / "places.csv").unlink()

    outcome = load(pack_dir)

    assert Institution.objects.count() == 10
    assert any("places.csv" in warning for warning in outcome.warnings)


def test_a_dry_run_counts_but_writes_nothing(db, pack_dir):
    outcome = load(pack_dir, dry_run=True)

    assert outcome.changed_rows == 18
    assert City.objects.count() == 0
    assert ImportRun.objects.count() == 0


def test_a_new_border_does_not_erase_the_old_one(db, pack_dir):
    load(pack_dir)
    moved = [(code, name, west, east - 100, people) for code, name, west, east, people in DISTRICTS]
    write_town_pack(pack_dir, districts=moved)

    load(pack_dir)

    generations = District.objects.filter(source_key="west").order_by("pk")
    assert [bool(district.valid_to) for district in generations] == [True, False]
    assert generations[0].geometry.area > generations[1].geometry.area
    assert District.objects.filter(valid_to__isnull=True).count() == 2


def test_a_new_population_keeps_the_border_and_its_generation(db, pack_dir):
    load(pack_dir)
    grown = [(code, name, west, east, people + 50) for code, name, west, east, people in DISTRICTS]
    write_town_pack(pack_dir, districts=grown)

    load(pack_dir)

    assert District.objects.count() == 2
    assert sum(PopulationUnit.objects.values_list("people", flat=True)) == 1100


def test_people_without_houses_are_put_in_the_middle_not_lost(db, pack_dir):
    write_features(pack_dir / "houses.geojson", [])

    outcome = load(pack_dir)

    assert sum(PopulationUnit.objects.values_list("people", flat=True)) == 1000
    assert any("without known houses" in warning for warning in outcome.warnings)


def test_thirty_broken_rows_are_listed_and_the_rest_loads(db, pack_dir):
    good = [place(n, n * 10) for n in range(100)]
    broken = [
        *[place(100 + n, 0, lat="not a number") for n in range(10)],
        *[place(110 + n, 0, name="") for n in range(10)],
        *[place(120 + n, 0, kind="dragon_lair") for n in range(10)],
    ]
    write_csv(pack_dir / "places.csv", [*good, *broken])
    errors = io.StringIO()

    with pytest.raises(SystemExit) as exit_code:
        call_command("load_city", str(pack_dir), stdout=io.StringIO(), stderr=errors)

    assert exit_code.value.code == 3
    assert Institution.objects.count() == 100
    lines = [line for line in errors.getvalue().splitlines() if "row left out" in line]
    assert len(lines) == 30
    assert "places.csv, row 101, lat: got not a number" in lines[0]
    assert "dragon_lair" in lines[-1]
    assert len(ImportRun.objects.get().problems) == 30


def test_a_pack_that_is_not_there_is_said_in_words(db, tmp_path):
    with pytest.raises(CommandError, match=r"datapackage\.json"):
        call_command("load_city", str(tmp_path / "nowhere"))


def test_reference_lists_are_seeded_once(db, pack_dir):
    load(pack_dir)
    counts = InstitutionKind.objects.count(), Norm.objects.count()
    load(pack_dir)

    assert counts == (InstitutionKind.objects.count(), Norm.objects.count())
    assert Norm.objects.filter(confidence="quoted").exclude(clause="").exists()


@pytest.mark.django_db(transaction=True)
def test_an_import_killed_in_the_middle_leaves_the_state_before(pack_dir, tmp_path):
    load(pack_dir)
    before = everything()
    write_csv(pack_dir / "places.csv", [place(n, n * 0.1) for n in range(20_000)])
    environment = {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "config.settings"}
    process = subprocess.Popen(
        [sys.executable, "-m", "django", "load_city", str(pack_dir), "--allow-removal"],
        cwd=CHECKOUT,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_until_it_writes("mapping_institution", process)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(60)

    assert everything() == before


def wait_until_it_writes(table, process):
    """Wait until another session inserts into the table; fail when the process ends first."""
    for _ in range(2400):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
                "AND datname = current_database() AND query LIKE %s",
                [f'INSERT INTO "{table}"%'],
            )
            if cursor.fetchone():
                return
        assert process.poll() is None, "the import ended before it could be killed"
        time.sleep(0.05)
    pytest.fail("the import never wrote")


def test_a_city_goes_with_everything_that_is_its_own(db, pack_dir):
    city = load(pack_dir).city

    city.delete()

    assert not Institution.objects.exists()
    assert not Source.objects.exists()
    assert InstitutionKind.objects.exists()


def data_version():
    return City.objects.get().data_version


def change_descriptor(pack_dir, change):
    path = pack_dir / "datapackage.json"
    descriptor = json.loads(path.read_text())
    change(descriptor)
    path.write_text(json.dumps(descriptor))


def test_what_stands_beside_the_tables_moves_the_data_on_as_well(db, pack_dir):
    load(pack_dir)
    seen = [data_version()]

    def another_count(descriptor):
        descriptor["atlas"]["official_counts"][0]["count"] = 71

    def another_country(descriptor):
        descriptor["atlas"]["city"]["country"] = "RU"

    for change in (another_count, another_country, lambda descriptor: None):
        change_descriptor(pack_dir, change)
        load(pack_dir)
        seen.append(data_version())

    first = seen[0]
    assert seen == [first, first + 1, first + 2, first + 2]


def test_another_time_of_an_event_moves_the_data_on(db, pack_dir):
    fields = {"title": "title", "occurrences": "when"}

    def hold_at(hour):
        starts_at = f"2026-12-05T{hour}:00"
        event = {"id": 1, "title": "Ёлка", "when": [{"starts_at": starts_at}]}
        (pack_dir / "events.json").write_text(json.dumps([event]))
        return load(pack_dir).changed_rows, data_version()

    change_descriptor(
        pack_dir,
        lambda descriptor: descriptor["resources"].append(
            resource("events", "events.json", "events", "id", fields)
        ),
    )
    _, first = hold_at(12)

    assert hold_at(12) == (0, first)
    assert hold_at(14) == (2, first + 1)
