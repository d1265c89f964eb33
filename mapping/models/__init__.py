"""Tables of what is where."""

from mapping.models.centers import NeighborCenter
from mapping.models.cities import BaseFeature, City, Stop, Street, StreetName
from mapping.models.institutions import (
    Accessibility,
    ExternalId,
    Institution,
    InstitutionKind,
    OfficialCount,
    OpeningException,
    OpeningRule,
    Organization,
)
from mapping.models.norms import Norm, NormSet
from mapping.models.photos import License, Photo
from mapping.models.population import AgeGroup, PopulationUnit
from mapping.models.runs import AnalysisRun, CoverageRow, ImportRun, Job, RunRow
from mapping.models.scenarios import Scenario
from mapping.models.sources import PositionAccuracy, Source
from mapping.models.territories import District, TosTerritory
from mapping.models.tiles import TileCluster, TilePyramid

__all__ = [
    "Accessibility",
    "AgeGroup",
    "AnalysisRun",
    "BaseFeature",
    "City",
    "CoverageRow",
    "District",
    "ExternalId",
    "ImportRun",
    "Institution",
    "InstitutionKind",
    "Job",
    "License",
    "NeighborCenter",
    "Norm",
    "NormSet",
    "OfficialCount",
    "OpeningException",
    "OpeningRule",
    "Organization",
    "Photo",
    "PopulationUnit",
    "PositionAccuracy",
    "RunRow",
    "Scenario",
    "Source",
    "Stop",
    "Street",
    "StreetName",
    "TileCluster",
    "TilePyramid",
    "TosTerritory",
]
