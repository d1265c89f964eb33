"""Who signs in, and how often anybody has asked for what is rationed."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """An editor, planner or administrator of the service."""


class Asking(models.Model):
    """
    How often one sender asked for one thing within a span of time.

    The sender is a keyed hash that changes every day: no address is kept. The table is unlogged:
    losing it in a crash forgives everybody, and counting costs no disk write.
    """

    key = models.CharField(_("sender and thing"), max_length=64, primary_key=True)
    count = models.PositiveIntegerField(_("times"))
    ends_at = models.DateTimeField(_("counted until"), db_index=True)

    class Meta:
        verbose_name = _("count of requests")
        verbose_name_plural = _("counts of requests")

    def __str__(self) -> str:
        return f"{self.key[:8]}: {self.count}"
