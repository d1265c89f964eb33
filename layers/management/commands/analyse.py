"""`manage.py analyse` — ask a question of a city and print or save the answer."""

import dataclasses
import sys
import time
from collections import defaultdict
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from layers import columns, fields, findings, run_tables, sheets, tables, wording
from mapping.analysis.walking import DEFAULT_SPEED_KMH
from mapping.errors import MappingError
from mapping.models import AnalysisRun, City
from mapping.queries.cities import find_city
from mapping.services.coverage import CoverageQuestion, run_coverage
from mapping.services.distribution import compute_defaults
from mapping.services.measures import MEASURES, answer
from mapping.services.recomputing import answer_everything
from mapping.services.timetables import forget_feed, keep_feed, kept_feeds
from mapping.services.workspace import GROUPS, LEVELS

TEXT_FORMATS = ("json", "csv", "geojson")
FORMATS = ("table", *sheets.CONTENT_TYPES)
CELL_WIDTH, NAME_WIDTH = 15, 32
# A terminal has room for the beginning of a ranking; files hold all of it.
LINES_SHOWN = 40
SHORTER = {"from_time": ["--from"], "until_time": ["--until"]}


class Command(BaseCommand):
    help = (
        "Answer a question about a city: coverage, norms, access, equity, where to open and more."
    )

    def add_arguments(self, parser):
        actions = parser.add_subparsers(dest="action", required=True)
        add_coverage(actions)
        with translation.override("en"):
            for name, measure in MEASURES.items():
                if name != AnalysisRun.Analysis.COVERAGE:
                    add_measure(actions, name, measure)
        defaults = actions.add_parser("defaults", help="compute what the map offers at the start")
        cities = defaults.add_mutually_exclusive_group(required=True)
        cities.add_argument(
            "--city", action="append", help="slug of a loaded city; may be repeated"
        )
        cities.add_argument("--all", action="store_true", help="every loaded city")
        everything = actions.add_parser(
            "everything", help="every measure on foot, for every kind and group"
        )
        everything.add_argument("--city", required=True, help="slug of a loaded city")
        everything.add_argument(
            "--rehearse",
            action="store_true",
            help="compute all anew, tell the seconds, keep nothing",
        )
        everything.add_argument(
            "--processes", type=int, default=1, help="share the kinds out among so many"
        )

    def handle(self, *args, **options):
        actions = {
            "coverage": self._coverage,
            "defaults": self._defaults,
            "everything": self._everything,
        }
        action = actions.get(options["action"], self._measure)
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
            open_at=options["open_at"],
        )
        run = run_coverage(find_city(options["city"]), question)
        table = tables.table_of(run, options["by"])
        if options["form"] == "table":
            with translation.override("en"):
                self._deliver(as_text(coverage_lines(table)), options)
        else:
            self._deliver(tables.encode(table, options["form"]), options)

    def _measure(self, options):
        name = options["action"]
        asked = [field.name for field in dataclasses.fields(MEASURES[name].question)]
        city = find_city(options["city"])
        given = {field: options[field] for field in asked if options[field] is not None}
        with kept_feed(city, given) as question:
            run = answer(city, name, question)
        if options["form"] == "table":
            with translation.override("en"):
                self._deliver(as_text(measure_lines(run, options["table"])), options)
        else:
            key = run_tables.read(run, options["table"], limit=1).key
            self._deliver(sheets.encode(run_tables.sheet_of(run, key), options["form"]), options)

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
        slugs = City.objects.values_list("slug", flat=True) if options["all"] else options["city"]
        problems = []
        for done in compute_defaults(slugs):
            if done.problem:
                problems.append(f"{done.slug}: {done.problem}")
            else:
                said = f"{done.slug}: {done.questions} questions have their answers"
                self.stdout.write(self.style.SUCCESS(f"{said}, {done.seconds:.1f} s"))
        if problems:
            raise CommandError("\n".join(problems))

    def _everything(self, options):
        started = time.perf_counter()
        by_measure = defaultdict(list)
        everything = answer_everything(
            find_city(options["city"]),
            processes=options["processes"],
            keep=not options["rehearse"],
        )
        for answered in everything:
            by_measure[answered.measure].append(answered)
        for name, answers in by_measure.items():
            seconds = sum(answered.seconds for answered in answers)
            self.stdout.write(f"{name:<{NAME_WIDTH}}{len(answers):>6} {seconds:>8.2f} s")
            # The same thing is missing for many kinds and groups: it is told once.
            for problem in dict.fromkeys(one.problem for one in answers if one.problem):
                self.stdout.write(f"  without an answer: {problem}")
        count = sum(map(len, by_measure.values()))
        total = f"{'in all':<{NAME_WIDTH}}{count:>6} {time.perf_counter() - started:>8.2f} s"
        self.stdout.write(self.style.SUCCESS(total))


