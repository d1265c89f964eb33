"""Every error raised on purpose in `mapping`: what was got, and what was wanted."""

import datetime as dt
import math
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any


class MappingError(Exception):
    """
    The root of every error this package raises on purpose.

    `facts` is what its sentence tells, ready for JSON: whoever shows the error in another language,
    or later, words it anew from the name of its class and these.
    """

    facts: Mapping[str, Any] = MappingProxyType({})


class ShapeMismatchError(MappingError, ValueError):
    """Two inputs that must go together have different shapes."""

    def __init__(self, name: str, got: Any, wanted: Any) -> None:
        super().__init__(f"{name}: got shape {got}, wanted {wanted}")


class ParameterError(MappingError, ValueError):
    """A parameter lies outside the values that make sense."""

    def __init__(self, name: str, got: Any, wanted: str) -> None:
        self.name, self.got, self.wanted = name, got, wanted
        self.facts = {"name": name, "got": str(got), "wanted": wanted}
        super().__init__(f"{name}: got {got!r}, wanted {wanted}")


class NotHeldError(ParameterError):
    """A parameter makes sense, but names a city, a place or a territory that is not held here."""


class NotALineError(MappingError, ValueError):
    """A street is something other than a line."""

    def __init__(self, got: str) -> None:
        super().__init__(f"streets: got a {got}, wanted LineString or MultiLineString")


class EmptyNetworkError(MappingError, ValueError):
    """No street has two distinct vertices, so there is nothing to walk on."""

    def __init__(self, line_count: int) -> None:
        super().__init__(f"streets: got {line_count} lines without length, wanted at least one")


class NetworkFileError(MappingError, ValueError):
    """A stored walk network cannot be read: another format, or damaged."""

    def __init__(self, path: Any, got: str) -> None:
        super().__init__(f"{path}: got {got}, wanted a walk network written by this version")


class PackNotFoundError(MappingError, FileNotFoundError):
    """There is no city pack at the given path."""

    def __init__(self, path: Any, wanted: str) -> None:
        super().__init__(f"{path}: got nothing to read, wanted {wanted}")


class UnsafeArchiveError(MappingError, ValueError):
    """A zipped pack would write outside its folder, or unpack to an absurd size."""

    def __init__(self, path: Any, got: str, wanted: str) -> None:
        super().__init__(f"{path}: got {got}, wanted {wanted}")


class PackDescriptorError(MappingError, ValueError):
    """`datapackage.json` says something the import cannot follow; every complaint is listed."""

    def __init__(self, path: Any, complaints: Any) -> None:
        self.complaints = tuple(complaints)
        super().__init__("\n".join([f"{path}:", *(f"  {line}" for line in self.complaints)]))


class MissingResourceError(MappingError, FileNotFoundError):
    """A pack needs a file that is neither in it nor in the data folder."""

    def __init__(self, missing: Any, looked_in: str) -> None:
        self.missing = tuple(missing)
        lines = [f"  {path} — it holds {holds or 'no description'}" for path, holds in self.missing]
        super().__init__("\n".join([f"Required files not found in {looked_in}:", *lines]))


class UnreadableFileError(MappingError, ValueError):
    """A whole file cannot be read: truncated, in another format or encoding."""

    def __init__(self, path: Any, got: str, wanted: str) -> None:
        self.facts = {"file": Path(str(path)).name, "got": got, "wanted": wanted}
        super().__init__(f"{path}: got {got}, wanted {wanted}")


class MissingColumnError(MappingError, KeyError):
    """A descriptor names a column that its file does not have."""

    def __init__(self, path: Any, column: str, present: Any) -> None:
        self.message = f"{path}: wanted a column “{column}”, got {', '.join(present) or 'none'}"
        super().__init__(self.message)

    def __str__(self) -> str:
        return self.message


class BoundaryNotFoundError(MappingError, LookupError):
    """An OpenStreetMap extract does not hold the asked boundary as a whole."""

    def __init__(self, wanted: str, present: Any) -> None:
        names = ", ".join(present) or "none that is complete"
        super().__init__(f"boundary: wanted “{wanted}”, got {names}")


class DownloadError(MappingError, OSError):
    """A file could not be fetched; the reason and what to do about it are in the message."""

    def __init__(self, url: str, got: str, wanted: str) -> None:
        super().__init__(f"{url}: got {got}; {wanted}")


