"""Why something has no answer, in the reader's words: of an error now, or of a job that failed."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from layers import fields, http, moments, wording
from mapping.errors import MappingError, ParameterError, UnknownNameError
from mapping.models import Job

Facts = Mapping[str, Any]


def complaint(error: MappingError) -> str:
    """Why a question is not answered, and what to do."""
    if isinstance(getattr(error, "wanted", None), http.Wanted):
        return http.complaint(error)
    return _worded(type(error).__name__, error.facts) or _unworded(str(error))


def of_job(job: Job) -> str:
    """Why a job failed; nothing where it did not."""
    if job.status != Job.Status.FAILED:
        return ""
    failure = job.failure or {}
    if not failure.get("error"):
        return unexpected()
    return _worded(failure["error"], failure["facts"]) or _unworded(job.message)


def unexpected() -> str:
    """What happened, what was kept, what to do, where the fault is ours."""
    return _(
        "Something broke on our side while this was being calculated, and it has been written "
        "down. Nothing was stored: earlier answers stay as they were. Please calculate again; if "
        "it breaks once more, tell those who keep this service."
    )


def _unworded(message: str) -> str:
    """Errors that only an English log describes are told plainly in other languages."""
    if http.language() == "en":
        return message
    return _("The data that are loaded do not allow to calculate this. Nothing was stored.")


def _worded(error: str, facts: Facts) -> str:
    say = _WORDS.get(error)
    return say(facts) if say else ""


def _no_institutions(facts: Facts) -> str:
    return _("No open institution of this kind has a position yet. Choose another kind.")


def _none_open(facts: Facts) -> str:
    said = _(
        "None of these is known to be open %(moment)s; of unknown hours: %(number)s. "
        "Choose another moment."
    )
    words = {"moment": moments.said(facts["moment"]), "number": wording.number(facts["unknown"])}
    return said % words


def _no_people(facts: Facts) -> str:
    return _("Nobody has counted these people in this city. Choose all residents.")


def _no_streets(facts: Facts) -> str:
    return _("The city has no streets yet, so nobody can walk there. Load its streets first.")


def _no_norm(facts: Facts) -> str:
    return _(
        "No norm of this set fits the city and these kinds. Choose another set, or take less "
        "certain norms too."
    )


def _stops_off_network(facts: Facts) -> str:
    return ngettext(
        "The %(count)s stop of the timetable is nowhere near a street of this city: "
        "this looks like the timetable of another place.",
        "None of the %(count)s stops of the timetable is near a street of this city: "
        "this looks like the timetable of another place.",
        facts["count"],
    ) % {"count": wording.number(facts["count"])}


def _no_departures(facts: Facts) -> str:
    return _("Nothing departs from %(from)s to %(until)s. Choose another time.") % facts


def _no_service(facts: Facts) -> str:
    if not facts["first"]:
        return _("The timetable names no day on which anything runs. Choose another timetable.")
    return _(
        "Nothing runs on %(on)s: the timetable is valid from %(first)s to %(last)s. "
        "Choose a day among them."
    ) % {name: wording.day(facts[name]) for name in ("on", "first", "last")}


def _unreadable(facts: Facts) -> str:
    return _("The file %(file)s cannot be read: it is damaged or of another kind.") % facts


def _off_streets(facts: Facts) -> str:
    return _(
        "None of the places to choose from is within %(metres)s m of a street. "
        "Choose other places, or allow a longer distance."
    ) % {"metres": wording.trimmed(facts["max_snap_m"])}


def _not_in_time(facts: Facts) -> str:
    return _(
        "No answer was found in %(seconds)s s. Allow more time, "
        "fewer places to choose from or more places to open."
    ) % {"seconds": wording.trimmed(facts["time_limit_s"])}


def _worker_gone(facts: Facts) -> str:
    return _(
        "The calculation stopped half way: the program that was doing it has ended. Nothing was "
        "stored: earlier answers stay as they were. Please calculate again."
    )


def _unknown_name(facts: Facts) -> str:
    error = UnknownNameError(_called(facts["what"]), facts["got"], facts["known"])
    return http.complaint(error)


def _parameter(facts: Facts) -> str:
    field = fields.FIELDS.get(facts["name"])
    wanted = _readable(str(facts["wanted"]))
    if field and field.low is not None and field.high is not None:
        template, bounds = "a number from {low} to {high}", (field.low, field.high)
        low, high = map(wording.trimmed, bounds)
        wanted = http.Wanted(template, low=low, high=high)
    return http.complaint(ParameterError(_called(facts["name"]), _got(facts["got"]), wanted))


# What questions want, as their errors write it, and the same as a text that can be translated.
_WANTED = (
    (
        r"more than (?P<low>\S+), at most (?P<high>\S+)",
        gettext_noop("more than {low}, at most {high}"),
    ),
    (r"a number", gettext_noop("a number")),
    (r"a whole number", gettext_noop("a whole number")),
    (r"zero or more", gettext_noop("zero or more")),
    (r"a value", gettext_noop("a value")),
    (r"a date as 2026-03-31", gettext_noop("a date as 2026-03-31")),
    (r"a time as 08:00", gettext_noop("a time as 08:00")),
    (r"a time from 00:00 to (?P<last>\S+)", gettext_noop("a time from 00:00 to {last}")),
    (r"later than (?P<first>\S+)", gettext_noop("later than {first}")),
    (r"at most six hours later", gettext_noop("at most six hours later")),
    (
        r"a weekday and a time, such as sa-18:00, or nothing",
        gettext_noop("a weekday and a time, such as sa-18:00, or nothing"),
    ),
    (r"different minutes, ascending", gettext_noop("different minutes, ascending")),
    (
        r"latitude and longitude in degrees, e.g. 55.03,82.92",
        gettext_noop("latitude and longitude in degrees, e.g. 55.03,82.92"),
    ),
    (r"ids of institutions, e.g. 12,15", gettext_noop("ids of institutions, e.g. 12,15")),
)


def _readable(wanted: str) -> str:
    """What was wanted, able to say itself in other languages where it is known."""
    for pattern, template in _WANTED:
        found = re.fullmatch(pattern, wanted)
        if found:
            return http.Wanted(template, **found.groupdict())
    return wanted


def _got(said: str) -> str:
    """A number without the decimals that reading it has added; anything else as it came."""
    whole = re.fullmatch(r"(-?\d+)\.0", said)
    return whole[1] if whole else said


def _called(name: str) -> str:
    """A parameter as its field is labelled; names of addresses are known to `http`."""
    if name in http.PARAMETERS or name not in fields.FIELDS:
        return name
    return str(fields.FIELDS[name].label)


_WORDS: Mapping[str, Callable[[Facts], str]] = {
    "NoInstitutionsError": _no_institutions,
    "NoPeopleKnownError": _no_people,
    "NoneOpenError": _none_open,
    "NoStreetsError": _no_streets,
    "EmptyNetworkError": _no_streets,
    "NoNormError": _no_norm,
    "StopsOffNetworkError": _stops_off_network,
    "NoDeparturesError": _no_departures,
    "NoServiceError": _no_service,
    "UnreadableFileError": _unreadable,
    "OffStreetsError": _off_streets,
    "NotInTimeError": _not_in_time,
    "WorkerGoneError": _worker_gone,
    "UnknownNameError": _unknown_name,
    "ParameterError": _parameter,
}
