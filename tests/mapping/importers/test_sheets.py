import gzip

import openpyxl
import pytest

from mapping.errors import UnreadableFileError
from mapping.importers.sheets import read_csv, read_xlsx

ROWS = {"name": ["Музей", "Театр"], "lon": ["83,1", "83,2"]}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_reads_what_spreadsheets_write(tmp_path, encoding, delimiter):
    lines = [f"name{delimiter}lon", f"Музей{delimiter}83,1", "", f"Театр{delimiter}83,2"]
    path = tmp_path / "a.csv"
    path.write_bytes("\r\n".join(lines).encode(encoding))

    raw = read_csv(path)

    assert raw.columns == ROWS
    assert list(raw.row_numbers) == [1, 3]


def test_reads_quoted_commas_and_line_breaks_and_gzip(tmp_path):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress('name,address\nМузей,"ул. Мира, 5\nвход 2"\n'.encode()))

    assert read_csv(path).columns["address"] == ["ул. Мира, 5\nвход 2"]


def test_a_named_encoding_and_delimiter_win(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("имя|долгота, град;мин\nМузей|83\n".encode("koi8-r"))

    raw = read_csv(path, encoding="koi8-r", delimiter="|")

    assert raw.columns == {"имя": ["Музей"], "долгота, град;мин": ["83"]}


def test_text_in_another_encoding_than_named_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("имя\nМузей\n".encode("cp1251"))

    with pytest.raises(UnreadableFileError, match="wanted text in utf-8"):
        read_csv(path, encoding="utf-8")


def test_a_spreadsheet_named_csv_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"PK\x03\x04\x00\x00\x00")

    with pytest.raises(UnreadableFileError, match="binary content"):
        read_csv(path)


def test_an_empty_file_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text("")

    with pytest.raises(UnreadableFileError, match="no header"):
        read_csv(tmp_path / "a.csv")


def test_reads_a_sheet_of_a_workbook(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["name", "capacity", None])
    book.active.append(["Музей", 120, None])
    book.create_sheet("other").append(["x"])
    book.save(tmp_path / "a.xlsx")

    assert read_xlsx(tmp_path / "a.xlsx").columns == {"name": ["Музей"], "capacity": [120]}
    assert read_xlsx(tmp_path / "a.xlsx", sheet="other").count == 0
    with pytest.raises(UnreadableFileError, match="wanted a sheet “third”"):
        read_xlsx(tmp_path / "a.xlsx", sheet="third")


def test_another_file_is_no_workbook(tmp_path):
    (tmp_path / "a.xlsx").write_text("name\n")

    with pytest.raises(UnreadableFileError, match="an XLSX workbook"):
        read_xlsx(tmp_path / "a.xlsx")
