"""Named sets of changes somebody wants to weigh."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from mapping.models.cities import City


class Scenario(models.Model):
    """
    “What if”: institutions opened, closed, moved or changed over today's state.

    `changes` is a list of objects `{"do": "open", "kind", "lat", "lon", "name", "capacity"}`,
    `{"do": "close", "institution"}`, `{"do": "move", "institution", "lat", "lon"}` or
    `{"do": "capacity", "institution", "capacity"}`; `question` is what it was weighed by.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    city = models.ForeignKey(City, models.CASCADE, related_name="scenarios", verbose_name=_("city"))
    name = models.CharField(_("name"), max_length=120)
    question = models.JSONField(_("question"))
    changes = models.JSONField(_("changes"), default=list)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("saved by"),
    )
    owner_key = models.CharField(
        _("key of the browser"),
        max_length=64,
        blank=True,
        editable=False,
        help_text="Secret of the browser that saved it; whoever holds it may change it.",
    )
    created_at = models.DateTimeField(_("saved"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("scenario")
        verbose_name_plural = _("scenarios")
        ordering = ["-updated_at"]

    def __str__(self) -> str:
        return self.name
