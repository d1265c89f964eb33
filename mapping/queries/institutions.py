"""Institutions of a city, and how complete our knowledge of them is."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from mapping.errors import UnknownNameError
from mapping.models import City, Institution, InstitutionKind, OfficialCount


@dataclass(frozen=True, slots=True)
class Completeness:
    """«13 of 70»: how many have a position, how many are listed, how many exist officially."""

    located: int
    listed: int
    approximate: int
    official: int | None
    official_as_of: date | None = None
    official_note: str = ""


def find_kind(code: str) -> InstitutionKind:
    """Raises UnknownNameError with the kinds there are."""
    kind = InstitutionKind.objects.filter(code=code).first()
    if kind is None:
        known = InstitutionKind.objects.values_list("code", flat=True)
        raise UnknownNameError("kind", code, known)
    return kind


def branch_ids(kind: InstitutionKind) -> list[int]:
    """The kind and everything beneath it: a children's library is a library."""
    parents = dict(InstitutionKind.objects.values_list("pk", "parent_id"))
    chosen = {kind.pk}
    while True:
        below = {pk for pk, parent in parents.items() if parent in chosen} - chosen
        if not below:
            return sorted(chosen)
        chosen |= below


def of_kind(city: City, kind: InstitutionKind) -> QuerySet[Institution]:
    return Institution.objects.filter(city=city, kind__in=branch_ids(kind))


def reachable(institutions: QuerySet[Institution]) -> QuerySet[Institution]:
    """Those one can walk to: open, and somewhere."""
    return institutions.filter(status=Institution.Status.OPEN, point__isnull=False)


def culture_kinds_present(city: City) -> list[InstitutionKind]:
    """The kinds present that are culture; of a city where no culture is listed, all of them."""
    present = kinds_present(city)
    return [kind for kind in present if kind.is_culture] or present


def kinds_present(city: City) -> list[InstitutionKind]:
    """Kinds with at least one open institution with a position, the tree's upper nodes included."""
    nodes = {kind.pk: kind for kind in InstitutionKind.objects.all()}
    found = set(reachable(Institution.objects.filter(city=city)).values_list("kind_id", flat=True))
    for pk in list(found):
        parent = nodes[pk].parent_id
        while parent:
            found.add(parent)
            parent = nodes[parent].parent_id
    return [kind for kind in nodes.values() if kind.pk in found]


def completeness(city: City, kind: InstitutionKind) -> Completeness:
    """Count what is known of a kind; closed institutions do not count, nor do excluded ones."""
    official = OfficialCount.objects.filter(city=city, kind=kind).first()
    rows = of_kind(city, kind).exclude(status=Institution.Status.CLOSED)
    if official:
        rows = rows.exclude(source_key__in=official.excluded_keys)
    accuracies = list(rows.values_list("position_accuracy", flat=True))
    return Completeness(
        located=sum(accuracy is not None for accuracy in accuracies),
        listed=len(accuracies),
        approximate=sum(accuracy in ("street", "district") for accuracy in accuracies),
        official=official.count if official else None,
        official_as_of=official.as_of if official else None,
        official_note=official.source_note if official else "",
    )
