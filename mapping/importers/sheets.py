"""CSV (also gzipped, from Russian Excel too) and XLSX: a header, then one row per thing."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from mapping.errors import UnreadableFileError
from mapping.importers.files import read_text
from mapping.importers.raw import Fault, RawTable, is_empty

DELIMITERS = ";,\t|"
# What a damaged workbook, or one that is locked, ends in while it is read.
DAMAGED = (
    InvalidFileException,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)


def read_csv(path: Path, *, encoding: str = "", delimiter: str = "") -> RawTable:
    """
    Read a table of text; the delimiter is the one that splits the header most.

    Raises
    ------
    UnreadableFileError
        If it is not text, or has no header.
    """
    text = read_text(path, encoding)
    header_line = text.split("\n", 1)[0]
    delimiter = delimiter or max(DELIMITERS, key=header_line.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise UnreadableFileError(path, str(error), "a CSV table") from error
    return _to_raw(lines, path)


def read_xlsx(
    path: Path, *, sheet: str = "", most_lines: int | None = None, most_columns: int | None = None
) -> RawTable:
    """
    Read one sheet of a workbook (the first one unless named); formulas give their last value.

    A sheet may say that it has a million lines and hold two of them; the empty ones between are
    read as well. `most_lines` refuses such a sheet of somebody we do not know, and columns beyond
    `most_columns` are not looked at.

    Raises
    ------
    UnreadableFileError
        If it is not a workbook, has no such sheet, or has too many lines.
    """
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except DAMAGED as error:
        raise UnreadableFileError(path, str(error), "an XLSX workbook") from error
    try:
        if sheet and sheet not in book.sheetnames:
            got = f"sheets {', '.join(book.sheetnames)}"
            raise UnreadableFileError(path, got, f"a sheet “{sheet}”")
        try:
            lines = _lines_of(book, sheet, most_lines, most_columns)
        except DAMAGED as error:
            raise UnreadableFileError(path, str(error), "an XLSX workbook") from error
    finally:
        book.close()
    if most_lines is not None and len(lines) > most_lines:
        raise UnreadableFileError(path, "more lines", f"at most {most_lines} lines")
    return _to_raw(_without_empty_tail(lines), path)


def _lines_of(
    book: openpyxl.Workbook, sheet: str, most_lines: int | None, most_columns: int | None
) -> list[Sequence[Any]]:
    shown = book[sheet] if sheet else book.worksheets[0]
    lines = shown.iter_rows(max_col=most_columns, values_only=True)
    return list(islice(lines, None if most_lines is None else most_lines + 1))


def _without_empty_tail(lines: list[Sequence[Any]]) -> list[Sequence[Any]]:
    """Drop the empty cells that spreadsheets keep right of the table."""
    width = sum(1 for cell in lines[0] if not is_empty(cell)) if lines else 0
    return [line[:width] if all(map(is_empty, line[width:])) else line for line in lines]


def _to_raw(lines: Iterable[Sequence[Any]], path: Path) -> RawTable:
    rows = iter(lines)
    header = [str(cell or "").strip() for cell in next(rows, ())]
    if not any(header):
        raise UnreadableFileError(path, "no header", "column names in the first line")
    taken: list[Sequence[Any]] = []
    numbers: list[int] = []
    faults: list[Fault] = []
    for number, row in enumerate(rows, start=1):
        if all(map(is_empty, row)):
            continue
        if len(row) != len(header):
            wanted = f"{len(header)} cells, as in the header"
            faults.append(Fault(row=number, column="", got=f"{len(row)} cells", wanted=wanted))
            continue
        taken.append(row)
        numbers.append(number)
    columns = zip(*taken, strict=True) if taken else ([] for _ in header)
    return RawTable(
        count=len(taken),
        columns={
            name: [None if is_empty(cell) else cell for cell in cells]
            for name, cells in zip(header, columns, strict=True)
        },
        row_numbers=numbers,
        faults=tuple(faults),
    )
