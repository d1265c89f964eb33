"""`manage.py demo` — from an empty database to a city on a map, in one command."""

import hashlib
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from layers.serving import check_port, serve
from layers.wording import completeness, headline
from mapping.errors import MappingError
from mapping.importers.pack import open_pack, read_pack
from mapping.models import City, ImportRun
from mapping.queries.coverage import active_run
from mapping.queries.institutions import culture_kinds_present, find_kind
from mapping.services.coverage import default_questions, run_coverages
from mapping.services.imports import load_pack
from mapping.services.workspace import Workspace

EMBEDDED_PACK = Path(settings.BASE_DIR) / "fixtures" / "novosibirsk"


class Command(BaseCommand):
    help = "Load a city pack (the embedded one unless --pack is given), analyse it and serve it."

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--pack", type=Path, default=EMBEDDED_PACK)
        parser.add_argument("--data", type=Path)
        parser.add_argument("--no-serve", action="store_true")

    def handle(self, *args, **options):
        try:
            city = self._prepare(options["pack"], options["data"])
        except (MappingError, OSError) as error:
            raise CommandError(str(error)) from error
        self._print_headline(city)
        if not options["no_serve"]:
            self._serve(city, options["port"])

    def _serve(self, city: City, port: int) -> None:
        try:
            check_port(port)
        except OSError as error:
            raise CommandError(
                f"port {port} cannot be used ({error}); choose another one with --port"
            ) from error
        self.stdout.write(f"Serving {city.name} on http://127.0.0.1:{port}/ — stop with Ctrl-C")
        serve(port)

    @contextmanager
    def _step(self, text: str) -> Iterator[None]:
        self.stdout.write(f"{text} … ", ending="")
        self.stdout.flush()
        started = time.perf_counter()
        yield
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        self.stdout.write(f"{time.perf_counter() - started:.1f} s, peak {peak_mb:,.0f} MB")

    def _prepare(self, pack_path: Path, data_dir: Path | None) -> City:
        with self._step("Preparing tables"):
            call_command("migrate", verbosity=0, interactive=False)
        self._gather_files()
        city = self._load(pack_path, data_dir)
        self._analyse(city)
        return city

    def _gather_files(self) -> None:
        stamp = Path(settings.STATIC_ROOT) / ".gathered"
        wanted = static_fingerprint()
        if stamp.exists() and stamp.read_text() == wanted:
            return
        with self._step("Gathering the site's files"):
            call_command("collectstatic", verbosity=0, interactive=False)
        stamp.write_text(wanted)

    def _load(self, pack_path: Path, data_dir: Path | None) -> City:
        pack = open_pack(pack_path, data_dir)
        name = pack.descriptor.name
        last = ImportRun.objects.filter(city__slug=pack.city.slug).first()
        if last and last.pack_checksum == pack.checksum:
            self.stdout.write(f"City pack {name}: loaded already")
            return last.city
        with self._step(f"Reading the city pack {name}"):
            contents = read_pack(pack)
        with self._step("Loading it into the database"):
            outcome = load_pack(pack, contents)
        for warning in outcome.warnings:
            self.stdout.write(f"  note: {warning}")
        if contents.problems:
            self.stdout.write(
                f"  rows not taken as they were: {len(contents.problems)}; "
                f"`manage.py load_city {pack_path}` tells which"
            )
        return outcome.city

    def _analyse(self, city: City) -> None:
        workspace = Workspace(city)
        with self._step("Building or reading the walk network"):
            report = workspace.stored_network.network.report
        self.stdout.write(
            f"  {report.vertices:,} vertices, {report.length_km:,.0f} km; the connected part "
            f"holds {report.kept_share_of_vertices:.0%} of the vertices"
        )
        questions = default_questions(city, culture_kinds_present(city))
        with self._step(f"Computing who lives within a walk ({len(questions)} questions)"):
            run_coverages(city, questions, workspace=workspace)
        shown = [name for name in ("snap", "search", "count") if name in workspace.seconds]
        parts = ", ".join(f"{name} {workspace.seconds[name]:.2f} s" for name in shown)
        self.stdout.write(f"  of this, computing: {parts or 'nothing, all of it was stored'}")

    def _print_headline(self, city: City) -> None:
        asked = {"minutes": 15, "group": "all"}
        kinds = sorted(culture_kinds_present(city), key=lambda kind: kind.code != "library")
        runs = (active_run(city, kind=kind.code, **asked) for kind in kinds)
        run = next((run for run in runs if run), None)
        if run is None:
            self.stdout.write("No institution has a position yet, so nothing was computed.")
            return
        known = run.summary["completeness"]
        with translation.override("en"):
            kind = find_kind(run.parameters["kind"])
            self.stdout.write(self.style.SUCCESS(headline(run)))
            self.stdout.write(
                completeness(
                    located=known["located"],
                    listed=known["listed"],
                    official=known["official"],
                    kind_plural=kind.plural_label,
                )
            )


def static_fingerprint() -> str:
    """Changes whenever a file of the site does; reads no file."""
    digest = hashlib.blake2b(digest_size=16)
    for finder in finders.get_finders():
        for path, storage in finder.list([]):
            changed_at = storage.get_modified_time(path).isoformat()
            digest.update(f"{path} {storage.size(path)} {changed_at}\n".encode())
    return digest.hexdigest()
