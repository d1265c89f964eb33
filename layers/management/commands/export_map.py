"""`manage.py export_map` — the map of one question as a single file that opens offline."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from layers import choice, folium_export
from mapping.errors import MappingError
from mapping.queries.cities import find_city
from mapping.services.coverage import CoverageQuestion, run_coverage
from mapping.services.workspace import GROUPS, LEVELS


class Command(BaseCommand):
    help = "Write the map of a question as one HTML file that opens with no network."

    def add_arguments(self, parser):
        parser.add_argument("--city", required=True, help="slug of a loaded city")
        parser.add_argument("--kind", default=choice.DEFAULT_KIND)
        parser.add_argument("--minutes", type=int, default=choice.DEFAULT_MINUTES)
        parser.add_argument("--group", default="all", help=", ".join(GROUPS))
        parser.add_argument("--by", default="district", choices=LEVELS)
        parser.add_argument("--language", default="ru", choices=("ru", "en"))
        parser.add_argument("-o", "--output", type=Path, default=Path("map.html"))

    def handle(self, *args, **options):
        try:
            with translation.override(options["language"]):
                text = self._render(options)
            options["output"].write_text(text, encoding="utf-8")
        except MappingError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        self.stdout.write(f"Written: {options['output']} ({len(text.encode()):,} bytes)")

    def _render(self, options):
        question = CoverageQuestion(
            kind=options["kind"], minutes=options["minutes"], group=options["group"]
        )
        run = run_coverage(find_city(options["city"]), question)
        return folium_export.render(run, options["by"])
