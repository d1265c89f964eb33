import gzip
import json

import pytest

from mapping.errors import UnreadableFileError
from mapping.importers.geojson import read_geojson

from .packs import feature, write_geojson


def test_reads_properties_and_geometry(tmp_path):
    path = write_geojson(
        tmp_path / "a.geojson",
        feature("Point", [83, 55], name="А", floors=5),
        feature(None, name="Б"),
    )

    raw = read_geojson(path)

    assert raw.columns == {"name": ["А", "Б"], "floors": [5, None]}
    assert raw.geometry[0].x == 83
    assert raw.geometry[1] is None


def test_a_gzipped_file_is_the_same_file(tmp_path):
    path = write_geojson(tmp_path / "a.geojson", feature("Point", [83, 55], name="А"))
    zipped = tmp_path / "a.geojson.gz"
    zipped.write_bytes(gzip.compress(path.read_bytes()))

    assert read_geojson(zipped).columns == read_geojson(path).columns


def test_the_older_crs_member_is_honoured(tmp_path):
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32644"}}
    path = write_geojson(
        tmp_path / "a.geojson", feature("Point", [623_000.0, 6_100_000.0]), crs=crs
    )

    point = read_geojson(path).geometry[0]

    # EPSG:32644 has its central meridian at 81° E, and 500 km there
    assert point.x == pytest.approx(82.94, abs=0.02)
    assert point.y == pytest.approx(55.03, abs=0.02)


def test_rows_without_geometry_may_come_as_an_array(tmp_path):
    path = tmp_path / "events.json"
    path.write_text(json.dumps([{"title": "А", "occurrences": [{"starts_at": "2026-05-01"}]}]))

    raw = read_geojson(path)

    assert raw.columns["occurrences"] == [[{"starts_at": "2026-05-01"}]]
    assert raw.geometry[0] is None


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{"type": "FeatureColl', "broken JSON"),
        (b'{"type": "Topology"}', "JSON of Topology, wanted a FeatureCollection"),
        (b"PK\x03\x04\x00\x00", "binary content, wanted text"),
        (b"\x1f\x8b\x08\x00cut", "a damaged gzip"),
    ],
)
def test_another_file_is_refused_in_words(tmp_path, content, told):
    path = tmp_path / "a.geojson"
    path.write_bytes(content)

    with pytest.raises(UnreadableFileError, match=told):
        read_geojson(path)
