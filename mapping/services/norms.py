"""
Rows of a set of norms: edited, added, taken out; the reference set stays as it is.

A row is a mapping of texts with the columns of `fixtures/reference/norms.csv`, whether it comes
from a file or from a form.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from mapping.errors import (
    ChangedMeanwhileError,
    NormListError,
    ParameterError,
    ReadOnlyNormSetError,
)
from mapping.frames import table_checksum
from mapping.models import InstitutionKind, Norm, NormSet
from mapping.queries.norms import REFERENCE_SET

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


LONGEST_TEXT = 2000
LARGEST_NUMBER = 2**31 - 1
MOST_ROWS = 1000

WANTED_KIND = gettext_noop("one of %(known)s, or nothing")
WANTED_TEXT = gettext_noop("a text")
WANTED_SHORTER = gettext_noop("at most %(most)s characters")
WANTED_SPAN = gettext_noop("a whole number, two such as 30-40, or nothing")
WANTED_CONFIDENCE = gettext_noop("one of %(known)s")
WANTED_ADDRESS = gettext_noop("an address that begins with http:// or https://, or nothing")
WANTED_COLUMN = gettext_noop("one of the columns %(known)s")

FIGURES = (
    "settlement_type",
    "units",
    "per_population",
    "population_group",
    "accessibility_minutes",
    "accessibility_mode",
)
GROUNDS = ("source", "clause", "confidence")


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """What is wrong with one cell; `wanted` is a msgid with places for `values`."""

    column: str
    got: str
    wanted: str
    values: Mapping[str, Any] = field(default_factory=dict)
    row: int | None = None

    def __str__(self) -> str:
        where = f"row {self.row}, " if self.row else ""
        name = f"{self.column}: " if self.column else ""
        got = f"“{self.got}”" if self.got else "nothing"
        return f"{where}{name}got {got}, wanted {self.wanted % self.values}"


@transaction.atomic
def edit_norm(norm: Norm, given: Row, *, seen: str = "") -> Norm:
    """
    Change what `given` names in a row of a set that is not the reference one.

    `seen` is the version the change was thought out by; empty: whatever there is. A figure that
    changes while its act, clause and confidence stay is no longer what the act says, so the row
    becomes unconfirmed.

    Raises
    ------
    ReadOnlyNormSetError, NormListError
        If it may not be changed, or would make no sense.
    ChangedMeanwhileError
        If somebody has changed the row since it was `seen`.
    """
    norm = _take(norm, seen)
    before = row_of(norm)
    after = dict(before) | dict(given)
    if _differ(before, after, FIGURES) and not _differ(before, after, GROUNDS):
        after["confidence"] = Norm.Confidence.UNCONFIRMED.value
    return _store(norm, after)


@transaction.atomic
def add_norm(norm_set: NormSet, given: Row) -> Norm:
    """Add a row at the end of the list; errors as in `edit_norm`, ParameterError if it is full."""
    norm_set = lock_norm_set(norm_set)
    if norm_set.norms.count() >= MOST_ROWS:
        raise ParameterError("norms", MOST_ROWS, f"fewer than {MOST_ROWS} to add one")
    last = norm_set.norms.order_by("-row").first()
    norm = Norm(norm_set=norm_set, row=last.row + 1 if last else 1)
    return _store(norm, dict.fromkeys(COLUMNS, "") | {"confidence": "unconfirmed"} | dict(given))


@transaction.atomic
def remove_norm(norm: Norm, *, seen: str = "") -> None:
    """Take a row out; raises ReadOnlyNormSetError and ChangedMeanwhileError as `edit_norm`."""
    _take(norm, seen).delete()


def lock_norm_set(norm_set: NormSet) -> NormSet:
    """
    Keep other writers out of a set until the transaction ends.

    Raises ReadOnlyNormSetError for the reference set.
    """
    if norm_set.slug == REFERENCE_SET:
        raise ReadOnlyNormSetError(norm_set.slug)
    return NormSet.objects.select_for_update().get(pk=norm_set.pk)


def norms_version(norms: QuerySet[Norm]) -> str:
    """Digest of all that the rows say: what was computed from them holds as long as it stays."""
    fields = [each.name for each in Norm._meta.concrete_fields if each.name != "id"]
    return table_checksum(norms.order_by(), *fields)


def row_version(norm: Norm) -> str:
    """Digest of what one row says, by which an edit knows the row it was thought out by."""
    said = "\x1f".join(row_of(norm)[column] for column in COLUMNS)
    return hashlib.blake2s(said.encode(), digest_size=12).hexdigest()


def _take(norm: Norm, seen: str) -> Norm:
    """The row as it is now, for this transaction alone."""
    norm_set = lock_norm_set(norm.norm_set)
    found = norm_set.norms.select_related("kind").get(pk=norm.pk)
    if seen and seen != row_version(found):
        raise ChangedMeanwhileError(f"norm {found.row} of {norm_set.slug}")
    return found


def _differ(before: Row, after: Row, columns: tuple[str, ...]) -> bool:
    return any(before[column] != after[column] for column in columns)


def row_of(norm: Norm) -> Row:
    """The row as a list or a form holds it."""
    texts = {column: getattr(norm, name) for column, name in TEXT_COLUMNS.items()}
    spans = {
        column: "-".join(
            dict.fromkeys(str(end) for name in ends if (end := getattr(norm, name)) is not None)
        )
        for column, ends in SPAN_COLUMNS.items()
    }
    kind = norm.kind.code if norm.kind else ""
    return {"kind": kind, "confidence": norm.confidence} | texts | spans


def norm_values(row: Row, kinds: Mapping[str, InstitutionKind]) -> dict[str, Any]:
    """Fields of the table for a row nobody complains about."""
    kind = kinds.get(row["kind"])
    spans = {
        name: end
        for column, ends in SPAN_COLUMNS.items()
        for name, end in zip(ends, _span(row.get(column, "")), strict=True)
    }
    return (
        {name: row.get(column, "") for column, name in TEXT_COLUMNS.items()}
        | {"units": row.get("units", "").replace("–", "-")}
        | spans
        | {
            "kind_id": kind.pk if kind else None,
            "confidence": row["confidence"] or Norm.Confidence.UNCONFIRMED.value,
        }
    )


def fill_norm(norm: Norm, row: Row, kinds: Mapping[str, InstitutionKind]) -> Norm:
    """Put a row's values into the norm; raises NormListError with all that is wrong with it."""
    complaints = list(_complain(row, kinds))
    if complaints:
        raise NormListError(f"norm {norm.row}", complaints)
    for name, value in norm_values(row, kinds).items():
        setattr(norm, name, value)
    return norm


