"""Load a city pack: one transaction, one import run, every change counted."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo

import shapely
from django.conf import settings
from django.contrib.gis.geos import Point
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from mapping.crs import STORAGE_SRID
from mapping.frames import table_checksum
from mapping.importers.pack import Pack, PackContents
from mapping.importers.records import PopulationUnitRecord, Record
from mapping.models import City, ImportRun, InstitutionKind, OfficialCount, Source
from mapping.services.population import model_population
from mapping.services.reference import seed_reference
from mapping.services.synchronise import Changes, Rows, bring_to, synchronise
from mapping.services.tables import LoadContext, PackTable, to_multi

Progress = Callable[[str], None]


@dataclass(slots=True)
class ImportOutcome:
    """What an import did; `run` is None for a dry run."""

    city: City
    changes: dict[str, Changes] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    run: ImportRun | None = None
    changed_beneath: int = 0
    """Times of events, ids elsewhere, parents: what hangs on the rows of a table."""

    @property
    def changed_rows(self) -> int:
        return sum(changes.total for changes in self.changes.values()) + self.changed_beneath


def pack_tables() -> tuple[PackTable, ...]:
    """Every table a pack can fill, gathered from the apps that settings name."""
    modules = (import_module(name) for name in settings.PACK_TABLE_MODULES)
    return tuple(table for module in modules for table in module.TABLES)


def load_pack(
    pack: Pack,
    contents: PackContents,
    *,
    dry_run: bool = False,
    allow_removal: bool = False,
    progress: Progress = lambda text: None,
) -> ImportOutcome:
    """
    Bring the database to what the pack says; all of it, or nothing.

    Raises
    ------
    MassRemovalError
        If more than a fifth of a source's rows would vanish and `allow_removal` is not given.
    """
    started_at = timezone.now()
    with transaction.atomic():
        _wait_for_other_imports(pack.city.slug)
        seed_reference()
        before = _surroundings(pack.city.slug)
        outcome = _write_everything(pack, contents, allow_removal, progress)
        if outcome.changed_rows or _surroundings(pack.city.slug) != before:
            City.objects.filter(pk=outcome.city.pk).update(data_version=F("data_version") + 1)
        if dry_run:
            transaction.set_rollback(True)
        else:
            outcome.run = _record_run(pack, contents, outcome, started_at)
    if not dry_run and outcome.changed_rows:
        _refresh_statistics(outcome.changes)
    return outcome


def _wait_for_other_imports(slug: str) -> None:
    """Two imports of one city queue up; the lock goes with the transaction, however it ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"import:{slug}"])


def _surroundings(slug: str) -> list[str]:
    """
    Digests of the city itself, its sources and official counts.

    No table of the pack has them, but hours depend on the city's zone and country, norms on its
    people and counts, and whatever is kept ready was made of them.
    """
    rows: list[tuple[QuerySet[Any], set[str]]] = [
        (City.objects.filter(slug=slug), {"data_version"}),
        (Source.objects.filter(city__slug=slug), set()),
        (OfficialCount.objects.filter(city__slug=slug), set()),
    ]
    return [
        table_checksum(
            found, *sorted({field.name for field in found.model._meta.concrete_fields} - left_out)
        )
        for found, left_out in rows
    ]


def _write_everything(
    pack: Pack, contents: PackContents, allow_removal: bool, progress: Progress
) -> ImportOutcome:
    city = _write_city(pack, contents)
    outcome = ImportOutcome(city)
    context = LoadContext(
        city=city,
        sources=_write_sources(pack, city),
        kinds={kind.code: kind for kind in InstitutionKind.objects.all()},
    )
    _write_official_counts(pack, context)
    outcome.warnings += contents.notes
    records = _with_people(pack, contents, outcome)
    today = datetime.now(ZoneInfo(city.timezone)).date()
    for table in pack_tables():
        rows = _to_rows(records.get(table.name, []), table, context)
        swept = _swept_sources(pack, table.name, context)
        if not rows and not swept:
            continue
        progress(f"{table.name}: {len(rows):,}")
        outcome.changes[table.name] = synchronise(
            table.model, rows, swept_sources=swept, allow_removal=allow_removal, today=today
        )
        if table.referred_to:
            context.ids[table.name] = _ids_by_key(table, context)
        if table.children:
            outcome.changed_beneath += table.children(list(records.get(table.name, [])), context)
    return outcome


