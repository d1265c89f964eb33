"""Forget what has been kept as long as was promised."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from mapping.services.housekeeping import keep_house


class Command(BaseCommand):
    help = "Forget what has been kept as long as was promised; the queue does it every day."

    def handle(self, *args, **options) -> None:
        for name, count in keep_house(timezone.now()).items():
            self.stdout.write(f"{name}: {count} gone")
