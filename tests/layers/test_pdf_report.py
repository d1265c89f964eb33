"""The printed report: two pages that say what the screen says, in letters that every reader has."""

import io
import re

import pytest
import shapely
from django.urls import reverse
from django.utils import translation
from fpdf import FPDF
from pypdf import PdfReader

from layers import findings, paper, paper_map, pdf_report, run_tables
from layers.paper_map import Area, Box, Dot, Picture
from mapping.errors import UnknownNameError


def read(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def words(content: bytes) -> str:
    """The text of all pages with every run of spaces made one."""
    said = " ".join(page.extract_text() for page in read(content).pages)
    return re.sub(r"\s+", " ", said)


def fonts(reader: PdfReader) -> dict[str, dict]:
    found = {}
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            descendant = font.get_object()["/DescendantFonts"][0].get_object()
            found[descendant["/BaseFont"]] = descendant["/FontDescriptor"].get_object()
    return found


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_two_pages_say_the_finding_the_ranking_and_the_sources(run, language):
    with translation.override(language):
        content = pdf_report.render(run, "district")
        headline, sources = findings.headline(run), findings.source_lines(run)
        completeness = findings.completeness(run)["text"]
        east, west = (line.name for line in run_tables.read(run, "district").lines)

    said = words(content)
    assert len(read(content).pages) == 2
    assert plain(headline) in said
    assert plain(completeness) in said
    assert all(plain(line) in said for line in sources)
    assert said.index(f"1. {east}") < said.index(f"2. {west}")


def test_both_faces_are_embedded_and_hold_cyrillic(run):
    with translation.override("ru"):
        reader = read(pdf_report.render(run))

    embedded = fonts(reader)
    assert len(embedded) == 2
    assert all("/FontFile2" in descriptor for descriptor in embedded.values())
    assert reader.trailer["/Root"]["/Lang"] == "ru"


def test_the_territories_lie_on_the_map_with_their_per_cent(run):
    first_page = read(pdf_report.render(run, "district")).pages[0].extract_text()

    assert re.search(r"Восточный район\s+100\s%", first_page)
    assert re.search(r"Западный район\s+0\s%", first_page)


def test_a_table_that_the_run_does_not_have_is_refused(run):
    with pytest.raises(UnknownNameError, match="table"):
        pdf_report.render(run, "lorenz")


def test_the_same_file_comes_from_the_map_page_and_from_the_run(client, run):
    by_run = reverse("layers:export_pdf", args=["town", run.pk])
    from_map = client.get(reverse("layers:export_report", args=["town"]), {"kind": "library"})
    from_run = client.get(by_run, {"table": "district"})

    for response in (from_map, from_run):
        assert response["Content-Type"] == "application/pdf"
        assert response["Content-Disposition"].endswith(f'coverage-{run.pk}.pdf"')
    assert words(from_map.content) == words(from_run.content)


def test_what_was_never_calculated_has_no_report(client, run):
    question = {"kind": "library", "minutes": "7"}

    assert client.get(reverse("layers:export_report", args=["town"]), question).status_code == 404
    assert client.get(reverse("layers:export_pdf", args=["town", 10**6])).status_code == 404


def square(west: float, south: float, size: float = 0.02) -> shapely.Polygon:
    return shapely.box(west, south, west + size, south + size)


def on_paper(picture: Picture) -> str:
    pdf = FPDF()
    pdf.add_font("golos", "", paper.static_file(paper.FACES[""]))
    pdf.add_font("golos", "B", paper.static_file(paper.FACES["B"]))
    pdf.add_page()
    pdf.set_font("golos", size=9)
    box = Box(15, 15, 180, 180)
    paper_map.draw(pdf, box, picture, say_km=lambda km: f"{km:g} km", north_label="N")
    return words(bytes(pdf.output()))


def test_a_map_of_nothing_but_places_still_has_its_scale_and_north():
    dots = [Dot(point=shapely.Point(82.9, 55.0), color="#004488", number="1")]
    far = [Dot(point=shapely.Point(83.0, 55.05), color="#004488", number="2", hollow=True)]

    said = on_paper(Picture(metric_srid=32644, ground={}, dots=dots + far))

    assert all(word in said for word in ("1", "2", "N", "km"))


def test_of_small_territories_only_the_first_ranks_are_named():
    city = Area(shape=square(82.8, 54.9, 0.3), color="#ffffff", unknown=True)
    small = [
        Area(shape=square(place, 55.0, 0.0004), color="#ffffff", name=name, value="1", rank=rank)
        for place, name, rank in ((82.85, "First", 1), (83.0, "Ninth", 9))
    ]

    said = on_paper(Picture(metric_srid=32644, ground={}, areas=[city, *small]))

    assert "First" in said
    assert "Ninth" not in said


def test_shapes_keep_their_proportions_and_the_north_stays_up():
    home, north = shapely.Point(82.9, 55.0), shapely.Point(82.9, 55.01)
    box = Box(10, 20, 100, 50)
    projection = paper_map.fit(box, [home, north], 32644)

    below, above = projection.place([home, north])

    assert above.y < below.y
    assert below.y - above.y == pytest.approx(50 / paper_map.MARGIN, abs=0.1)
    assert abs(above.x - below.x) < 1.5


def test_a_heading_is_set_smaller_rather_than_broken_inside_a_word(run):
    report = paper.Report(run)
    report.add_page()
    heading = "Удовлетворительнейший показатель"
    size_pt = report.fitting_pt(heading, paper.TINY_PT, 15)

    assert size_pt < paper.TINY_PT
    assert report.lines_of(heading, size_pt, 15) == heading.split()
    assert report.fitting_pt("Люди", paper.TINY_PT, 15) == paper.TINY_PT
    report.output()  # closes the files of its type
