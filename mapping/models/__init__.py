"""Tables of what is where."""

from mapping.models.centers import NeighborCenter
from mapping.models.cities import BaseFeature, City, Stop, Street
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
from mapping.models.population import AgeGroup, PopulationUnit
from mapping.models.runs import AnalysisRun, CoverageRow, ImportRun
from mapping.models.sources import PositionAccuracy, Source
from mapping.models.territories import District, TosTerritory

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
    "NeighborCenter",
    "Norm",
    "NormSet",
    "OfficialCount",
    "OpeningException",
    "OpeningRule",
    "Organization",
    "PopulationUnit",
    "PositionAccuracy",
    "Source",
    "Stop",
    "Street",
    "TosTerritory",
]
