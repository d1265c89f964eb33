"""Sets of norms of one's own."""

from pathlib import Path

import pytest

from mapping.errors import NormListError, ReadOnlyNormSetError, TakenNameError
from mapping.models import City, Norm, NormSet
from mapping.services.norms import (
    COLUMNS,
    add_norm,
    copy_norm_set,
    edit_norm,
    import_norm_set,
    remove_norm,
    row_of,
)
from mapping.services.reference import REFERENCE_DIR, seed_reference
from tests.factories import make_kind

HEADER = ",".join(COLUMNS)


@pytest.fixture
def reference(db):
    seed_reference()
    return NormSet.objects.get(slug="reference")


def write(tmp_path: Path, *lines: str, encoding: str = "utf-8-sig") -> Path:
    path = tmp_path / "norms.csv"
    path.write_text("\n".join(lines), encoding=encoding)
    return path


def library_row(**cells: str) -> str:
    row = dict.fromkeys(COLUMNS, "") | {
        "kind": "library",
        "facility_type": "библиотека",
        "units": "1",
        "per_population": "4000-7000",
        "source": "Act",
        "clause": "1",
        "confidence": "quoted",
    }
    return ",".join((row | cells).values())


def test_a_copy_has_the_same_rows_and_remembers_whence(reference, town):
    copy = copy_norm_set(reference, slug="ours", name="Наши", city=town)

    assert copy.copied_from == reference
    assert [row_of(norm) for norm in copy.norms.all()] == [
        row_of(norm) for norm in reference.norms.all()
    ]
    assert reference.norms.count() == 95


def test_a_row_of_a_copy_changes_and_the_city_knows(reference, town):
    norm = copy_norm_set(reference, slug="ours", name="Наши", city=town).norms.first()
    before = town.data_version

    edit_norm(norm, {"per_population": "4000-7000", "clause": "п. 2"})

    norm.refresh_from_db()
    town.refresh_from_db()
    assert (norm.per_population_min, norm.per_population_max) == (4000, 7000)
    assert norm.clause == "п. 2"
    assert norm.units == "1"
    assert town.data_version > before


def test_rows_come_and_go(reference, town):
    ours = copy_norm_set(reference, slug="ours", name="Наши")

    norm = add_norm(
        ours, {"kind": "museum", "facility_type": "музей", "source": "Act", "clause": "1"}
    )
    remove_norm(ours.norms.first())

    assert norm.row == 96
    assert ours.norms.count() == 95
    assert norm.confidence == "unconfirmed"
    assert City.objects.get(pk=town.pk).data_version > town.data_version


def test_the_reference_set_stays_as_its_acts_say(reference):
    norm = reference.norms.first()

    for change in (
        lambda: edit_norm(norm, {"units": "2"}),
        lambda: add_norm(reference, {}),
        lambda: remove_norm(norm),
    ):
        with pytest.raises(ReadOnlyNormSetError):
            change()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"per_population": "many"}, "per_population: got 'many'"),
        ({"per_population": "7000-4000"}, "per_population"),
        ({"accessibility_minutes": "0"}, "accessibility_minutes"),
        ({"confidence": "sure"}, "quoted, secondary, unconfirmed"),
        ({"kind": "libary"}, "library"),
        ({"source": ""}, "source: got nothing"),
        ({"units": "1" * 101}, "units"),
        ({"per_population": "99999999999"}, "per_population"),
        ({"colour": "red"}, "wanted one of kind"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(reference, given, message):
    norm = copy_norm_set(reference, slug="ours", name="Наши").norms.first()
    before = row_of(norm)

    with pytest.raises(NormListError, match=message):
        edit_norm(norm, given)

    assert row_of(Norm.objects.get(pk=norm.pk)) == before


def test_a_list_is_read_as_russian_excel_writes_it(db, tmp_path):
    make_kind()
    lines = [HEADER.replace(",", ";"), library_row().replace(",", ";")]

    norm = import_norm_set(write(tmp_path, *lines), slug="ours", name="Наши").norms.get()

    assert (norm.kind.code, norm.per_population_min, norm.per_population_max) == (
        "library",
        4000,
        7000,
    )
    assert row_of(norm)["per_population"] == "4000-7000"


def test_the_reference_list_can_be_read_back(reference):
    ours = import_norm_set(REFERENCE_DIR / "norms.csv", slug="ours", name="Наши")

    assert [row_of(norm) for norm in ours.norms.all()] == [
        row_of(norm) for norm in reference.norms.all()
    ]


def test_missing_columns_are_all_named(db, tmp_path):
    path = write(tmp_path, "kind,facility_type,units", "library,библиотека,1")

    with pytest.raises(NormListError, match=r"“per_population”, got kind, facility_type") as error:
        import_norm_set(path, slug="ours", name="Наши")

    assert "“clause”" in str(error.value)
    assert not NormSet.objects.exists()


def test_broken_rows_are_all_named_and_nothing_is_stored(db, tmp_path):
    make_kind()
    lines = [
        HEADER,
        library_row(),
        library_row(per_population="тысяча"),
        library_row(confidence="sure", kind="libary"),
        "library,too short",
    ]

    with pytest.raises(NormListError, match="cells"):
        import_norm_set(write(tmp_path, *lines), slug="ours", name="Наши")
    with pytest.raises(NormListError) as error:
        import_norm_set(write(tmp_path, *lines[:-1]), slug="ours", name="Наши")

    assert len(error.value.complaints) == 3
    assert error.value.complaints[0].startswith("row 2, per_population: got 'тысяча'")
    assert not NormSet.objects.exists()
    assert not Norm.objects.exists()


def test_an_empty_list_is_refused(db, tmp_path):
    with pytest.raises(NormListError, match="no rows"):
        import_norm_set(write(tmp_path, HEADER), slug="ours", name="Наши")


def test_a_taken_name_is_refused(reference, tmp_path):
    with pytest.raises(TakenNameError, match="reference"):
        copy_norm_set(reference, slug="reference", name="Again")
