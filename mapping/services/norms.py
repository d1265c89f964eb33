"""
Sets of norms: copied, edited row by row, or read from a table; the reference set stays as it is.

A row is a mapping of texts with the columns of `fixtures/reference/norms.csv`, whether it comes
from a file or from a form.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from mapping.errors import NormListError, ReadOnlyNormSetError, TakenNameError
from mapping.importers.sheets import read_csv, read_xlsx
from mapping.models import City, InstitutionKind, Norm, NormSet
from mapping.queries.norms import REFERENCE_SET
from mapping.services.editing import mark_changed

# Column of a list → field of the table, for texts taken as they are.
TEXT_COLUMNS = {
    "facility_type": "facility_type",
    "settlement_type": "settlement_type",
    "units": "units",
    "population_group": "population_group",
    "accessibility_mode": "mode",
    "source": "act",
    "source_url": "url",
    "clause": "clause",
    "note": "note",
}
# Column of a list → fields that hold its two ends.
SPAN_COLUMNS = {
    "per_population": ("per_population_min", "per_population_max"),
    "accessibility_minutes": ("minutes_min", "minutes_max"),
}
COLUMNS = ("kind", *TEXT_COLUMNS, *SPAN_COLUMNS, "confidence")
NEEDED_COLUMNS = (
    "kind",
    "facility_type",
    "units",
    "per_population",
    "population_group",
    "accessibility_minutes",
    "source",
    "clause",
    "confidence",
)
FILLED_COLUMNS = ("facility_type", "source", "clause")
"""A norm says what it is about and where it stands, or nobody can check it."""

Row = Mapping[str, str]


@transaction.atomic
def copy_norm_set(norm_set: NormSet, *, slug: str, name: str, city: City | None = None) -> NormSet:
    """
    Make a set of one's own with the same rows, to be edited.

    Raises TakenNameError when the slug belongs to another set.
    """
    copy = _create(slug, name, city, copied_from=norm_set)
    for norm in norm_set.norms.all():
        norm.pk, norm.norm_set = None, copy
        norm.save(force_insert=True)
    return copy


@transaction.atomic
def import_norm_set(path: Path, *, slug: str, name: str, city: City | None = None) -> NormSet:
    """
    Read a set of norms from CSV or XLSX: all of its rows, or none.

    Raises
    ------
    NormListError
        With every missing column and every broken row.
    UnreadableFileError, TakenNameError
        If it is no table, or the slug belongs to another set.
    """
    rows = _read_rows(Path(path))
    kinds = _kinds()
    complaints: list[str] = []
    norms: list[Norm] = []
    for number, row in rows:
        try:
            norms.append(_fill(Norm(row=len(norms) + 1), row, kinds))
        except NormListError as error:
            complaints += [f"row {number}, {text}" for text in error.complaints]
    if not norms and not complaints:
        complaints.append("got no rows, wanted at least one norm")
    if complaints:
        raise NormListError(path, complaints)
    norm_set = _create(slug, name, city)
    for norm in norms:
        norm.norm_set = norm_set
        norm.save()
    return norm_set


@transaction.atomic
def edit_norm(norm: Norm, given: Row) -> Norm:
    """
    Change what `given` names in a row of a set that is not the reference one.

    Raises
    ------
    ReadOnlyNormSetError, NormListError
        If it may not be changed, or would make no sense.
    """
    _refuse_reference(norm.norm_set)
    return _store(norm, dict(row_of(norm)) | dict(given))


@transaction.atomic
def add_norm(norm_set: NormSet, given: Row) -> Norm:
    """Add a row at the end of the list; errors as in `edit_norm`."""
    _refuse_reference(norm_set)
    last = norm_set.norms.order_by("-row").first()
    norm = Norm(norm_set=norm_set, row=last.row + 1 if last else 1)
    return _store(norm, dict.fromkeys(COLUMNS, "") | {"confidence": "unconfirmed"} | given)


@transaction.atomic
def remove_norm(norm: Norm) -> None:
    """Take a row out; raises ReadOnlyNormSetError for the reference set."""
    _refuse_reference(norm.norm_set)
    norm.delete()
    _mark_changed(norm.norm_set)


def row_of(norm: Norm) -> Row:
    """The row as a list or a form holds it."""
    texts = {column: getattr(norm, field) for column, field in TEXT_COLUMNS.items()}
    spans = {
        column: "-".join(
            dict.fromkeys(str(end) for field in ends if (end := getattr(norm, field)) is not None)
        )
        for column, ends in SPAN_COLUMNS.items()
    }
    kind = norm.kind.code if norm.kind else ""
    return {"kind": kind, "confidence": norm.confidence} | texts | spans


def norm_values(row: Row, kinds: Mapping[str, InstitutionKind]) -> dict[str, Any]:
    """Fields of the table for a row nobody complains about."""
    kind = kinds.get(row["kind"])
    spans = {
        field: end
        for column, ends in SPAN_COLUMNS.items()
        for field, end in zip(ends, _span(row.get(column, "")), strict=True)
    }
    return (
        {field: row.get(column, "") for column, field in TEXT_COLUMNS.items()}
        | spans
        | {
            "kind_id": kind.pk if kind else None,
            "confidence": row["confidence"] or Norm.Confidence.UNCONFIRMED.value,
        }
    )


def _store(norm: Norm, row: Row) -> Norm:
    unknown = [
        f"{column}: got a column nobody knows, wanted one of {', '.join(COLUMNS)}"
        for column in row
        if column not in COLUMNS
    ]
    if unknown:
        raise NormListError(norm.norm_set.slug, unknown)
    _fill(norm, row, _kinds()).save()
    _mark_changed(norm.norm_set)
    return norm


def _fill(norm: Norm, row: Row, kinds: Mapping[str, InstitutionKind]) -> Norm:
    """Put a row's values into the norm; raises NormListError with all that is wrong with it."""
    complaints = list(_complain(row, kinds))
    if not complaints:
        for field, value in norm_values(row, kinds).items():
            setattr(norm, field, value)
        try:
            norm.clean_fields(exclude=["norm_set", "kind"])
        except ValidationError as error:
            complaints = [
                f"{field}: {' '.join(texts)}" for field, texts in error.message_dict.items()
            ]
    if complaints:
        raise NormListError(f"norm {norm.row}", complaints)
    return norm


