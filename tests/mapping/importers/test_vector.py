import geopandas
import pytest
import shapely

from mapping.errors import UnreadableFileError
from mapping.importers.vector import read_geoparquet, read_vector


@pytest.fixture
def frame():
    return geopandas.GeoDataFrame(
        {"name": ["А", None], "people": [10.0, float("nan")]},
        geometry=[shapely.Point(623_000, 6_100_000), None],
        crs=32644,
    )


def test_geopackage_in_metres_comes_out_in_degrees(tmp_path, frame):
    frame.to_file(tmp_path / "a.gpkg", layer="homes")

    raw = read_vector(tmp_path / "a.gpkg")

    assert raw.columns == {"name": ["А", None], "people": [10.0, None]}
    assert raw.geometry[0].x == pytest.approx(82.94, abs=0.02)
    assert raw.geometry[1] is None


def test_geoparquet_in_metres_comes_out_in_degrees(tmp_path, frame):
    frame.to_parquet(tmp_path / "a.parquet")

    raw = read_geoparquet(tmp_path / "a.parquet")

    assert raw.columns == {"name": ["А", None], "people": [10.0, None]}
    assert raw.geometry[0].y == pytest.approx(55.03, abs=0.02)


def test_one_of_several_layers_must_be_named(tmp_path, frame):
    frame.to_file(tmp_path / "a.gpkg", layer="homes")
    frame.to_file(tmp_path / "a.gpkg", layer="schools")

    with pytest.raises(UnreadableFileError, match="2 layers"):
        read_vector(tmp_path / "a.gpkg")
    with pytest.raises(UnreadableFileError, match="wanted a layer “shops”"):
        read_vector(tmp_path / "a.gpkg", layer="shops")
    assert read_vector(tmp_path / "a.gpkg", layer="schools").count == 2


@pytest.mark.parametrize("read", [read_vector, read_geoparquet])
def test_another_file_is_refused_in_words(tmp_path, read):
    path = tmp_path / "a.gpkg"
    path.write_text("not a database")

    with pytest.raises(UnreadableFileError, match="wanted"):
        read(path)
