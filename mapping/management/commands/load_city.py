"""`manage.py load_city PACK` — bring a city pack into the database."""

import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from mapping.errors import MappingError
from mapping.importers.pack import PackContents, open_pack, read_pack
from mapping.services.imports import ImportOutcome, load_pack

PROBLEMS_SHOWN = 100


class Command(BaseCommand):
    help = (
        "Load a city pack: a folder or zip with a datapackage.json. Rows that cannot be taken are "
        "listed and the rest is loaded. Exit code: 0 all well, 3 some rows were dropped, 1 nothing "
        "was loaded."
    )

    def add_arguments(self, parser):
        parser.add_argument("pack", type=Path, help="folder or zip with a datapackage.json")
        parser.add_argument("--data", type=Path, help="folder with files the pack names")
        parser.add_argument("--dry-run", action="store_true", help="report, but change nothing")
        parser.add_argument(
            "--allow-removal",
            action="store_true",
            help="load even if more than a fifth of a source's rows would vanish",
        )

    def handle(self, *args, **options):
        started = time.perf_counter()
        try:
            pack = open_pack(options["pack"], options["data"])
            contents = read_pack(pack, progress=self._say)
            outcome = load_pack(
                pack,
                contents,
                dry_run=options["dry_run"],
                allow_removal=options["allow_removal"],
                progress=self._say,
            )
        except (MappingError, OSError) as error:
            raise CommandError(str(error)) from error
        self._report(outcome, contents, time.perf_counter() - started, options["dry_run"])
        if any(problem.dropped for problem in contents.problems):
            raise SystemExit(3)

    def _say(self, text: str) -> None:
        if self.verbosity > 1:
            self.stdout.write(f"  {text}")

    def execute(self, *args, **options):
        self.verbosity = options["verbosity"]
        return super().execute(*args, **options)

    def _report(
        self, outcome: ImportOutcome, contents: PackContents, seconds: float, dry_run: bool
    ) -> None:
        for name, changes in outcome.changes.items():
            self.stdout.write(
                f"  {name:<18}{changes.created:>8,} new {changes.updated:>8,} changed "
                f"{changes.removed:>8,} removed {changes.unchanged:>8,} as before"
            )
        for warning in outcome.warnings:
            self.stdout.write(self.style.WARNING(f"  note: {warning}"))
        for duplicate in contents.duplicates:
            self.stdout.write(
                f"  merged: {duplicate.name} ({duplicate.resource}, row {duplicate.row}) is "
                f"{duplicate.same_as}: {duplicate.reason}"
            )
        self._report_problems(contents)
        verb = "would change" if dry_run else "changed"
        self.stdout.write(
            self.style.SUCCESS(
                f"{outcome.city.name}: {outcome.changed_rows:,} rows {verb}, {seconds:.1f} s"
            )
        )

    def _report_problems(self, contents: PackContents) -> None:
        for problem in contents.problems[:PROBLEMS_SHOWN]:
            fate = "row left out" if problem.dropped else "loaded without it"
            self.stderr.write(
                f"  {problem.file}, row {problem.row}, {problem.column}: "
                f"got {problem.got}, wanted {problem.wanted} ({fate})"
            )
        more = len(contents.problems) - PROBLEMS_SHOWN
        if more > 0:
            self.stderr.write(f"  … and {more:,} more; all of them are kept with the import")
