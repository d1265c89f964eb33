"""Erase contacts of reports that were closed long enough ago."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from participation.services import forget_old_contacts


class Command(BaseCommand):
    help = "Erase contacts of reports closed longer than CONTACT_KEPT_DAYS ago; run it daily."

    def handle(self, *args, **options) -> None:
        count = forget_old_contacts(timezone.now())
        self.stdout.write(f"{count} contacts erased")
