"""`manage.py make_pack` — a city pack of any city, from an OpenStreetMap extract."""

import time
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from mapping.errors import MappingError
from mapping.importers.download import download, is_url
from mapping.importers.make_pack import PackSummary, make_pack

SAY_EVERY_SECONDS = 2.0


class Command(BaseCommand):
    help = (
        "Make a city pack of an OpenStreetMap extract (.osm.pbf): boundary, districts, streets, "
        "culture, homes, stops, water and parks. A download that was cut goes on where it stopped."
    )

    def add_arguments(self, parser):
        parser.add_argument("--osm", required=True, help="file or address of an .osm.pbf extract")
        parser.add_argument(
            "--boundary", default="", help="name or relation id of the city; default: the largest"
        )
        parser.add_argument("--population", help="a GeoTIFF, its address, or a number of people")
        parser.add_argument("--name", default="", help="name of the city; default: the boundary's")
        parser.add_argument("--slug", default="", help="name in addresses, for example perm")
        parser.add_argument("--timezone", default="", help="for example Asia/Novosibirsk")
        parser.add_argument("--country", default="", help="for example RU: its public holidays")
        parser.add_argument("-o", "--output", type=Path, required=True, help="folder of the pack")

    def handle(self, *args, **options):
        started = time.perf_counter()
        try:
            summary = make_pack(
                self._fetch(options["osm"]),
                out_dir=options["output"],
                boundary=options["boundary"],
                population=self._population(options["population"]),
                name=options["name"],
                slug=options["slug"],
                timezone=options["timezone"],
                country=options["country"],
            )
        except (MappingError, OSError) as error:
            raise CommandError(str(error)) from error
        self._report(summary, time.perf_counter() - started)

    def _fetch(self, place: str) -> Path:
        if not is_url(place):
            return Path(place)
        folder = settings.VAR_DIR / "downloads"
        folder.mkdir(parents=True, exist_ok=True)
        return download(place, folder, progress=self._say_progress())

    def _population(self, given: str | None) -> Path | int | None:
        if given is None:
            return None
        digits = given.replace(" ", "").replace("_", "")
        return int(digits) if digits.isdigit() else self._fetch(given)

    def _say_progress(self):
        last = 0.0

        def say(done: int, total: int | None) -> None:
            nonlocal last
            now = time.monotonic()
            if now - last < SAY_EVERY_SECONDS and done != total:
                return
            last = now
            of_all = f" of {total / 1e6:,.1f}" if total else ""
            self.stdout.write(f"  {done / 1e6:,.1f}{of_all} MB")

        return say

    def _report(self, summary: PackSummary, seconds: float) -> None:
        for table, count in summary.counts.items():
            self.stdout.write(f"  {table:<18}{count:>8,}")
        for note in summary.notes:
            self.stdout.write(self.style.WARNING(f"  note: {note}"))
        self.stdout.write(self.style.SUCCESS(f"{summary.folder} is ready, {seconds:.1f} s"))
        self.stdout.write(f"Next: python3 manage.py demo --pack {summary.folder}")
