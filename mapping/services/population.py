"""People at houses: known totals spread over the units of a pack, before they are stored."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from mapping.analysis.population import apportion, spread_over_units
from mapping.analysis.territories import index_inside
from mapping.crs import project
from mapping.importers.records import (
    AgeGroup,
    DistrictRecord,
    PopulationUnitRecord,
    PopulationZoneRecord,
)
from mapping.importers.specs import PopulationModel

SQUARE_METRES_PER_FLOORLESS_HOUSE = 100.0
"""Weight of a house known only as a point, per floor; only its ratio to others matters."""


@dataclass(slots=True)
class ModelledPopulation:
    """Units with people, and what a reader of the import should know about them."""

    units: list[PopulationUnitRecord]
    warnings: list[str] = field(default_factory=list)


def model_population(
    units: Sequence[PopulationUnitRecord],
    districts: Sequence[DistrictRecord],
    zones: Sequence[PopulationZoneRecord],
    *,
    model: PopulationModel,
    metric_srid: int,
) -> ModelledPopulation:
    """
    Fill `people` and age shares of the units as the pack's population model says.

    Totals are conserved to the person: what finds no house inside its area is put on a unit of
    its own in the middle of that area, and said. Units outside every area keep `people` unknown.
    """
    result = ModelledPopulation(list(units))
    if model.totals == "districts":
        _spread_districts(result, districts, model, metric_srid)
    elif model.totals == "zones":
        _spread_zones(result, zones, model, metric_srid)
    elif model.totals == "city":
        _spread_city(result, model, metric_srid)
    _add_age_shares(result, districts)
    return result


def _spread_districts(
    result: ModelledPopulation,
    districts: Sequence[DistrictRecord],
    model: PopulationModel,
    metric_srid: int,
) -> None:
    totals = np.array([np.nan if d.population is None else d.population for d in districts])
    areas = np.array([district.geometry for district in districts], dtype=object)
    keys = [f"rest-of:{district.source_key}" for district in districts]
    source = districts[0].source if districts else ""
    _spread(result, areas, totals, keys, source, "district_total", model, metric_srid)
    for district in districts:
        if district.population is None:
            result.warnings.append(f"{district.name}: no population, its houses stay unknown")


def _spread_zones(
    result: ModelledPopulation,
    zones: Sequence[PopulationZoneRecord],
    model: PopulationModel,
    metric_srid: int,
) -> None:
    people = np.array([zone.people for zone in zones])
    if not people.sum() > 0:
        result.warnings.append("the cells hold no people, so nobody lives anywhere we know of")
        return
    areas = np.array([zone.geometry for zone in zones], dtype=object)
    totals = apportion(round(float(people.sum())), people).astype(float)
    keys = [f"rest-of:{zone.source_key}" for zone in zones]
    source = zones[0].source
    _spread(result, areas, totals, keys, source, "zone_total", model, metric_srid)


def _spread_city(result: ModelledPopulation, model: PopulationModel, metric_srid: int) -> None:
    if not result.units:
        result.warnings.append(f"{model.total:,} people have no houses to live in: none loaded")
        return
    spread = spread_over_units(
        np.array([float(model.total or 0)]),
        np.zeros(len(result.units), dtype=np.int64),
        _weights(result.units, model, metric_srid),
    )
    _fill(result, spread.people, "city_total")


def _spread(
    result: ModelledPopulation,
    areas: NDArray[np.object_],
    totals: NDArray[np.float64],
    rest_keys: Sequence[str],
    rest_source: str,
    method: str,
    model: PopulationModel,
    metric_srid: int,
) -> None:
    points = shapely.centroid(np.array([unit.geometry for unit in result.units], dtype=object))
    index = index_inside(points, areas) if len(points) else np.zeros(0, dtype=np.int64)
    spread = spread_over_units(totals, index, _weights(result.units, model, metric_srid))
    outside = int((index == -1).sum())
    if outside:
        result.warnings.append(f"{outside:,} houses lie outside every area: people unknown there")
    _fill(result, spread.people, method)
    for number in np.flatnonzero(spread.unplaced):
        result.units.append(
            PopulationUnitRecord(
                source=rest_source,
                source_key=rest_keys[number],
                geometry=shapely.point_on_surface(areas[number]),
                people=float(spread.unplaced[number]),
                method=method,  # type: ignore[arg-type]
                modelled=True,
                source_note="no house known in this area",
            )
        )
    homeless = float(spread.unplaced.sum())
    if homeless:
        result.warnings.append(
            f"{homeless:,.0f} people live in areas without known houses: put in their middle"
        )


def _weights(
    units: Sequence[PopulationUnitRecord], model: PopulationModel, metric_srid: int
) -> NDArray[np.float64] | None:
    if model.weights == "equal":
        return None
    shapes = np.array([unit.geometry for unit in units], dtype=object)
    footprint_m2 = shapely.area(project(shapes, metric_srid))
    footprint_m2[footprint_m2 == 0] = SQUARE_METRES_PER_FLOORLESS_HOUSE
    floors = np.array([np.nan if unit.floors is None else unit.floors for unit in units])
    usual = float(np.nanmedian(floors)) if np.isfinite(floors).any() else 1.0
    return np.where(np.isnan(floors), usual, np.maximum(floors, 1.0)) * footprint_m2


def _fill(result: ModelledPopulation, people: NDArray[np.float64], method: str) -> None:
    result.units = [
        replace(
            unit,
            people=None if np.isnan(count) else float(count),
            method=method,  # type: ignore[arg-type]
            modelled=True,
        )
        for unit, count in zip(result.units, people, strict=True)
    ]


def _add_age_shares(result: ModelledPopulation, districts: Sequence[DistrictRecord]) -> None:
    """Give houses without ages of their own the shares of their district, where it has them."""
    aged = [district for district in districts if district.age_shares]
    missing = [n for n, unit in enumerate(result.units) if unit.age_shares is None]
    if not aged or not missing:
        return
    points = shapely.centroid(np.array([result.units[n].geometry for n in missing], dtype=object))
    index = index_inside(points, np.array([district.geometry for district in aged], dtype=object))
    shares: list[dict[AgeGroup, float]] = [dict(d.age_shares or {}) for d in aged]
    for number, place in zip(missing, index, strict=True):
        if place >= 0:
            result.units[number] = replace(result.units[number], age_shares=shares[place])
