"""Reference lists that every city shares: kinds of institutions and norms."""

import csv
from pathlib import Path

from django.conf import settings
from django.db import transaction

from mapping.importers.kinds import KindRecord, load_kinds
from mapping.models import InstitutionKind, Norm, NormSet

REFERENCE_DIR = Path(settings.BASE_DIR) / "fixtures" / "reference"
KIND_FIELDS = (
    "name",
    "name_en",
    "plural",
    "plural_en",
    "genitive",
    "genitive_en",
    "sysname",
    "schema_org",
    "icon",
    "color",
)
# Column of the list → field of the table, where the names differ.
NORM_COLUMNS = {
    "facility_type": "facility_type",
    "settlement_type": "settlement_type",
    "units": "units",
    "population_group": "population_group",
    "accessibility_minutes": "minutes",
    "accessibility_mode": "mode",
    "source": "act",
    "source_url": "url",
    "clause": "clause",
    "note": "note",
}


@transaction.atomic
def seed_reference() -> None:
    """Bring kinds and norms to what the reference lists say; running it again changes nothing."""
    kinds = seed_kinds(load_kinds())
    seed_norms(kinds)


def seed_kinds(records: tuple[KindRecord, ...]) -> dict[str, InstitutionKind]:
    """Store the tree of kinds, parents first."""
    kinds: dict[str, InstitutionKind] = {}
    for position, record in enumerate(records):
        values = {field: getattr(record, field) for field in KIND_FIELDS}
        values |= {"parent": kinds.get(record.parent), "position": position}
        kinds[record.code], _ = InstitutionKind.objects.update_or_create(
            code=record.code, defaults=values
        )
    return kinds


def seed_norms(kinds: dict[str, InstitutionKind]) -> None:
    """Store the default set of norms with the act, clause and confidence of each row."""
    norm_set, _ = NormSet.objects.get_or_create(
        slug="reference", defaults={"name": "Нормативы из открытых документов"}
    )
    path = REFERENCE_DIR / "norms.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=1):
            values = {field: row[column] for column, field in NORM_COLUMNS.items()}
            values |= {
                "kind": kinds.get(row["kind"]),
                "per_population": int(row["per_population"]) if row["per_population"] else None,
                "confidence": row["confidence"] or Norm.Confidence.UNCONFIRMED,
            }
            Norm.objects.update_or_create(norm_set=norm_set, row=number, defaults=values)
