"""Sets of norms as wholes: copied, read from a table, named, deleted."""

import secrets
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop
from simple_history.utils import bulk_create_with_history

from mapping.errors import NormListError, ParameterError, TakenNameError
from mapping.importers.archives import check_unpacked_size
from mapping.importers.raw import RawTable
from mapping.importers.sheets import read_csv, read_xlsx
from mapping.models import City, Norm, NormSet
from mapping.queries.norms import own_norm_sets
from mapping.services.norms import (
    COLUMNS,
    MOST_ROWS,
    NEEDED_COLUMNS,
    Complaint,
    Row,
    fill_norm,
    kinds_by_code,
    lock_norm_set,
)

LONGEST_NAME = 120
MOST_SETS = 50
"""As many as one browser or user may keep in one city."""

COPIED = "copied"
IMPORTED = "imported"
"""Why a row is there, in its history: it came with its set."""

WANTED_NAMED_COLUMN = gettext_noop("a column of this name")
WANTED_CELLS = gettext_noop("as many cells as in the header")
WANTED_ROWS = gettext_noop("at least one norm")
WANTED_FEWER_ROWS = gettext_noop("at most %(most)s norms")

MOST_UNPACKED_BYTES = 50 * 1024**2
MOST_LINES, MOST_CELLS = 20_000, 200
"""As much of a sheet as is read, blank lines and columns nobody asked for among them."""
MOST_COMPLAINTS = 200
"""Whoever mends so many will send the table again."""

FORMULA_SIGNS = ("=", "+", "-", "@")


@transaction.atomic
def copy_norm_set(
    norm_set: NormSet,
    *,
    name: str,
    slug: str = "",
    city: City | None = None,
    owner_key: str = "",
    user_id: int | None = None,
) -> NormSet:
    """
    Make a set of one's own with the same rows, to be edited.

    Raises
    ------
    TakenNameError
        When the slug belongs to another set; without one, a new slug is made.
    ParameterError
        If the name is empty or too long, or the owner has too many sets.
    """
    copy = _create(
        NormSet(slug=slug, city=city, copied_from=norm_set, owner_key=owner_key, owner_id=user_id),
        name,
    )
    norms = list(norm_set.norms.all())
    for norm in norms:
        norm.pk, norm.norm_set = None, copy
    bulk_create_with_history(norms, Norm, default_change_reason=COPIED)
    return copy


@transaction.atomic
def import_norm_set(
    path: Path,
    *,
    name: str,
    slug: str = "",
    city: City | None = None,
    owner_key: str = "",
    user_id: int | None = None,
) -> NormSet:
    """
    Read a set of norms from CSV or XLSX: all of its rows, or none.

    Raises
    ------
    NormListError
        With every missing column and every broken row, the first `MOST_COMPLAINTS` or so.
    UnreadableFileError, UnsafeArchiveError
        If it is no table, or a workbook that unpacks to an absurd size.
    TakenNameError, ParameterError
        As in `copy_norm_set`.
    """
    norms = _read_norms(Path(path))
    norm_set = _create(NormSet(slug=slug, city=city, owner_key=owner_key, owner_id=user_id), name)
    for norm in norms:
        norm.norm_set = norm_set
    bulk_create_with_history(norms, Norm, default_change_reason=IMPORTED)
    return norm_set


@transaction.atomic
def rename_norm_set(norm_set: NormSet, name: Any) -> NormSet:
    """Raises ReadOnlyNormSetError, and ParameterError if the name is empty or too long."""
    found = lock_norm_set(norm_set)
    found.name = read_name(name)
    found.save()
    return found


@transaction.atomic
def delete_norm_set(norm_set: NormSet) -> None:
    """Forget a set and its rows; their history stays. Raises ReadOnlyNormSetError."""
    lock_norm_set(norm_set).delete()


def read_name(name: Any) -> str:
    """Return the name without spaces around it; raise ParameterError if it is none."""
    said = " ".join(name.split()) if isinstance(name, str) else ""
    if not 0 < len(said) <= LONGEST_NAME or "\x00" in said:
        raise ParameterError("name", name, f"1 to {LONGEST_NAME} characters")
    return said


def _create(norm_set: NormSet, name: str) -> NormSet:
    norm_set.name = read_name(name)
    norm_set.slug = norm_set.slug or f"norms-{secrets.token_hex(5)}"
    if NormSet.objects.filter(slug=norm_set.slug).exists():
        raise TakenNameError("norm_set", norm_set.slug)
    _check_room(norm_set)
    norm_set.full_clean()
    norm_set.save()
    return norm_set


def _check_room(norm_set: NormSet) -> None:
    if not norm_set.is_personal or norm_set.city is None:
        return
    owner = {"owner_key": norm_set.owner_key, "user_id": norm_set.owner_id}
    if own_norm_sets(norm_set.city, **owner).count() >= MOST_SETS:
        raise ParameterError("norm_sets", MOST_SETS, f"fewer than {MOST_SETS} to add one")


def _read_norms(path: Path) -> list[Norm]:
    """Norms of a table without their set, or NormListError with all that is wrong with it."""
    table = _read_table(path)
    complaints = list(islice(_complain(table), MOST_COMPLAINTS))
    if complaints:
        raise NormListError(path.name, complaints)
    kinds = kinds_by_code()
    norms: list[Norm] = []
    for number, row in _rows(table):
        if len(complaints) >= MOST_COMPLAINTS:
            break
        try:
            norms.append(fill_norm(Norm(row=len(norms) + 1), row, kinds))
        except NormListError as error:
            complaints += [_at(number, each) for each in error.complaints]
    if complaints:
        raise NormListError(path.name, complaints)
    return norms


def _read_table(path: Path) -> RawTable:
    if path.suffix.lower() != ".xlsx":
        return read_csv(path)
    check_unpacked_size(path, MOST_UNPACKED_BYTES)
    return read_xlsx(path, most_lines=MOST_LINES, most_columns=MOST_CELLS)


def _complain(table: RawTable) -> Iterator[Complaint]:
    """What is wrong with a table as a whole."""
    for column in NEEDED_COLUMNS:
        if column not in table.columns:
            got = ", ".join(table.columns)
            yield Complaint(column=column, got=got, wanted=WANTED_NAMED_COLUMN)
    for fault in table.faults:
        got = fault.got.split()[0]
        yield Complaint(column="", got=got, wanted=WANTED_CELLS, row=fault.row)
    if not table.count and not table.faults:
        yield Complaint(column="", got="", wanted=WANTED_ROWS)
    if table.count > MOST_ROWS:
        got = str(table.count)
        yield Complaint(column="", got=got, wanted=WANTED_FEWER_ROWS, values={"most": MOST_ROWS})


def _at(number: int, complaint: Complaint) -> Complaint:
    return Complaint(
        column=complaint.column,
        got=complaint.got,
        wanted=complaint.wanted,
        values=complaint.values,
        row=number,
    )


def _rows(table: RawTable) -> Iterator[tuple[int, Row]]:
    """Rows with their numbers in the file; every cell a text."""
    known = [column for column in COLUMNS if column in table.columns]
    for at in range(table.count):
        cells = {column: _text(table.columns[column][at]) for column in known}
        yield table.row_number(at), cells


def _text(cell: Any) -> str:
    """A cell as text: spreadsheets give 20000 as a number, at times as 20000.0."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = "" if cell is None else str(cell).strip()
    # Tables that leave the house keep a text that begins like a formula behind an apostrophe.
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_SIGNS) else text
