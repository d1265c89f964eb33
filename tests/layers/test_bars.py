"""Bars of a ranking: comparable where they share a unit, each unit on a scale of its own."""

from django.utils import translation

from layers import bars, pdf_report, results, run_tables
from mapping.services.measures import answer
from tests.factories import make_institution
from tests.layers.test_pdf_report import plain, words
from tests.mapping.services.measures.test_provision import make_norm

SEATS = {"units": "80", "per_population_min": 1000, "per_population_max": 1000}


def provision(town):
    """Two libraries of four are missing, and three with 10 seats each are there for 80 and 40."""
    town.institutions.update(capacity=10)
    make_institution(town.sources.get(), "second", 500, name="Вторая", capacity=10)
    for per in (250, 500):
        make_norm(per_population_min=per, per_population_max=per, facility_type=f"1 на {per}")
    whom = "читательских мест на 1000 жителей"
    make_norm(**SEATS, population_group=whom, facility_type="80 мест")
    make_norm(**SEATS | {"units": "40"}, population_group=whom, facility_type="40 мест")
    return answer(town, "provision", {"kind": "library"})


def test_seats_do_not_dwarf_institutions(town, networks):
    table = run_tables.read(provision(town), "city")
    drawn = dict(zip((line.name for line in table.lines), bars.shares(table), strict=True))

    assert [line.name for line in table.lines] == ["80 мест", "1 на 250", "40 мест", "1 на 500"]
    assert drawn == {"80 мест": 1.0, "40 мест": 20 / 60, "1 на 250": 1.0, "1 на 500": 0.0}


def test_the_page_says_that_there_are_two_scales_and_plots_one(town, networks):
    run = provision(town)
    with translation.override("en"):
        shown = results.context(run, "city")

    assert shown["table"]["note"] == "Bars of institutions and bars of seats have a scale each."
    assert [row["bar"] for row in shown["table"]["rows"]][:2] == [1.0, 1.0]
    assert [bar["label"] for bar in shown["plot"]["svg"]["bars"]] == ["80 мест", "40 мест"]
    assert shown["plot"]["title"].endswith(": seats")


def test_paper_says_how_many_rows_the_table_file_has(town, networks):
    with translation.override("en"):
        said = plain(words(pdf_report.render(provision(town), "city")))

    assert said.index("80 мест") < said.index("40 мест")
    assert "The table file holds all 4 rows" in said
