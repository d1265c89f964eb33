"""`manage.py analyse` — ask a question of a city and print or save the answer."""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from layers import tables, wording
from mapping.analysis.walking import DEFAULT_SPEED_KMH
from mapping.errors import MappingError
from mapping.queries.cities import find_city
from mapping.queries.institutions import kinds_present
from mapping.services.coverage import (
    GROUPS,
    LEVELS,
    CoverageQuestion,
    default_questions,
    run_coverage,
    run_coverages,
)
from mapping.services.workspace import Workspace

TEXT_FORMATS = ("json", "csv", "geojson")


class Command(BaseCommand):
    help = "Who lives within a walk of the nearest institution of a kind, and who does not."

    def add_arguments(self, parser):
        actions = parser.add_subparsers(dest="action", required=True)
        coverage = actions.add_parser("coverage", help="answer one question")
        coverage.add_argument("--city", required=True, help="slug of a loaded city")
        coverage.add_argument("--kind", required=True, help="code of a kind, e.g. library")
        coverage.add_argument("--minutes", type=float, default=15)
        coverage.add_argument("--group", default="all", help=", ".join(GROUPS))
        coverage.add_argument("--by", default="district", choices=LEVELS)
        coverage.add_argument("--speed-kmh", type=float, default=DEFAULT_SPEED_KMH)
        coverage.add_argument(
            "--format", default="table", choices=["table", *tables.CONTENT_TYPES], dest="form"
        )
        coverage.add_argument("-o", "--output", type=Path, help="file to write instead of printing")
        defaults = actions.add_parser("defaults", help="compute what the map offers at the start")
        defaults.add_argument("--city", required=True, help="slug of a loaded city")

    def handle(self, *args, **options):
        action = self._coverage if options["action"] == "coverage" else self._defaults
        try:
            action(options)
        except MappingError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error

    def _coverage(self, options):
        question = CoverageQuestion(
            kind=options["kind"],
            minutes=options["minutes"],
            group=options["group"],
            speed_kmh=options["speed_kmh"],
        )
        run = run_coverage(find_city(options["city"]), question)
        table = tables.table_of(run, options["by"])
        if options["form"] == "table":
            with translation.override("en"):
                self._deliver(("\n".join(table_lines(table)) + "\n").encode(), options)
        else:
            self._deliver(tables.encode(table, options["form"]), options)

    def _deliver(self, content, options):
        if options["output"]:
            options["output"].write_bytes(content)
            self.stderr.write(f"Written: {options['output']} ({len(content):,} bytes)")
        elif options["form"] in ("table", *TEXT_FORMATS):
            self.stdout.write(content.decode().rstrip("\n"))
        elif sys.stdout.isatty():
            raise CommandError(f"{options['form']} is not text: name a file with -o")
        else:
            self.stdout.flush()
            sys.stdout.buffer.write(content)

    def _defaults(self, options):
        city = find_city(options["city"])
        questions = default_questions(city, kinds_present(city))
        runs = run_coverages(city, questions, workspace=Workspace(city), progress=self.stdout.write)
        self.stdout.write(self.style.SUCCESS(f"{len(runs)} questions have their answers"))


def table_lines(table):
    """The answer for a terminal: headline, truth about it, territories, total."""
    totals = table.totals
    yield wording.headline(table.run, table.level)
    yield tables.completeness_line(table)
    for code in table.marks:
        yield "{text}: {note}".format(**wording.mark(code))
    yield ""
    yield row_text("", "territory", "people", "covered", "uncovered", "unknown", "share", "median")
    for row in table.rows:
        yield figures_text(
            str(row.rank),
            wording.territory_name(row),
            {name: getattr(row, name) for name in FIGURES},
        )
    yield figures_text("", "total", {name: totals[name] for name in FIGURES})
    yield (
        f"unknown: {wording.number(totals['no_path'])} without a path, "
        f"{wording.number(totals['outside'])} outside every territory; "
        f"run {table.run.pk}"
    )


FIGURES = ("people", "covered", "uncovered", "unknown", "share", "median_minutes")


def figures_text(rank, name, figures):
    """One line of figures."""
    counts = [wording.number(figures[key]) for key in FIGURES[:4]]
    share = wording.percent(figures["share"])
    return row_text(rank, name, *counts, share, wording.walk_minutes(figures["median_minutes"]))


def row_text(rank, name, *cells):
    """One line with its columns under each other."""
    return f"{rank:>4}  {name:<32.32}" + "".join(f"{cell:>12}" for cell in cells)
