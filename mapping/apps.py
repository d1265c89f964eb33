from django.apps import AppConfig
from django.db.models.signals import post_delete
from django.utils.translation import gettext_lazy as _


class MappingConfig(AppConfig):
    name = "mapping"
    verbose_name = _("What is where")

    def ready(self) -> None:
        # Only here: models are not there before the apps are.
        from mapping.models import Photo
        from mapping.services.photos import forget_files

        # A photo goes with its place, whoever removes it: an import, the admin, the whole city.
        post_delete.connect(forget_files, sender=Photo)
