"""What a run over several kinds stands on; one kind is described by its workspace."""

from collections.abc import Sequence
from typing import Any

from mapping.models import City, Institution, InstitutionKind
from mapping.queries.institutions import branch_ids, find_kind, kinds_present
from mapping.services.workspace import Workspace

ALL_KINDS = "all"


def asked_kinds(city: City, code: str) -> list[InstitutionKind]:
    """
    The kind asked for, or for “all” the upper kinds of culture of which the city lists anything.

    Raises UnknownNameError with the kinds there are.
    """
    if code != ALL_KINDS:
        return [find_kind(code)]
    listed = set(Institution.objects.filter(city=city).values_list("kind_id", flat=True))
    return [
        kind
        for kind in InstitutionKind.objects.filter(parent__isnull=True, is_culture=True)
        if listed.intersection(branch_ids(kind))
    ]


def located_kinds(city: City, kinds: Sequence[InstitutionKind]) -> list[InstitutionKind]:
    """Those of `kinds` one can walk to."""
    present = set(kinds_present(city))
    return [kind for kind in kinds if kind in present]


def inputs_of(workspace: Workspace, kinds: Sequence[InstitutionKind]) -> dict[str, Any]:
    """Checksums of everything a run over these kinds is computed from."""
    each = {kind.code: workspace.inputs(kind) for kind in kinds}
    return workspace.shared_inputs | {
        name: {code: inputs[name] for code, inputs in each.items()}
        for name in ("institutions", "completeness")
    }


def describe_kinds(
    workspace: Workspace, kinds: Sequence[InstitutionKind], max_snap_m: float
) -> dict[str, Any]:
    """As `Workspace.describe`, with the completeness of all kinds together and of each."""
    known = {kind.code: workspace.inputs(kind)["completeness"] for kind in kinds}
    located = located_kinds(workspace.city, kinds)
    places = [workspace.places(kind) for kind in located]
    ground = workspace.describe_ground(max_snap_m)
    together = {
        name: sum(of_kind[name] for of_kind in known.values())
        for name in ("located", "listed", "approximate")
    }
    return ground | {
        "completeness": together | {"official": None, "official_as_of": None, "official_note": ""},
        "by_kind": known,
        "marks": ground["marks"]
        | {
            "synthetic": ground["marks"]["synthetic"]
            or any(bool(found["synthetic"].any()) for found in places),
            "approximate": together["approximate"] > 0,
        },
        "institutions": {
            "counted": sum(map(len, places)),
            "off_streets": sum(
                workspace.place_snap(kind, max_snap_m).unsnapped_count for kind in located
            ),
        },
    }
