"""The packs of real cities, where the folder with their data is at hand."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from mapping.importers.kinds import load_kinds
from mapping.importers.pack import open_pack, read_pack

CULTURE = {kind.code: kind.is_culture for kind in load_kinds()}
POLLING = "polling-places"
BUILDING_RESOURCES = ("culture-in-public-buildings", "public-buildings")
PACKS = Path(__file__).resolve().parents[3] / "fixtures" / "packs"


@pytest.fixture(scope="module")
def novosibirsk(shared_data):
    return read_pack(open_pack(PACKS / "novosibirsk", shared_data))


def test_every_descriptor_is_right_without_its_data():
    for folder in sorted(PACKS.iterdir()):
        if folder.is_dir():
            resources = (folder / "datapackage.json").read_text(encoding="utf-8")
            assert "shared" not in resources


def test_novosibirsk_is_whole(novosibirsk):
    records = novosibirsk.records

    assert len(records["districts"]) == 10
    assert sum(district.population for district in records["districts"]) == 1_584_138
    assert Counter(stop.mode for stop in records["stops"]) == {"bus": 1147, "metro": 14}
    assert len(records["population_units"]) == 79_864
    assert len(records["tos"]) == 18
    # one of the 5,448 lines has no coordinates
    assert len(records["streets"]) == 5447
    assert [(item.resource, item.row) for item in novosibirsk.problems if item.dropped] == [
        ("streets", 2450)
    ]


def test_novosibirsk_institutions_are_told_apart(novosibirsk):
    places = novosibirsk.records["institutions"]

    names = Counter(place.name for place in places if CULTURE[place.kind])
    assert not [name for name, count in names.items() if count > 1]
    assert Counter(item.resource for item in novosibirsk.duplicates) == {
        "culture-places": 15,
        "culture-in-public-buildings": 12,
        "public-buildings": 22,
    }
    closed = [place.name for place in places if place.status != "open"]
    assert closed == ["Дом культуры им. Клары Цеткин"]
    assert all(place.source_note or place.source != "facts" for place in places)


def test_every_public_building_of_the_list_is_read_once(novosibirsk):
    read = [place for place in novosibirsk.records["institutions"] if place.source == POLLING]
    doubles = [item for item in novosibirsk.duplicates if item.resource in BUILDING_RESOURCES]

    assert len(read) + len(doubles) == 353
    assert Counter(CULTURE[place.kind] for place in read) == {False: 290, True: 29}
    assert {place.position_accuracy for place in read if place.geometry} == {"street"}
    assert sum(place.geometry is not None for place in read if not CULTURE[place.kind]) == 250
    assert not [place.name for place in read if place.name.lower().startswith("здание школы")]


def test_novosibirsk_positions_say_how_sure_they_are(novosibirsk):
    located = [place for place in novosibirsk.records["institutions"] if place.geometry]

    assert all(place.position_accuracy for place in located)
    assert Counter(place.position_accuracy for place in located)["building"] > 20
    districts = {item.name: item.geometry for item in novosibirsk.records["districts"]}
    wrong = [
        place.name
        for place in located
        if place.position_accuracy == "street"
        and place.district
        and districts[place.district].distance(place.geometry) > 0.003
    ]
    assert wrong == []


def test_excluded_keys_of_official_counts_exist(novosibirsk, shared_data):
    pack = open_pack(PACKS / "novosibirsk", shared_data)

    keys = {place.source_key for place in novosibirsk.records["institutions"]}
    assert {key for count in pack.official_counts for key in count.excludes} <= keys


def test_vologda_homes_and_capacities(shared_data):
    contents = read_pack(open_pack(PACKS / "vologda", shared_data))

    homes = contents.records["population_units"]
    assert len(homes) == 1418
    assert sum(home.people for home in homes) == 356_810
    assert all(home.modelled and home.method == "modelled_by_source" for home in homes)
    places = contents.records["institutions"]
    assert Counter(place.kind for place in places) == {"kindergarten": 120, "school": 63}
    assert sum(place.geometry is None for place in places) == 21
    assert contents.problems == []


def test_helsinki_people_are_cut_at_the_extract(shared_data):
    contents = read_pack(open_pack(PACKS / "helsinki", shared_data))

    assert sum(zone.people for zone in contents.records["population_zones"]) == pytest.approx(
        4337, abs=1
    )
    assert any("4337 of 71724 people are inside" in note for note in contents.notes)
    assert Counter(place.kind for place in contents.records["institutions"])["library"] == 7
    assert contents.problems == []


def test_helsinki_reads_from_the_extract_alone(helsinki_pbf):
    pack = open_pack(PACKS / "helsinki", helsinki_pbf.parent)

    contents = read_pack(pack)

    assert [spec.holds for spec in pack.missing] == [
        "92 cells of the population grid, 71,724 people"
    ]
    assert contents.notes[0].endswith(
        "was not found: 92 cells of the population grid, 71,724 people"
    )
    assert len(contents.records["streets"]) > 2400
    assert contents.problems == []


def test_every_shipped_source_is_named_for_english_readers():
    for path in [*PACKS.glob("*/datapackage.json"), PACKS.parent / "novosibirsk/datapackage.json"]:
        for source in json.loads(path.read_text(encoding="utf-8"))["sources"]:
            for name in ("title", "license", "attribution"):
                said = source.get(f"{name}_en") or source.get(name, "")
                assert not re.search("[а-яё]", said.replace("ТОС", ""), re.IGNORECASE), said