class NoPeopleKnownError(MappingError, ValueError):
    """Nobody has counted this group in this city, so nothing can be said about it."""

    def __init__(self, city: str, group: str) -> None:
        super().__init__(
            f"population of {city}: got no number for the group {group!r}, "
            "wanted people by age in the city pack (age_shares of districts or houses)"
        )


class NoInstitutionsError(MappingError, ValueError):
    """No institution of the kind has a position, so distances to it are not known."""

    def __init__(self, city: str, kind: str, listed: int) -> None:
        super().__init__(
            f"{kind} in {city}: got {listed} listed, none open with a position; wanted at least one"
        )


class NoStreetsError(MappingError, ValueError):
    """The city has no streets, so nothing can be walked."""

    def __init__(self, city: str) -> None:
        super().__init__(f"streets of {city}: got none, wanted a pack with a streets resource")


class UnknownNameError(MappingError, LookupError):
    """A city, kind or group that nobody has heard of; the known ones are listed."""

    def __init__(self, what: str, got: str, known: Any) -> None:
        self.what, self.got, self.known = what, got, tuple(known)
        self.facts = {"what": what, "got": str(got), "known": list(map(str, self.known))}
        names = ", ".join(self.known) or "none yet"
        super().__init__(f"{what}: got {got!r}, wanted one of: {names}")


class MassRemovalError(MappingError, ValueError):
    """An import would remove more of a source's rows than looks like an honest change."""

    def __init__(self, table: str, source: str, removed: int, stored: int, limit: float) -> None:
        super().__init__(
            f"{table} of {source}: {removed} of {stored} rows would vanish, wanted at most "
            f"{limit:.0%}; nothing was changed. If this is meant, repeat with --allow-removal"
        )


class SolverError(MappingError, RuntimeError):
    """The solver gave up for a reason that is neither an answer nor the time limit."""

    def __init__(self, got: str) -> None:
        super().__init__(f"HiGHS: got status {got!r}, wanted an answer or the time limit")


class StopsOffNetworkError(MappingError, ValueError):
    """No stop of a timetable is near a street: the feed is of another place, or the streets are."""

    def __init__(self, stop_count: int) -> None:
        self.facts = {"count": stop_count}
        super().__init__(f"stops: got {stop_count}, none near a street; wanted a feed of this city")


class NoDeparturesError(MappingError, ValueError):
    """Nothing departs within the window, so travelling by timetable has no meaning."""

    def __init__(self, from_s: int, until_s: int) -> None:
        start, end = (f"{s // 3600:02}:{s % 3600 // 60:02}" for s in (from_s, until_s))
        self.facts = {"from": start, "until": end}
        super().__init__(
            f"timetable: got no departure between {start} and {end}, wanted at least one"
        )


class NoServiceError(MappingError, ValueError):
    """Nothing runs on the asked date: the feed's calendar is over, not begun, or has a gap."""

    def __init__(self, path: Any, on: Any, first: Any, last: Any) -> None:
        self.facts = {
            "file": Path(str(path)).name,
            **{name: _iso(day) for name, day in (("on", on), ("first", first), ("last", last))},
        }
        known = f"a date with service from {first} to {last}" if first else "a calendar with dates"
        super().__init__(f"{path}: got no service on {on}, wanted {known}")


class CancelledError(MappingError):
    """Somebody changed their mind while it was being computed."""


class WorkerGoneError(MappingError, RuntimeError):
    """The worker that computed a job has ended before the job did."""

    def __init__(self) -> None:
        super().__init__("job: got a worker that stopped, wanted one that ends it; ask again")


class OffStreetsError(MappingError, ValueError):
    """None of the places in question is near a street, so nobody can walk to them."""

    def __init__(self, what: str, count: int, max_snap_m: float) -> None:
        self.facts = {"what": what, "count": count, "max_snap_m": max_snap_m}
        super().__init__(
            f"{what}: got {count}, none within {max_snap_m:g} m of a street; wanted at least one"
        )


class NotInTimeError(MappingError, RuntimeError):
    """The time given was over before there was any answer."""

    def __init__(self, time_limit_s: float) -> None:
        self.facts = {"time_limit_s": time_limit_s}
        super().__init__(
            f"time limit: got {time_limit_s:g} s and no answer in it; wanted more time, "
            "fewer candidates or more sites"
        )


class NoNormError(MappingError, LookupError):
    """No row of the set of norms binds this city and is sure enough; the reasons are counted."""

    def __init__(self, norm_set: str, kind: str, confidence: str, reasons: Any) -> None:
        counted = {reason: list(reasons).count(reason) for reason in dict.fromkeys(reasons)}
        got = ", ".join(f"{count} {reason}" for reason, count in counted.items()) or "no rows"
        super().__init__(
            f"norms {norm_set!r} for {kind}: got {got}, "
            f"wanted a row for a city of this size with a figure, at least {confidence}"
        )


