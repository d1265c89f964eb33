"""Reference lists that every city shares: kinds of institutions and norms."""

import csv
from pathlib import Path

from django.conf import settings
from django.db import transaction

from mapping.importers.kinds import KindRecord, load_kinds
from mapping.models import InstitutionKind, Norm, NormSet
from mapping.queries.norms import REFERENCE_SET
from mapping.services.norms import norm_values
from mapping.services.synchronise import bring_to, save_if_changed

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
    "is_culture",
)


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
        kinds[record.code] = bring_to(InstitutionKind, {"code": record.code}, values)
    return kinds


def seed_norms(kinds: dict[str, InstitutionKind]) -> None:
    """Store the default set of norms with the act, clause and confidence of each row."""
    name = "Нормативы из открытых документов"
    norm_set = bring_to(NormSet, {"slug": REFERENCE_SET}, {"name": name})
    stored = {norm.row: norm for norm in norm_set.norms.all()}
    path = REFERENCE_DIR / "norms.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=1):
            norm = stored.get(number) or Norm(norm_set=norm_set, row=number)
            save_if_changed(norm, norm_values(row, kinds))
