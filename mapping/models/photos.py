"""Photos of places: whose they are, on what terms, and which files of ours hold them."""

import uuid

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.validators import MinValueValidator, URLValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from mapping.importers.pictures import LARGE_PX, SIZES_PX, SMALL_PX, fit
from mapping.models.centers import NeighborCenter
from mapping.models.institutions import Institution

FIRST_PHOTO_YEAR = 1826


class License(models.TextChoices):
    """Terms that let everybody see a photo here, by their names in SPDX."""

    CC0 = "CC0-1.0", "CC0 1.0"
    CC_BY = "CC-BY-4.0", "CC BY 4.0"
    CC_BY_SA = "CC-BY-SA-4.0", "CC BY-SA 4.0"
    CC_BY_3 = "CC-BY-3.0", "CC BY 3.0"
    CC_BY_SA_3 = "CC-BY-SA-3.0", "CC BY-SA 3.0"
    PUBLIC_DOMAIN = "PDM-1.0", pgettext_lazy("licence", "public domain")
    OTHER = "other", pgettext_lazy("licence", "other, in words")


LICENSE_URLS = {
    License.CC0: "https://creativecommons.org/publicdomain/zero/1.0/",
    License.CC_BY: "https://creativecommons.org/licenses/by/4.0/",
    License.CC_BY_SA: "https://creativecommons.org/licenses/by-sa/4.0/",
    License.CC_BY_3: "https://creativecommons.org/licenses/by/3.0/",
    License.CC_BY_SA_3: "https://creativecommons.org/licenses/by-sa/3.0/",
    License.PUBLIC_DOMAIN: "https://creativecommons.org/publicdomain/mark/1.0/",
}


class Photo(models.Model):
    """A photo of an institution or of a neighbour centre."""

    institution = models.ForeignKey(
        Institution,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="photos",
        verbose_name=_("institution"),
    )
    center = models.ForeignKey(
        NeighborCenter,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="photos",
        verbose_name=_("neighbour centre"),
    )
    token = models.UUIDField(
        default=uuid.uuid4,
        unique=True,
        editable=False,
        help_text="Names the files: another picture, another token.",
    )
    width = models.PositiveIntegerField(_("width, pixels"), editable=False)
    height = models.PositiveIntegerField(_("height, pixels"), editable=False)
    alt = models.CharField(
        _("what is to be seen"),
        max_length=300,
        help_text=_("For those who cannot see it: “A brick house with a porch, a lime beside it”."),
    )
    alt_en = models.CharField(_("what is to be seen, in English"), max_length=300, blank=True)
    caption = models.CharField(_("caption"), max_length=300, blank=True)
    caption_en = models.CharField(_("caption in English"), max_length=300, blank=True)
    author = models.CharField(_("author"), max_length=200)
    license = models.CharField(_("licence"), max_length=20, choices=License)
    license_note = models.CharField(
        _("licence in words"),
        max_length=300,
        blank=True,
        help_text=_("By whose leave it is shown, where no licence of the list was given."),
    )
    source_url = models.CharField(
        _("where it was taken from"),
        max_length=500,
        blank=True,
        validators=[URLValidator(["http", "https"])],
    )
    taken_year = models.PositiveSmallIntegerField(
        _("year it was taken"),
        null=True,
        blank=True,
        validators=[MinValueValidator(FIRST_PHOTO_YEAR)],
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    added_at = models.DateTimeField(_("added"), auto_now_add=True)

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(institution__isnull=True, center__isnull=False)
                | Q(institution__isnull=False, center__isnull=True),
                name="mapping_photo_one_place",
            ),
            models.CheckConstraint(
                condition=~Q(license=License.OTHER, license_note=""),
                name="mapping_photo_other_licence_in_words",
            ),
        ]

    def __str__(self) -> str:
        return self.caption or self.alt

    def clean(self) -> None:
        if self.license == License.OTHER and not self.license_note:
            text = _("Say in words by whose leave the photo is shown.")
            raise ValidationError({"license_note": text})
        year = timezone.now().year
        if self.taken_year and self.taken_year > year:
            text = _("Got %(got)s, wanted a year up to %(year)s.")
            params = {"got": self.taken_year, "year": year}
            raise ValidationError({"taken_year": ValidationError(text, params=params)})

    def _in_language(self, field: str) -> str:
        english = getattr(self, f"{field}_en") if get_language() == "en" else ""
        return english or getattr(self, field)

    @property
    def alt_label(self) -> str:
        return self._in_language("alt")

    @property
    def caption_label(self) -> str:
        return self._in_language("caption")

    @property
    def license_url(self) -> str:
        return LICENSE_URLS.get(License(self.license), "")

    @property
    def file_names(self) -> list[str]:
        """Names of its files in the storage, the smallest first."""
        return [self.file_name(side_px) for side_px in SIZES_PX]

    def file_name(self, side_px: int) -> str:
        return f"{self.token}-{side_px}.webp"

    @property
    def small_url(self) -> str:
        """For a card."""
        return default_storage.url(self.file_name(SMALL_PX))

    @property
    def large_url(self) -> str:
        """For a whole screen."""
        return default_storage.url(self.file_name(LARGE_PX))

    @property
    def small_size(self) -> tuple[int, int]:
        """Width and height of what a card shows."""
        return fit(self.width, self.height, SMALL_PX)
