"""
What each zoom of a layer's tiles shows, planned from the data themselves.

Points too many for a tile are gathered into clusters beforehand; areas too small to be seen, or
too many, wait for a zoom that has room for them. A plan belongs to one version of the rows: the
first reader of a new version makes it, the others wait for a moment.
"""

import math
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.db import connection, transaction

from mapping.models import City, TileCluster, TilePyramid

MIN_ZOOM = 5
MAX_ZOOM = 15
EQUATOR_M = 40_075_016.686

# So many points make a tile of about 100 kB without names, and of about 200 kB with them.
POINTS_IN_TILE = 2500
NAMED_IN_TILE = 700
AREAS_IN_TILE = 2000
# Squares along the side of a tile; each holds one cluster.
SQUARES = 16
# A tile is 512 pixels wide on the screen; what is smaller than two by two of them is not drawn.
TILE_PX = 512
LEAST_PX2 = 4

Shape = Literal["points", "areas"]


@dataclass(frozen=True, slots=True)
class TileRows:
    """
    A SELECT over the rows of a layer.

    Columns: `id`, `kind`, `synthetic`, `approximate`, `geometry` in degrees, and `area` in square
    metres, null where there is none.
    """

    sql: str
    params: Sequence[Any]


def find_pyramid(city: City, layer: str, version: str) -> TilePyramid | None:
    """The plan of this version; None where it is still to be made."""
    return TilePyramid.objects.filter(city=city, layer=layer, version=version).first()


@transaction.atomic
def build_pyramid(
    city: City, layer: str, version: str, *, shape: Shape, rows: TileRows | None
) -> TilePyramid:
    """
    Plan the tiles of a layer and gather its points; a plan of the same version is kept.

    Without `rows` there is nothing to plan: the tiles only get the name of their version.
    """
    _wait_for_other_builders(city, layer)
    found = find_pyramid(city, layer, version)
    if found:
        return found
    pyramid, _created = TilePyramid.objects.update_or_create(
        city=city,
        layer=layer,
        defaults={
            "version": version,
            "token": uuid.uuid4(),
            "single_from": MIN_ZOOM,
            "named_from": MIN_ZOOM,
            **(_plan(city, shape, rows) if rows else {}),
        },
    )
    TileCluster.objects.filter(pyramid=pyramid).delete()
    if rows and pyramid.single_from > MIN_ZOOM:
        _gather(pyramid, rows)
    return pyramid


def _wait_for_other_builders(city: City, layer: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"tiles:{city.pk}:{layer}"])


def _plan(city: City, shape: Shape, rows: TileRows) -> dict[str, Any]:
    densest = _densest(rows)
    named_from = _first_zoom(densest, NAMED_IN_TILE)
    if shape == "points":
        return {"single_from": _first_zoom(densest, POINTS_IN_TILE), "named_from": named_from}
    roomy_from = _first_zoom(densest, AREAS_IN_TILE)
    return {"named_from": named_from, "least_area_m2": _least_areas(city, rows, roomy_from)}


def _first_zoom(densest: dict[int, int], most: int) -> int:
    """The lowest zoom from which no tile holds more; above the highest where even that does."""
    crowded = [zoom for zoom, count in densest.items() if count > most]
    return max(crowded, default=MIN_ZOOM - 1) + 1


PLACED = """
    placed AS (
        SELECT row.*, ST_X(middle) AS x, ST_Y(middle) AS y
        FROM ({rows}) AS row,
             LATERAL ST_Transform(ST_Centroid(row.geometry), 3857) AS middle
        WHERE row.geometry IS NOT NULL
    )"""

# Tiles of Web Mercator from its metres: x from the west, y from the north.
TILE_X = "floor((x / %(equator)s + 0.5) * {side})::int"
TILE_Y = "floor((0.5 - y / %(equator)s) * {side})::int"

DENSEST = f"""
    WITH {PLACED},
    deepest AS (
        SELECT {TILE_X.format(side=2**MAX_ZOOM)} AS tile_x,
               {TILE_Y.format(side=2**MAX_ZOOM)} AS tile_y, count(*) AS n
        FROM placed GROUP BY 1, 2
    ),
    tiles AS (
        SELECT zoom, tile_x >> ({MAX_ZOOM} - zoom), tile_y >> ({MAX_ZOOM} - zoom), sum(n) AS n
        FROM deepest, generate_series({MIN_ZOOM}, {MAX_ZOOM}) AS zoom GROUP BY 1, 2, 3
    )
    SELECT zoom, max(n)::int FROM tiles GROUP BY zoom"""  # noqa: S608 - constants

