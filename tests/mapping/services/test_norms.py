"""Sets of norms of one's own."""

import zipfile
from pathlib import Path

import pytest

from mapping.errors import (
    ChangedMeanwhileError,
    NormListError,
    ParameterError,
    ReadOnlyNormSetError,
    TakenNameError,
    UnsafeArchiveError,
)
from mapping.models import Norm, NormSet
from mapping.services.norm_sets import (
    MOST_SETS,
    copy_norm_set,
    delete_norm_set,
    import_norm_set,
    rename_norm_set,
)
from mapping.services.norms import (
    COLUMNS,
    add_norm,
    edit_norm,
    norms_version,
    remove_norm,
    row_of,
    row_version,
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


def test_a_row_of_a_copy_changes_and_so_does_the_version_of_the_set(reference, town):
    ours = copy_norm_set(reference, slug="ours", name="Наши", city=town)
    norm, before = ours.norms.first(), norms_version(ours.norms.all())

    edit_norm(norm, {"per_population": "4000-7000", "clause": "п. 2"})

    norm.refresh_from_db()
    assert (norm.per_population_min, norm.per_population_max) == (4000, 7000)
    assert norm.clause == "п. 2"
    assert norm.units == "1"
    assert norms_version(ours.norms.all()) != before
    assert norm.history.count() == 2


def test_an_edit_leaves_the_citys_caches_alone(reference, town):
    norm = copy_norm_set(reference, name="Наши", city=town).norms.first()
    before = town.data_version

    edit_norm(norm, {"units": "3"})

    town.refresh_from_db()
    assert town.data_version == before


def test_two_who_edit_one_row_do_not_overwrite_each_other(reference):
    norm = copy_norm_set(reference, name="Наши").norms.first()
    seen = row_version(norm)

    edit_norm(norm, {"units": "3"}, seen=seen)

    for late in (
        lambda: edit_norm(norm, {"units": "4"}, seen=seen),
        lambda: remove_norm(norm, seen=seen),
    ):
        with pytest.raises(ChangedMeanwhileError):
            late()
    assert Norm.objects.get(pk=norm.pk).units == "3"


def test_a_figure_that_changes_alone_no_longer_stands_in_the_act(reference):
    norm = copy_norm_set(reference, name="Наши").norms.filter(confidence="quoted").first()

    assert edit_norm(norm, {"note": "сверено"}).confidence == "quoted"
    assert edit_norm(norm, {"units": "3"}).confidence == "unconfirmed"
    assert edit_norm(norm, {"units": "4", "confidence": "quoted"}).confidence == "quoted"


def test_rows_come_and_go(reference):
    ours = copy_norm_set(reference, slug="ours", name="Наши")

    norm = add_norm(
        ours, {"kind": "museum", "facility_type": "музей", "source": "Act", "clause": "1"}
    )
    remove_norm(ours.norms.first())

    assert norm.row == 96
    assert ours.norms.count() == 95
    assert norm.confidence == "unconfirmed"


def test_the_reference_set_stays_as_its_acts_say(reference):
    norm = reference.norms.first()

    for change in (
        lambda: edit_norm(norm, {"units": "2"}),
        lambda: add_norm(reference, {}),
        lambda: remove_norm(norm),
        lambda: rename_norm_set(reference, "Ours"),
        lambda: delete_norm_set(reference),
    ):
        with pytest.raises(ReadOnlyNormSetError):
            change()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"per_population": "many"}, "per_population: got “many”"),
        ({"per_population": "7000-4000"}, "per_population"),
        ({"accessibility_minutes": "0"}, "accessibility_minutes"),
        ({"confidence": "sure"}, "quoted, secondary, unconfirmed"),
        ({"kind": "libary"}, "library"),
        ({"source": ""}, "source: got nothing"),
        ({"units": "1" * 101}, "units"),
        ({"per_population": "99999999999"}, "per_population"),
        ({"source_url": "javascript:alert(1)"}, "source_url: .* begins with http"),
        ({"note": "а" * 2001}, "note: .* at most 2000"),
        ({"colour": "red"}, "wanted one of the columns kind"),
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

    with pytest.raises(NormListError, match="per_population: got “kind, facility_type") as error:
        import_norm_set(path, slug="ours", name="Наши")

    assert "clause: got “kind" in str(error.value)
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
    assert str(error.value.complaints[0]).startswith("row 2, per_population: got “тысяча”")
    assert not NormSet.objects.exists()
    assert not Norm.objects.exists()


def test_an_empty_list_is_refused(db, tmp_path):
    with pytest.raises(NormListError, match="at least one norm"):
        import_norm_set(write(tmp_path, HEADER), slug="ours", name="Наши")


def test_a_taken_name_is_refused(reference, tmp_path):
    with pytest.raises(TakenNameError, match="reference"):
        copy_norm_set(reference, slug="reference", name="Again")


def test_a_set_gets_a_name_and_goes(reference, town):
    ours = copy_norm_set(reference, name="Наши", city=town, owner_key="a" * 64)

    assert rename_norm_set(ours, "  Нормы  для нас ").name == "Нормы для нас"
    with pytest.raises(ParameterError, match="name"):
        rename_norm_set(ours, " ")
    delete_norm_set(ours)

    assert not Norm.objects.filter(norm_set__slug=ours.slug).exists()
    assert Norm.history.filter(norm_set=ours.pk, history_type="-").count() == 95
    assert NormSet.objects.get() == reference


def test_one_owner_keeps_so_many_sets_and_no_more(reference, town):
    NormSet.objects.bulk_create(
        NormSet(slug=f"own-{number}", name="Наши", city=town, owner_key="a" * 64)
        for number in range(MOST_SETS)
    )

    with pytest.raises(ParameterError, match="norm_sets"):
        copy_norm_set(reference, name="Ещё", city=town, owner_key="a" * 64)
    assert copy_norm_set(reference, name="Ещё", city=town, owner_key="b" * 64).is_personal


def test_a_workbook_that_unpacks_to_an_absurd_size_is_refused(db, tmp_path):
    path = tmp_path / "norms.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (51 * 1024**2))

    with pytest.raises(UnsafeArchiveError):
        import_norm_set(path, name="Наши")
