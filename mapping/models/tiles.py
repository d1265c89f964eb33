"""What makes tiles quick: which zoom shows what, and points gathered beforehand."""

import uuid

from django.db import models
from django.db.models import Q

from mapping.models.cities import City


class TilePyramid(models.Model):
    """How one layer of one city is cut into tiles, as of one version of its data."""

    city = models.ForeignKey(City, models.CASCADE, related_name="+")
    layer = models.CharField(max_length=40)
    version = models.CharField(max_length=60, help_text="Of the rows the tiles were planned from.")
    token = models.UUIDField(
        default=uuid.uuid4,
        unique=True,
        help_text="Names the tiles of this version in every cache: a new plan, a new token.",
    )
    single_from = models.PositiveSmallIntegerField(
        help_text="The zoom from which no point is gathered into a cluster."
    )
    named_from = models.PositiveSmallIntegerField(
        help_text="The zoom from which things carry their names."
    )
    least_area_m2 = models.JSONField(
        default=list, help_text="The smallest area drawn, for each zoom from the lowest up."
    )
    built_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "layer"], name="mapping_tilepyramid_one")
        ]

    def __str__(self) -> str:
        return f"{self.city_id} {self.layer} {self.version}"


class TileCluster(models.Model):
    """Points of one square of a tile, in Web Mercator metres; a lone one keeps its own id."""

    pyramid = models.ForeignKey(
        TilePyramid, models.CASCADE, related_name="clusters", db_index=False
    )
    zoom = models.PositiveSmallIntegerField()
    tile_x = models.PositiveIntegerField()
    tile_y = models.PositiveIntegerField()
    x = models.FloatField()
    y = models.FloatField()
    count = models.PositiveIntegerField()
    mix = models.TextField(help_text="“library:12,museum:3”: kinds from the commonest down.")
    single = models.BigIntegerField(null=True)
    synthetic = models.BooleanField()
    approximate = models.BooleanField()

    class Meta:
        indexes = [
            models.Index(
                fields=["pyramid", "zoom", "tile_x", "tile_y"], name="mapping_tilecluster_tile"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(count=1, single__isnull=False) | Q(count__gt=1, single__isnull=True),
                name="mapping_tilecluster_single",
            )
        ]

    def __str__(self) -> str:
        return f"{self.zoom}/{self.tile_x}/{self.tile_y}: {self.count}"