def _create(
    slug: str, name: str, city: City | None, *, copied_from: NormSet | None = None
) -> NormSet:
    if NormSet.objects.filter(slug=slug).exists():
        raise TakenNameError("norm_set", slug)
    norm_set = NormSet(slug=slug, name=name, city=city, copied_from=copied_from)
    norm_set.full_clean()
    norm_set.save()
    return norm_set


def _read_rows(path: Path) -> Iterator[tuple[int, Row]]:
    """Rows with their numbers in the file; every cell a text."""
    table = read_xlsx(path) if path.suffix.lower() == ".xlsx" else read_csv(path)
    missing = [column for column in NEEDED_COLUMNS if column not in table.columns]
    complaints = [
        f"wanted a column “{column}”, got {', '.join(table.columns)}" for column in missing
    ]
    complaints += [
        f"row {fault.row}: got {fault.got}, wanted {fault.wanted}" for fault in table.faults
    ]
    if complaints:
        raise NormListError(path, complaints)
    known = [column for column in COLUMNS if column in table.columns]
    return (
        (
            table.row_number(at),
            {column: _text(table.columns[column][at]) for column in known},
        )
        for at in range(table.count)
    )


def _text(cell: Any) -> str:
    """A cell as text: spreadsheets give 20000 as a number, at times as 20000.0."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else str(cell).strip()


def _complain(row: Row, kinds: Mapping[str, InstitutionKind]) -> Iterator[str]:
    if row["kind"] and row["kind"] not in kinds:
        yield f"kind: got {row['kind']!r}, wanted one of {', '.join(kinds)}, or nothing"
    for column in FILLED_COLUMNS:
        if not row[column]:
            yield f"{column}: got nothing, wanted a text"
    for column in SPAN_COLUMNS:
        try:
            low, high = _span(row.get(column, ""))
        except ValueError:
            low, high = 0, 0
        if low is not None and high is not None and not 0 < low <= high:
            got = row.get(column, "")
            yield f"{column}: got {got!r}, wanted a whole number, two such as 30-40, or nothing"
    if row["confidence"] not in ("", *Norm.Confidence.values):
        wanted = ", ".join(Norm.Confidence.values)
        yield f"confidence: got {row['confidence']!r}, wanted one of {wanted}"


def _span(text: str) -> tuple[int | None, int | None]:
    """Read “30-40” as (30, 40), “60” as (60, 60) and nothing as nothing."""
    if not text:
        return None, None
    low, _, high = text.replace("–", "-").partition("-")
    return int(low), int(high or low)


def _kinds() -> dict[str, InstitutionKind]:
    return {kind.code: kind for kind in InstitutionKind.objects.all()}


def _refuse_reference(norm_set: NormSet) -> None:
    if norm_set.slug == REFERENCE_SET:
        raise ReadOnlyNormSetError(norm_set.slug)


def _mark_changed(norm_set: NormSet) -> None:
    """A set without a city may be in use in any of them."""
    city = norm_set.city_id
    mark_changed([city] if city else City.objects.values_list("pk", flat=True))