def _write_city(pack: Pack, contents: PackContents) -> City:
    """Store the city; without a boundary of its own it is the union of its districts."""
    values = dataclasses.asdict(pack.city)
    slug, (latitude, longitude) = values.pop("slug"), values.pop("center")
    values["center"] = Point(longitude, latitude, srid=STORAGE_SRID)
    values["boundary"] = to_multi(_find_boundary(contents))
    return bring_to(City, {"slug": slug}, values)


def _find_boundary(contents: PackContents) -> shapely.Geometry | None:
    """The city's outline: its boundary record, else the union of its districts, else None."""
    for table in ("boundary", "districts"):
        shapes = [record.geometry for record in contents.records.get(table, [])]  # type: ignore[attr-defined]
        if shapes:
            return shapely.union_all(shapes)
    return None


def _write_sources(pack: Pack, city: City) -> dict[str, Source]:
    sources = {}
    for spec in pack.sources:
        values = dataclasses.asdict(spec)
        values["url"] = values.pop("path")
        lookup = {"city": city, "slug": values.pop("name")}
        sources[spec.name] = bring_to(Source, lookup, values)
    return sources


def _write_official_counts(pack: Pack, context: LoadContext) -> None:
    for spec in pack.official_counts:
        values = dataclasses.asdict(spec)
        values["excluded_keys"] = list(values.pop("excludes"))
        lookup = {"city": context.city, "kind": context.kinds[values.pop("kind")]}
        bring_to(OfficialCount, lookup, values)
    kinds = [context.kinds[spec.kind] for spec in pack.official_counts]
    OfficialCount.objects.filter(city=context.city).exclude(kind__in=kinds).delete()


def _with_people(
    pack: Pack, contents: PackContents, outcome: ImportOutcome
) -> Mapping[str, Iterable[Record]]:
    records = dict(contents.records)
    units: list[PopulationUnitRecord] = list(records.get("population_units", []))  # type: ignore[arg-type]
    zones = records.get("population_zones", [])
    if not units and pack.population_model.totals is None:
        return records
    modelled = model_population(
        units,
        records.get("districts", []),  # type: ignore[arg-type]
        zones,  # type: ignore[arg-type]
        model=pack.population_model,
        metric_srid=pack.city.metric_srid,
    )
    outcome.warnings += modelled.warnings
    return records | {"population_units": modelled.units}


def _to_rows(records: Iterable[Record], table: PackTable, context: LoadContext) -> Rows:
    return {
        (context.sources[record.source].pk, record.source_key): table.values(record, context)
        for record in records
    }


def _swept_sources(pack: Pack, table: str, context: LoadContext) -> list[Source]:
    """Sources whose every resource for this table was read: only there absence means gone."""
    of_table = [item for item in pack.resources if item.spec.table == table]
    names = {item.spec.source for item in of_table}
    incomplete = {item.spec.source for item in of_table if item.file is None}
    return [context.sources[name] for name in sorted(names - incomplete)]


def _ids_by_key(table: PackTable, context: LoadContext) -> dict[str, int]:
    rows = table.model._default_manager.filter(source__in=context.sources.values())
    return dict(rows.values_list("source_key", "pk"))


def _record_run(
    pack: Pack, contents: PackContents, outcome: ImportOutcome, started_at: datetime
) -> ImportRun:
    return ImportRun.objects.create(
        city=outcome.city,
        pack=pack.descriptor.name,
        pack_checksum=pack.checksum,
        started_at=started_at,
        finished_at=timezone.now(),
        counts={name: dataclasses.asdict(changes) for name, changes in outcome.changes.items()},
        problems=[dataclasses.asdict(problem) for problem in contents.problems],
        warnings=outcome.warnings,
    )


def _refresh_statistics(changes: Mapping[str, Changes]) -> None:
    """After many new rows the planner still believes the old numbers."""
    tables = {table.name: table.model for table in pack_tables()}
    with connection.cursor() as cursor:
        for name, change in changes.items():
            if change.total:
                quoted = connection.ops.quote_name(tables[name]._meta.db_table)
                cursor.execute(f"ANALYZE {quoted}")