class NormListError(MappingError, ValueError):
    """A list of norms lacks columns, or rows make no sense; every complaint is listed."""

    def __init__(self, name: Any, complaints: Any) -> None:
        self.complaints = tuple(complaints)
        super().__init__("\n".join([f"{name}:", *(f"  {line}" for line in self.complaints)]))


class ReadOnlyNormSetError(MappingError, PermissionError):
    """The reference set is kept as its acts say; changes go into a copy."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"norm_set: got the reference set {slug!r}, wanted a copy of it to change")


class ChangedMeanwhileError(MappingError, RuntimeError):
    """Somebody has changed the thing since it was read, so a change would overwrite theirs."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}: got a change to an older version, wanted one to the newest")


class TakenNameError(MappingError, ValueError):
    """Something with this name is already there."""

    def __init__(self, what: str, name: str) -> None:
        super().__init__(f"{what}: got {name!r}, which is taken; wanted a new name")


class SchedulerError(MappingError, ConnectionError):
    """The scheduler that should share the work out cannot be reached."""

    def __init__(self, address: str, got: str, wanted: str) -> None:
        super().__init__(f"scheduler {address}: got {got}, wanted {wanted}")


class CodeVersionError(MappingError, RuntimeError):
    """A worker has other code than the one that asks it: its answers would not be the same."""

    def __init__(self, got: str, wanted: str) -> None:
        self.got, self.wanted = got, wanted
        super().__init__(f"code of the worker: got {got}, wanted {wanted}")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.got, self.wanted)


class HoursError(MappingError, ValueError):
    """Opening hours that cannot be read."""

    def __init__(self, got: Any, wanted: str) -> None:
        self.got, self.wanted = got, wanted
        super().__init__(f"opening hours: got {got!r}, wanted {wanted}")


class CountryError(MappingError, ValueError):
    """A country whose public holidays are not known."""

    def __init__(self, got: Any) -> None:
        super().__init__(f"country: got {got!r}, wanted a code of ISO 3166-1 such as RU")


def _iso(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


class NoneOpenError(MappingError, LookupError):
    """No institution of a kind is known to be open at the moment asked about."""

    def __init__(self, city: str, kind: str, moment: str, unknown: int) -> None:
        super().__init__(
            f"{city}: no {kind} is known to be open at {moment} (the hours of {unknown} are not "
            "known); ask about another moment, or add opening hours"
        )
        self.facts = {"moment": moment, "unknown": unknown}


class PhotoError(MappingError, ValueError):
    """A file that cannot become a photo."""

    def __init__(self, got: str, wanted: str) -> None:
        self.got, self.wanted = got, wanted
        super().__init__(f"photo: got {got}, wanted {wanted}")


class NotAPhotoError(PhotoError):
    """A file of another sort, whatever its name says."""

    def __init__(self, name: str) -> None:
        super().__init__(name or "something else", "a picture in JPEG, PNG or WebP")


class BrokenPhotoError(PhotoError):
    """A picture that ends early or is damaged."""

    def __init__(self, name: str) -> None:
        super().__init__(name or "a damaged file", "a whole picture")


class MovingPhotoError(PhotoError):
    """A picture that moves."""

    def __init__(self, name: str) -> None:
        super().__init__(name or "an animation", "a picture that does not move")


class HeavyPhotoError(PhotoError):
    """A file with more bytes than are taken."""

    def __init__(self, got_bytes: int, most_bytes: int) -> None:
        # Rounded up: a hair too much is told as more than is taken.
        self.got_mb, self.most_mb = math.ceil(got_bytes / 2**20), most_bytes // 2**20
        super().__init__(f"{self.got_mb} MB", f"at most {self.most_mb} MB")


class LargePhotoError(PhotoError):
    """A picture with more pixels than are decoded."""

    def __init__(self, size: str, most_pixels: int) -> None:
        super().__init__(f"{size} pixels", f"at most {most_pixels} of them")
        self.size, self.most_megapixels = size, most_pixels // 10**6


class SmallPhotoError(PhotoError):
    """A picture too small to show anything."""

    def __init__(self, size: str, least_px: int) -> None:
        super().__init__(f"{size} pixels", f"at least {least_px} on the shorter side")
        self.size, self.least_px = size, least_px