def kinds_by_code() -> dict[str, InstitutionKind]:
    """Every kind a norm may be about: those of culture."""
    return {kind.code: kind for kind in InstitutionKind.objects.filter(is_culture=True)}


def _store(norm: Norm, row: Row) -> Norm:
    known = ", ".join(COLUMNS)
    unknown = [
        Complaint(column=name, got="a column", wanted=WANTED_COLUMN, values={"known": known})
        for name in row
        if name not in COLUMNS
    ]
    if unknown:
        raise NormListError(norm.norm_set.slug, unknown)
    fill_norm(norm, row, kinds_by_code()).save()
    return norm


def _complain(row: Row, kinds: Mapping[str, InstitutionKind]) -> Iterator[Complaint]:
    if row["kind"] and row["kind"] not in kinds:
        yield _about(row, "kind", WANTED_KIND, known=", ".join(kinds))
    yield from _complain_of_texts(row)
    for column in SPAN_COLUMNS:
        if not _is_span(row.get(column, "")):
            yield _about(row, column, WANTED_SPAN)
    if row["confidence"] not in ("", *Norm.Confidence.values):
        yield _about(row, "confidence", WANTED_CONFIDENCE, known=", ".join(Norm.Confidence.values))
    address = row.get("source_url", "")
    # An address becomes a link, which must not be able to run anything.
    if address and not address.startswith(("http://", "https://")):
        yield _about(row, "source_url", WANTED_ADDRESS)


def _complain_of_texts(row: Row) -> Iterator[Complaint]:
    for column in FILLED_COLUMNS:
        if not row[column].strip():
            yield _about(row, column, WANTED_TEXT)
    for column, name in TEXT_COLUMNS.items():
        text = row.get(column, "")
        most = Norm._meta.get_field(name).max_length or LONGEST_TEXT
        # No text of the database can hold a zero byte.
        if "\x00" in text:
            yield _about(row, column, WANTED_TEXT)
        if len(text) > most:
            yield _about(row, column, WANTED_SHORTER, most=most)


def _about(row: Row, column: str, wanted: str, **values: Any) -> Complaint:
    got = row.get(column, "").strip()
    shown = f"{got[:60]}…" if len(got) > 60 else got
    return Complaint(column=column, got=shown, wanted=wanted, values=values)


def _is_span(text: str) -> bool:
    try:
        low, high = _span(text)
    except ValueError:
        return False
    return low is None or high is None or 0 < low <= high <= LARGEST_NUMBER


def _span(text: str) -> tuple[int | None, int | None]:
    """Read “30-40” as (30, 40), “60” as (60, 60) and nothing as nothing."""
    if not text.strip():
        return None, None
    low, _, high = text.replace("–", "-").partition("-")
    return int(low), int(high or low)