CROWDED = f"""
    WITH {PLACED},
    sized AS (
        SELECT area, {TILE_X.format(side=2**MAX_ZOOM)} AS tile_x,
               {TILE_Y.format(side=2**MAX_ZOOM)} AS tile_y
        FROM placed
    ),
    ranked AS (
        SELECT zoom, area, row_number() OVER (
            PARTITION BY zoom, tile_x >> ({MAX_ZOOM} - zoom), tile_y >> ({MAX_ZOOM} - zoom)
            ORDER BY area DESC) AS rank
        FROM sized, generate_series({MIN_ZOOM}, %(last)s) AS zoom
    )
    SELECT zoom, max(area) FROM ranked WHERE rank = %(most)s + 1
    GROUP BY zoom"""  # noqa: S608 - constants


def _ask(sql: str, rows: TileRows, **values: Any) -> list[tuple[Any, ...]]:
    """Run a statement over the rows; `values` are numbers of our own and become its text."""
    numbers = {name: repr(value) for name, value in {"equator": EQUATOR_M, **values}.items()}
    with connection.cursor() as cursor:
        cursor.execute((sql % numbers).format(rows=rows.sql), rows.params)
        return list(cursor.fetchall()) if cursor.description else []


def _densest(rows: TileRows) -> dict[int, int]:
    """Zoom → how many things the fullest tile has in its middle."""
    return dict(_ask(DENSEST, rows))


def _least_areas(city: City, rows: TileRows, roomy_from: int) -> list[float]:
    """
    The smallest area worth drawing at each zoom, in square metres on the ground.

    From the zoom `roomy_from` a tile has room for all that can be seen.
    """
    last = min(roomy_from - 1, MAX_ZOOM)
    crowded = dict(_ask(CROWDED, rows, last=last, most=AREAS_IN_TILE)) if last >= MIN_ZOOM else {}
    shrink = math.cos(math.radians(city.center.y))
    least = []
    for zoom in range(MIN_ZOOM, MAX_ZOOM + 1):
        pixel_m = shrink * EQUATOR_M / 2**zoom / TILE_PX
        visible = 0.0 if zoom == MAX_ZOOM else LEAST_PX2 * pixel_m**2
        least.append(round(max(visible, math.nextafter(crowded.get(zoom, 0.0), math.inf)), 1))
    return least


GATHER = f"""
    INSERT INTO mapping_tilecluster
        (pyramid_id, zoom, tile_x, tile_y, x, y, count, mix, single, synthetic, approximate)
    WITH {PLACED},
    squared AS (
        SELECT zoom, x, y, id, kind, synthetic, approximate,
               {TILE_X.format(side="(1 << zoom) * %(squares)s")} AS column_no,
               {TILE_Y.format(side="(1 << zoom) * %(squares)s")} AS row_no
        FROM placed, generate_series({MIN_ZOOM}, %(last)s) AS zoom
    ),
    kinds AS (
        SELECT zoom, column_no, row_no, kind, count(*) AS n, sum(x) AS x, sum(y) AS y,
               min(id) AS id, bool_or(synthetic) AS synthetic,
               bool_or(approximate) AS approximate
        FROM squared GROUP BY 1, 2, 3, 4
    )
    SELECT %(pyramid)s, zoom, column_no / %(squares)s, row_no / %(squares)s,
           sum(x) / sum(n), sum(y) / sum(n), sum(n),
           string_agg(kind || ':' || n, ',' ORDER BY n DESC, kind),
           CASE WHEN sum(n) = 1 THEN min(id) END, bool_or(synthetic), bool_or(approximate)
    FROM kinds GROUP BY zoom, column_no, row_no"""  # noqa: S608 - constants


def _gather(pyramid: TilePyramid, rows: TileRows) -> None:
    last = min(pyramid.single_from - 1, MAX_ZOOM)
    _ask(GATHER, rows, pyramid=pyramid.pk, squares=SQUARES, last=last)
