"""
Bring stored rows to what a source says: match by key, write what differs, sweep what is gone.

A row keeps the hash of what its source last said, so a second import of the same pack writes
nothing, and an editor's correction stays until the source itself says something new.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.contrib.gis.geos import GEOSGeometry
from django.db import models
from django.utils import timezone

from mapping.errors import MassRemovalError
from mapping.models import Source

REMOVAL_LIMIT = 0.2
# Below this many stored rows a share says nothing: removing one of three is no massacre.
REMOVAL_MATTERS_FROM = 5
BATCH_ROWS = 5000

Model = TypeVar("Model", bound=models.Model)
RowKey = tuple[int, str]
"""Source id and key in the source."""
Rows = dict[RowKey, dict[str, Any]]


@dataclass(slots=True)
class Changes:
    """How many rows were created, updated, removed and left as they were."""

    created: int = 0
    updated: int = 0
    removed: int = 0
    unchanged: int = 0

    @property
    def total(self) -> int:
        return self.created + self.updated + self.removed


def save_if_changed(row: models.Model, values: Mapping[str, Any]) -> None:
    """Save a row only when it is new or differs, so that its history tells of real changes."""
    changed = row.pk is None
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
            changed = True
    if changed:
        row.save()


def bring_to(model: type[Model], lookup: Mapping[str, Any], values: Mapping[str, Any]) -> Model:
    """Find or make the row of `lookup` and bring it to `values`."""
    row = model._default_manager.filter(**lookup).first() or model(**lookup)
    save_if_changed(row, values)
    return row


def synchronise(
    model: type[models.Model],
    rows: Rows,
    *,
    swept_sources: Iterable[Source],
    allow_removal: bool,
    today: date | None = None,
) -> Changes:
    """
    Write `rows` into `model`; rows of `swept_sources` that are not among them are removed.

    Boundaries (models with `valid_to`) are not overwritten: a new shape opens a new generation as
    of `today` and closes the old one. Runs inside the caller's transaction.

    Raises
    ------
    MassRemovalError
        If more than a fifth of a source's rows would vanish and `allow_removal` is not given.
    """
    hashes = {key: _content_hash(values) for key, values in rows.items()}
    stored = _stored_hashes(model, {key[0] for key in rows} | {s.pk for s in swept_sources})
    gone = _find_gone(model, stored, rows, swept_sources, allow_removal=allow_removal)
    fresh = [key for key in rows if key not in stored]
    changed = [key for key in rows if key in stored and stored[key] != hashes[key]]
    if today and _has_generations(model):
        _write_generations(model, rows, hashes, fresh, changed, gone, today)
    else:
        _write(model, rows, hashes, [*fresh, *changed])
        _delete(model, gone)
    return Changes(
        created=len(fresh),
        updated=len(changed),
        removed=len(gone),
        unchanged=len(rows) - len(fresh) - len(changed),
    )


def _content_hash(values: Mapping[str, Any]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for name in sorted(values):
        value = values[name]
        digest.update(name.encode())
        if isinstance(value, GEOSGeometry):
            digest.update(bytes(value.wkb))
        else:
            digest.update(repr(value).encode())
        digest.update(b"\0")
    return digest.hexdigest()


def _has_generations(model: type[models.Model]) -> bool:
    return any(field.name == "valid_to" for field in model._meta.fields)


def _current(model: type[models.Model]) -> models.QuerySet[Any]:
    rows = model._default_manager.all()
    return rows.filter(valid_to__isnull=True) if _has_generations(model) else rows


def _stored_hashes(model: type[models.Model], source_ids: set[int]) -> dict[RowKey, str]:
    rows = _current(model).filter(source_id__in=source_ids)
    return {
        (source_id, key): content_hash
        for source_id, key, content_hash in rows.values_list(
            "source_id", "source_key", "content_hash"
        ).iterator(chunk_size=BATCH_ROWS)
    }


def _find_gone(
    model: type[models.Model],
    stored: Mapping[RowKey, str],
    rows: Rows,
    swept_sources: Iterable[Source],
    *,
    allow_removal: bool,
) -> list[RowKey]:
    gone: list[RowKey] = []
    for source in swept_sources:
        held = [key for key in stored if key[0] == source.pk]
        vanished = [key for key in held if key not in rows]
        too_many = len(held) >= REMOVAL_MATTERS_FROM and len(vanished) > REMOVAL_LIMIT * len(held)
        if too_many and not allow_removal:
            table = str(model._meta.verbose_name_plural)
            raise MassRemovalError(table, source.slug, len(vanished), len(held), REMOVAL_LIMIT)
        gone += vanished
    return gone


def _instances(
    model: type[models.Model], rows: Rows, hashes: Mapping[RowKey, str], keys: list[RowKey]
) -> list[models.Model]:
    return [
        model(source_id=key[0], source_key=key[1], content_hash=hashes[key], **rows[key])
        for key in keys
    ]


def _write(
    model: type[models.Model], rows: Rows, hashes: Mapping[RowKey, str], keys: list[RowKey]
) -> None:
    if not keys:
        return
    model._default_manager.bulk_create(
        _instances(model, rows, hashes, keys),
        batch_size=BATCH_ROWS,
        update_conflicts=True,
        unique_fields=["source", "source_key"],
        update_fields=[*rows[keys[0]], "content_hash", "updated_at"],
    )


def _delete(model: type[models.Model], keys: list[RowKey]) -> None:
    by_source: dict[int, list[str]] = {}
    for source_id, key in keys:
        by_source.setdefault(source_id, []).append(key)
    for source_id, source_keys in by_source.items():
        _current(model).filter(source_id=source_id, source_key__in=source_keys).delete()


def _write_generations(
    model: type[models.Model],
    rows: Rows,
    hashes: Mapping[RowKey, str],
    fresh: list[RowKey],
    changed: list[RowKey],
    gone: list[RowKey],
    today: date,
) -> None:
    reshaped = []
    for key in changed:
        current = _current(model).get(source_id=key[0], source_key=key[1])
        if current.geometry == rows[key]["geometry"]:
            for name, value in rows[key].items():
                setattr(current, name, value)
            current.content_hash = hashes[key]
            current.save()
        else:
            reshaped.append(key)
    for key in [*reshaped, *gone]:
        _current(model).filter(source_id=key[0], source_key=key[1]).update(
            valid_to=today, updated_at=timezone.now()
        )
    for instance, key in zip(
        _instances(model, rows, hashes, [*fresh, *reshaped]), [*fresh, *reshaped], strict=True
    ):
        instance.valid_from = today if key in reshaped else None  # type: ignore[attr-defined]
        instance.save()
