"""The tree of institution kinds, read from its reference list."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mapping.errors import UnreadableFileError

DEFAULT_PATH = Path(__file__).resolve().parents[2] / "fixtures" / "reference" / "kinds.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRecord:
    """
    One node of the tree; `osm` lists the OpenStreetMap tags that mean it.

    What is not culture (a school) can host something, and counts nowhere as an institution of
    culture.
    """

    code: str
    parent: str
    name: str
    name_en: str
    plural: str
    plural_en: str
    genitive: str
    genitive_en: str
    sysname: str
    osm: tuple[tuple[str, str], ...]
    icon: str
    color: str
    schema_org: str
    is_culture: bool = True


def load_kinds(path: Path | None = None) -> tuple[KindRecord, ...]:
    """
    Read the kinds in the order of the file: a parent stands before its children.

    Raises
    ------
    UnreadableFileError
        If the file is not such a list, or names a parent that does not come before.
    """
    path = path or DEFAULT_PATH
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        kinds = tuple(_to_kind(row) for row in rows)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableFileError(path, f"{error!r}", "a JSON list of kinds") from error
    known: dict[str, bool] = {}
    for kind in kinds:
        if kind.parent and kind.parent not in known:
            got = f"{kind.code} before its parent {kind.parent!r}"
            raise UnreadableFileError(path, got, "parents first")
        if kind.is_culture != known.get(kind.parent, kind.is_culture):
            got = f"{kind.code}, of which only one of it and {kind.parent} is culture"
            raise UnreadableFileError(path, got, "branches that are culture or are not")
        known[kind.code] = kind.is_culture
    return kinds


def _to_kind(row: Mapping[str, object]) -> KindRecord:
    texts = {
        name: str(row[name] or "")
        for name in KindRecord.__dataclass_fields__
        if name not in ("osm", "is_culture")
    }
    tags = row["osm"]
    if not isinstance(tags, list):
        raise TypeError("osm is not a list")
    return KindRecord(
        osm=tuple((str(key), str(value)) for key, value in tags),
        is_culture=row.get("is_culture", True) is True,
        **texts,
    )


def root_of(code: str, kinds: Sequence[KindRecord]) -> str:
    """The top of the branch a kind grows on: places of one branch may be the same place."""
    parents = {kind.code: kind.parent for kind in kinds}
    while parents.get(code):
        code = parents[code]
    return code


class TagMatcher:
    """Finds the kind of an OpenStreetMap object by its tags, the most particular one."""

    def __init__(self, kinds: Sequence[KindRecord]) -> None:
        self._kinds = [kind for kind in kinds if kind.osm]
        self.keys = tuple(dict.fromkeys(key for kind in self._kinds for key, _ in kind.osm))

    def find(self, tags: Mapping[str, str]) -> str:
        """
        Code of the kind, or an empty string.

        The first kind of the list whose tag is there wins (so a circus tagged as a theatre is a
        circus), then its descendants are asked whether they fit better.
        """
        found = ""
        for kind in self._kinds:
            refines = not found or kind.parent == found
            if refines and any(tags.get(key) == value for key, value in kind.osm):
                found = kind.code
        return found