def add_coverage(actions):
    """The options of coverage, a contract of their own."""
    coverage = actions.add_parser("coverage", help="who lives within a walk, and who does not")
    coverage.add_argument("--city", required=True, help="slug of a loaded city")
    coverage.add_argument("--kind", required=True, help="code of a kind, e.g. library")
    coverage.add_argument("--minutes", type=float, default=15)
    coverage.add_argument("--group", default="all", help=", ".join(GROUPS))
    coverage.add_argument("--by", default="district", choices=LEVELS)
    coverage.add_argument("--speed-kmh", type=float, default=DEFAULT_SPEED_KMH)
    coverage.add_argument(
        "--open-at", default="", help="count only those open then, e.g. sa-18:00 for Saturday"
    )
    add_output(coverage)


def add_output(parser):
    """Where the answer goes, and in which form."""
    parser.add_argument("--format", default="table", choices=FORMATS, dest="form")
    parser.add_argument("-o", "--output", type=Path, help="file to write instead of printing")


def add_measure(actions, name, measure):
    """One option per field of the measure's question; its values are read and refused there."""
    parser = actions.add_parser(name, help=str(measure.analysis.label))
    parser.add_argument("--city", required=True, help="slug of a loaded city")
    for field in dataclasses.fields(measure.question):
        is_required = field.default is dataclasses.MISSING
        parser.add_argument(
            f"--{field.name.replace('_', '-')}",
            *SHORTER.get(field.name, ()),
            dest=field.name,
            required=is_required,
            help=help_text(field.name, None if is_required else field.default),
        )
    parser.add_argument("--table", default="", help="which of its tables; the first one if unsaid")
    add_output(parser)


@contextmanager
def kept_feed(city, given):
    """
    A timetable given as a file is kept for the city first; questions name kept ones.

    One that was not there before and answers nothing — of another place, of other years — is taken
    back: the planner's page would offer it.
    """
    path = Path(given.get("feed", ""))
    if not path.is_file():
        yield given
        return
    was_there = path.name in kept_feeds(city)
    name = keep_feed(city, path)
    try:
        yield {**given, "feed": name}
    except MappingError:
        if not was_there:
            forget_feed(city, name)
        raise


def help_text(name, default):
    """What a field means, what it may be, and what it is when nobody says."""
    shown = fields.field(name)
    known = ", ".join(shown.options or ())
    usual = "" if default in (None, "") else f"[{fields.as_address(default)}]"
    said = "; ".join(filter(None, [str(shown.label), str(shown.help), known]))
    said = f"{said} {usual}".rstrip()
    return said.replace("%", "%%")


def as_text(lines):
    """Lines as the bytes of a text."""
    return ("\n".join(lines) + "\n").encode()


def measure_lines(run, key):
    """The answer for a terminal: headline, figures, truth about them, the ranked table."""
    table = run_tables.read(run, key, limit=LINES_SHOWN)
    yield findings.headline(run)
    known = findings.completeness(run)
    if known:
        yield known["text"]
    for mark in findings.marks(run):
        yield "{text}: {note}".format(**mark)
    yield ""
    for fact in findings.facts(run):
        yield f"{fact['label']}: {fact['value']}"
    yield ""
    yield f"{table.title} ({table.key} of: {', '.join(run_tables.keys_of(run))})"
    yield row_text("", "", *(column.key for column in table.columns), width=CELL_WIDTH)
    for line in table.lines:
        cells = [columns.cell(column, line.values.get(column.key)) for column in table.columns]
        yield row_text(str(line.position), line.name, *cells, width=CELL_WIDTH)
    if table.total > len(table.lines):
        yield f"… {table.total - len(table.lines)} more; a file holds all of them"
    yield f"run {run.pk}"


def coverage_lines(table):
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


def row_text(rank, name, *cells, width=12):
    """One line with its columns under each other; what is too long is cut."""
    shown = "".join(f"{cell[: width - 1]:>{width}}" for cell in cells)
    return f"{rank:>4}  {name:<{NAME_WIDTH}.{NAME_WIDTH}}{shown}"
