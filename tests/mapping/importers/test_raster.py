import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine

from mapping.errors import UnreadableFileError
from mapping.importers.raster import read_population_raster

NODATA = -99


def write_raster(path, cells, *, crs="EPSG:4326", transform=None):
    """A 3×3 grid of one-hundredth degree cells whose upper left corner is 83° E, 55.03° N."""
    cells = np.array(cells, dtype="float32")
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=cells.shape[0],
        width=cells.shape[1],
        count=1,
        dtype="float32",
        crs=crs,
        transform=transform or Affine(0.01, 0, 83.0, 0, -0.01, 55.03),
        nodata=NODATA,
    ) as raster:
        raster.write(cells, 1)
    return path


def test_every_cell_with_data_is_a_zone_and_zero_is_data(tmp_path):
    path = write_raster(tmp_path / "a.tif", [[1, 2, 3], [4, NODATA, 6], [7, 8, 0]])

    raw = read_population_raster(path)

    assert list(raw.key) == ["0_0", "0_1", "0_2", "1_0", "1_2", "2_0", "2_1", "2_2"]
    assert sum(raw.columns["people"]) == 31
    assert raw.columns["people"][-1] == 0
    assert raw.geometry[0].bounds == pytest.approx((83.0, 55.02, 83.01, 55.03))


def test_a_cell_on_the_boundary_gives_its_share_by_area(tmp_path):
    path = write_raster(tmp_path / "a.tif", np.full((3, 3), 100))
    boundary = shapely.box(83.005, 55.005, 83.03, 55.03)

    raw = read_population_raster(path, boundary=boundary)

    # 4 whole cells, 4 halves, one quarter
    assert sorted(raw.columns["people"]) == pytest.approx([25, 50, 50, 50, 50, *[100] * 4])
    assert sum(shape.area for shape in raw.geometry) == pytest.approx(boundary.area)
    assert "5 raster cells are cut" in raw.notes[0]


def test_a_raster_in_metres_gives_zones_in_degrees(tmp_path):
    transform = Affine(100, 0, 623_000, 0, -100, 6_100_000)
    path = write_raster(tmp_path / "a.tif", np.ones((3, 3)), crs="EPSG:32644", transform=transform)
    whole = read_population_raster(path)

    half = shapely.union_all(whole.geometry[[0, 3, 6]])
    raw = read_population_raster(path, boundary=half)

    assert whole.geometry[0].centroid.x == pytest.approx(82.94, abs=0.02)
    assert sum(raw.columns["people"]) == pytest.approx(3, abs=0.02)


def test_negative_people_are_told_and_left_out(tmp_path):
    path = write_raster(tmp_path / "a.tif", [[1, -5, 3]])

    raw = read_population_raster(path)

    assert raw.columns["people"] == [1, 3]
    assert [(fault.row, fault.got) for fault in raw.faults] == [(2, "-5")]


def test_a_picture_without_coordinates_is_refused(tmp_path):
    path = tmp_path / "a.tif"
    path.write_text("not a picture")

    with pytest.raises(UnreadableFileError, match="a GeoTIFF"):
        read_population_raster(path)


def test_a_raster_that_brings_nobody_says_why(tmp_path):
    unknown = write_raster(tmp_path / "unknown.tif", np.full((3, 3), NODATA))
    inside, elsewhere = shapely.box(83.0, 55.0, 83.03, 55.03), shapely.box(10, 50, 11, 51)

    assert "marked as no data" in read_population_raster(unknown, boundary=inside).notes[0]
    there = read_population_raster(unknown, boundary=elsewhere)
    assert there.count == 0
    assert "another place" in there.notes[0]


def test_a_cell_that_only_touches_the_boundary_is_no_zone(tmp_path):
    path = write_raster(tmp_path / "a.tif", np.ones((3, 3)))

    raw = read_population_raster(path, boundary=shapely.box(83.01, 55.01, 83.02, 55.02))

    assert {shape.geom_type for shape in raw.geometry} == {"Polygon"}
    assert sum(raw.columns["people"]) == pytest.approx(1)
