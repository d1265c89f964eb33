import json

import pytest

from mapping.errors import PackDescriptorError
from mapping.importers.descriptor import read_descriptor

from .packs import institutions, table, write_pack

KINDS = {"library", "museum"}


def complaints_of(folder):
    with pytest.raises(PackDescriptorError) as caught:
        read_descriptor(folder / "datapackage.json", kind_codes=KINDS)
    return "\n".join(caught.value.complaints)


def changed(folder, change):
    path = folder / "datapackage.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")
    return folder


def test_reads_what_a_pack_says(tmp_path):
    folder = write_pack(
        tmp_path,
        institutions(skip_known=True),
        official_counts=[{"kind": "library", "count": 70, "as_of": "2021-05-30"}],
        population_model={"totals": "city", "weights": "floors_footprint", "total": 650},
    )

    descriptor = read_descriptor(folder / "datapackage.json", kind_codes=KINDS)

    assert descriptor.city.slug == "town"
    assert descriptor.city.center == (55.0, 83.0)
    assert descriptor.official_counts[0].count == 70
    assert descriptor.population_model.total == 650
    assert descriptor.resources[0].format == "csv"
    assert descriptor.resources[0].skip_known


def test_a_source_may_be_named_in_english_too(tmp_path):
    def name(content):
        content["sources"][0] |= {"title_en": "Register", "license_en": "open", "title": "Реестр"}

    folder = changed(write_pack(tmp_path, institutions()), name)
    source = read_descriptor(folder / "datapackage.json", kind_codes=KINDS).sources[0]

    assert (source.title, source.title_en) == ("Реестр", "Register")
    assert (source.license_en, source.attribution_en) == ("open", "")


@pytest.mark.parametrize(
    ("atlas", "told"),
    [
        ({"table": "libraries"}, 'table: got "libraries", wanted one of'),
        ({"source": "rumours"}, 'source: got "rumours", wanted one of the sources: facts'),
        ({"fields": {"nmae": "name"}}, 'fields.nmae: got "nmae", wanted one of'),
        ({"fields": {"name": 5}}, "fields.name: got 5, wanted the name of a column"),
        ({"key": None}, "key: got nothing, wanted a column"),
        ({"accuracy": "good"}, 'accuracy: got "good", wanted one of building, district'),
        ({"geometry": {"lon": "x"}}, "wanted both “lon” and “lat”"),
        ({"skip_known": "yes"}, 'skip_known: got "yes", wanted true or false'),
        ({"constants": {"capacity": -5}}, "constants.capacity: got -5, wanted a whole number"),
        ({"constants": {"kind": "pub"}}, 'constants.kind: got "pub", wanted a known kind code'),
        ({"skip_konwn": True}, "skip_konwn: got true, wanted one of the known names"),
    ],
)
def test_names_what_is_wrong_in_a_resource(tmp_path, atlas, told):
    assert told in complaints_of(write_pack(tmp_path, institutions(**atlas)))


@pytest.mark.parametrize(
    ("city", "told"),
    [
        ({"center": [183, 55]}, "center: got [183, 55], wanted [latitude, longitude]"),
        ({"country": "Россия"}, 'country: got "Россия", wanted a code of ISO 3166-1'),
        ({"timezone": "Novosibirsk"}, 'timezone: got "Novosibirsk", wanted a time zone'),
        ({"metric_srid": "UTM"}, 'metric_srid: got "UTM", wanted a whole number'),
        ({"population_as_of": "2025"}, 'got "2025", wanted a date as YYYY-MM-DD'),
        ({"slug": ""}, "slug: got nothing, wanted text"),
    ],
)
def test_names_what_is_wrong_in_the_city(tmp_path, city, told):
    folder = write_pack(tmp_path, institutions())

    changed(folder, lambda content: content["atlas"]["city"].update(city))

    assert told in complaints_of(folder)


def test_lists_every_complaint_at_once(tmp_path):
    folder = write_pack(
        tmp_path,
        table("a", "../a.csv", "institutions"),
        table("b", "b.docx", "institutions"),
        official_counts=[{"kind": "pub", "count": -1}],
    )

    told = complaints_of(folder)

    assert "wanted a relative path inside the pack" in told
    assert "b.docx" in told
    assert 'kind: got "pub", wanted a known kind code' in told
    assert "count: got -1" in told


def test_a_total_for_the_city_must_be_given(tmp_path):
    folder = write_pack(tmp_path, institutions(), population_model={"totals": "city"})

    assert "total: got nothing, wanted the city's people" in complaints_of(folder)


def test_says_where_the_json_breaks(tmp_path):
    (tmp_path / "datapackage.json").write_text('{"name": ', encoding="utf-8")

    assert "wanted valid JSON" in complaints_of(tmp_path)
