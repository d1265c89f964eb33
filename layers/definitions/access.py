"""Who lacks what within a walk: the active coverage run on the map."""

import h3
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from layers import cards, geojson, panel, styles, tables, wording
from layers.choice import Choice
from layers.definitions.territories import OUTLINE_TOLERANCE_DEG
from layers.http import BoundingBox
from layers.registry import Layer, Legend, Shown
from mapping.models import AnalysisRun, CoverageRow, Source
from mapping.queries import coverage
from mapping.queries import layers as queries


def _level(choice: Choice) -> str:
    """The level that has outlines: cells have their own layer."""
    return "tos" if choice.level == "tos" else "district"


def _rows(choice: Choice, level: str) -> QuerySet[CoverageRow]:
    if choice.run is None:
        return CoverageRow.objects.none()
    return coverage.rows_of(choice.run, level)


def _uncovered_share(row: CoverageRow) -> float | None:
    return None if row.share is None else 1 - row.share


def _territories(choice: Choice) -> str:
    level = _level(choice)
    path = f"{level}__geometry"
    rows = (
        _rows(choice, level)
        .filter(**{f"{path}__isnull": False})
        .annotate(
            outline=geojson.text(geojson.Simplified(path, OUTLINE_TOLERANCE_DEG)),
            label_at=geojson.LabelPoint(path),
        )
        .defer(path)
    )
    if choice.bbox:
        rows = rows.filter(**{f"{path}__bboverlaps": choice.bbox.as_polygon()})
    modelled = is_modelled(choice.run)
    return geojson.join(_territory(row, level, modelled=modelled) for row in rows)


def _without_name(row: CoverageRow) -> dict[str, object]:
    return {key: value for key, value in tables.figures(row).items() if key != "name"}


def _territory(row: CoverageRow, level: str, *, modelled: bool) -> str:
    territory = row.district or row.tos
    share = _uncovered_share(row)
    return geojson.feature(
        row.outline,
        {
            "id": territory.pk,
            "type": level,
            "name": territory.label,
            "label": wording.percent(share),
            "label_at": row.label_at,
            "color": styles.SHARE_UNCOVERED.color(share),
            "class": styles.SHARE_UNCOVERED.index(share),
            "synthetic": territory.synthetic,
            "approximate": bool(getattr(territory, "is_approximate", False)),
            "modelled": modelled,
            **_without_name(row),
        },
    )


def _territories_legend(choice: Choice) -> Legend:
    return Legend(
        title=_title(choice, _("share %(group)s") % {"group": wording.GROUPS_OF[choice.group]}),
        entries=styles.SHARE_UNCOVERED.entries(
            wording.share_range, _("no data: nobody lives here or no path is known")
        ),
        note=_missing(choice),
    )


def _missing(choice: Choice) -> str:
    """What the colours leave out, where institutions without a position are not counted."""
    known = panel.completeness(choice) if choice.run else {"missing": 0}
    return known["text"] if known["missing"] else ""


def _title(choice: Choice, unit: str) -> str:
    """What is counted, and in what."""
    said = ngettext(
        "Farther than %(minutes)s minute on foot from %(kinds)s: %(unit)s",
        "Farther than %(minutes)s minutes on foot from %(kinds)s: %(unit)s",
        round(choice.minutes),
    )
    return said % {
        "minutes": wording.trimmed(choice.minutes),
        "kinds": choice.kind.genitive_label,
        "unit": unit,
    }


def _shown_territories(choice: Choice) -> Shown:
    level = _level(choice)
    counts = _rows(choice, level).aggregate(
        count=Count("pk"), synthetic=Count("pk", filter=Q(**{f"{level}__synthetic": True}))
    )
    return Shown(
        count=counts["count"],
        synthetic=counts["synthetic"] > 0 or choice.city.synthetic,
        modelled=is_modelled(choice.run),
        sources=_sources(choice),
    )


def _sources(choice: Choice) -> QuerySet[Source]:
    return queries.sources_of(queries.coverage_inputs(choice.city, choice.asked_kinds))


def is_modelled(run: AnalysisRun | None) -> bool:
    """Whether the run counts people that a model put into houses."""
    return bool(run and run.summary["marks"]["modelled"])


def _worst_cells(choice: Choice) -> QuerySet[CoverageRow]:
    return _rows(choice, "grid").filter(uncovered__gte=0.5)


def _cell_classes(choice: Choice) -> styles.Classes:
    counts = _worst_cells(choice).order_by().values_list("uncovered", flat=True)
    return styles.count_classes(list(counts))


def _cells(choice: Choice) -> str:
    classes = _cell_classes(choice)
    modelled = is_modelled(choice.run)
    rows = _worst_cells(choice).select_related(None)
    return geojson.join(
        _cell(row, classes, choice, modelled=modelled)
        for row in rows
        if choice.bbox is None or _centre_inside(row.cell, choice.bbox)
    )


def _centre_inside(cell: str, bbox: BoundingBox) -> bool:
    lat, lon = h3.cell_to_latlng(cell)
    return bbox.west <= lon <= bbox.east and bbox.south <= lat <= bbox.north


def _cell(row: CoverageRow, classes: styles.Classes, choice: Choice, *, modelled: bool) -> str:
    return geojson.feature(
        geojson.cell_polygon(row.cell),
        {
            "id": row.cell,
            "type": "cell",
            "name": wording.people(row.uncovered),
            "label": wording.number(row.uncovered),
            "color": classes.color(row.uncovered),
            "class": classes.index(row.uncovered),
            "synthetic": choice.city.synthetic,
            "approximate": False,
            "modelled": modelled,
            **_without_name(row),
        },
    )


def _cells_legend(choice: Choice) -> Legend:
    some_cell = _worst_cells(choice).order_by().values_list("cell", flat=True).first()
    # Cells with nobody uncovered are not drawn, so there is no class for the unknown.
    known = _cell_classes(choice).entries(wording.count_range, "")[:-1]
    return Legend(
        title=_title(choice, _cell_unit(some_cell) if some_cell else _("people per cell")),
        entries=known,
        note=_("Cells where everybody lives within the walk stay empty."),
    )


def _cell_unit(cell: str) -> str:
    area_km2 = h3.average_hexagon_area(h3.get_resolution(cell), "km^2")
    return _("people per cell of about %(area)s km²") % {"area": wording.decimal(area_km2)}


def _shown_cells(choice: Choice) -> Shown:
    return Shown(
        count=_worst_cells(choice).count(),
        synthetic=choice.city.synthetic,
        modelled=is_modelled(choice.run),
        sources=_sources(choice),
    )


LAYERS = (
    Layer(
        key="coverage",
        title=lazy("Who lacks it: share of people"),
        group="access",
        kind="choropleth",
        shown=_shown_territories,
        features=_territories,
        legend=_territories_legend,
    ),
    Layer(
        key="uncovered",
        title=lazy("Where they live: number of people"),
        group="access",
        kind="cells",
        shown=_shown_cells,
        features=_cells,
        legend=_cells_legend,
        starts_on=lambda choice: False,
        cards={"cell": cards.cell},
    ),
)
