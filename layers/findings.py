"""What each measure found, said in a sentence and in figures, from the summary of its run."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from layers import fields, moments, timetables, wording
from layers.sheets import ColumnKind
from layers.tables import source_line
from mapping.models import AnalysisRun, InstitutionKind, NormSet
from mapping.queries.institutions import branch_ids, find_kind
from mapping.queries.layers import coverage_inputs, sources_of

ALL_KINDS = "all"
PER_PEOPLE = 1000

FIGURES: Mapping[str, tuple[Any, ColumnKind]] = {
    "people": (lazy("People counted"), "count"),
    "people_unknown": (lazy("People without a known path"), "count"),
    "no_path": (lazy("People without a known path"), "count"),
    "people_without": (lazy("People without access"), "count"),
    "people_without_any": (lazy("People with nothing in reach"), "count"),
    "mean": (lazy("Mean access"), "number"),
    "median": (lazy("Median access"), "number"),
    "supply_total": (lazy("Capacity in all"), "count"),
    "supply_unreached": (lazy("Capacity that nobody reaches"), "count"),
    "default_capacity_count": (lazy("Institutions whose capacity is assumed"), "count"),
    "gini": (lazy("Gini index"), "number"),
    "theil": (lazy("Theil index"), "number"),
    "theil_between": (lazy("of it between territories"), "number"),
    "theil_within": (lazy("of it within territories"), "number"),
    "palma": (lazy("Palma ratio"), "number"),
    "norms": (lazy("Norms that apply"), "count"),
    "short_norms": (lazy("Norms the city falls short of"), "count"),
    "unknown_norms": (lazy("Norms of which nothing certain is known"), "count"),
    "institutions": (lazy("Institutions"), "count"),
    "institutions_median": (lazy("Institutions in reach, median"), "number"),
    "kinds_median": (lazy("Kinds in reach, median"), "number"),
    "diversity_mean": (lazy("Diversity, 0 to 1"), "number"),
    "people_median": (lazy("People within the walk, median institution"), "count"),
    "people_most": (lazy("People within the walk, largest"), "count"),
    "before": (lazy("Mean way today, minutes"), "number"),
    "objective": (lazy("Mean way with the places, minutes"), "number"),
    "picks": (lazy("Places chosen"), "count"),
    "candidates": (lazy("Candidates"), "count"),
    "open": (lazy("Open already"), "count"),
    "added": (lazy("People added"), "count"),
    "covered_before": (lazy("Within reach today"), "count"),
    "people_out_of_reach": (lazy("People whom no candidate reaches"), "count"),
    "count": (lazy("White spots"), "count"),
    "people_uncovered": (lazy("People too far in all"), "count"),
    "people_scattered": (lazy("People too far outside the spots"), "count"),
    "covered": (lazy("Within reach"), "count"),
    "uncovered": (lazy("Too far"), "count"),
    "share": (lazy("Share within reach"), "share"),
    "low": (lazy("At the least"), "share"),
    "high": (lazy("At the most"), "share"),
    "median_minutes": (lazy("Median way"), "minutes"),
    "late_minutes": (lazy("Median way on an unlucky departure"), "minutes"),
    "walk_share": (lazy("Share within reach on foot alone"), "share"),
    "walk_median_minutes": (lazy("Median way on foot alone"), "minutes"),
    "gained": (lazy("People who come within reach by riding"), "count"),
    "quicker": (lazy("People who save time by riding"), "count"),
    "mean_minutes": (lazy("Mean way"), "minutes"),
    "worst_minutes": (lazy("Longest way"), "minutes"),
    "gap": (lazy("Largest possible distance from the best answer"), "share"),
    "false_in": (lazy("Drawn inside, but farther"), "share"),
    "false_out": (lazy("Drawn outside, but nearer"), "share"),
}
NOTES = {
    "gini": lazy("0 — everybody has the same, 1 — one has everything"),
    "palma": lazy("what the best-off 10 % have over what the worst-off 40 % have"),
    "diversity_mean": lazy("0 — one kind only, nearer to 1 — many kinds in equal parts"),
    "supply_total": lazy("of the institutions of the kind, in places or units"),
    "false_in": lazy("areas are for looking; people are counted by their own minutes"),
}


def headline(run: AnalysisRun, table: str = "") -> str:
    """The finding of a run in one sentence, or two."""
    if run.analysis == AnalysisRun.Analysis.COVERAGE:
        found = wording.headline(run, table or "district")
        moment = moments.heading(run)
        return f"{moment}: {wording.inside_sentence(found)}" if moment else found
    said = _HEADLINES.get(run.analysis)
    return said(run) if said else AnalysisRun.Analysis(run.analysis).label.capitalize()


def figures_of(run: AnalysisRun, table: str = "") -> dict[str, Any]:
    """Headline figures: numbers, or None for what is not known; of coverage, those of a level."""
    if run.analysis == AnalysisRun.Analysis.COVERAGE:
        return run.summary["totals"][table or "district"]
    return run.summary.get("headline", {})


def facts(run: AnalysisRun, table: str = "") -> list[dict[str, str]]:
    """Headline figures in words, those nobody knows said so."""
    figures = figures_of(run, table)
    given = {key: value for key, value in figures.items() if _is_said(run, key, value)}
    return [
        {
            "key": key,
            "label": _label(run, key, label),
            "value": _say(kind, _scaled(run, key, given[key])),
            "note": _note(key, given),
        }
        for key, (label, kind) in FIGURES.items()
        if key in given
    ]


def _note(key: str, given: Mapping[str, Any]) -> str:
    """What a figure means; of the one nobody can divide by, why."""
    if key == "palma" and given[key] is None and given.get("gini") is not None:
        return _("not defined: the worst-off 40 % have nothing")
    return str(NOTES.get(key, ""))


def _scaled(run: AnalysisRun, key: str, value: Any) -> Any:
    """Shared capacity per 1,000 people, as the headline says it; of one person it is a speck."""
    return value * PER_PEOPLE if value is not None and _is_per_people(run, key) else value


def _is_per_people(run: AnalysisRun, key: str) -> bool:
    return key in ("mean", "median") and shares_capacity(run)


def shares_capacity(run: AnalysisRun) -> bool:
    """Whether access is capacity shared among people, not all that one of them reaches."""
    measures = (AnalysisRun.Analysis.ACCESSIBILITY, AnalysisRun.Analysis.EQUITY)
    return run.analysis in measures and run.parameters.get("method") != "cumulative"


# Where a figure means something narrower than its name.
NARROWER = {
    ("white_spots", "people"): lazy("People in white spots"),
    ("accessibility", "people_without"): lazy("People who reach no capacity"),
}
PER_PEOPLE_LABELS = {
    "mean": lazy("Mean access, capacity per 1,000 people"),
    "median": lazy("Median access, capacity per 1,000 people"),
}


LONGEST_LABELS = {
    "before": lazy("Longest way today, minutes"),
    "objective": lazy("Longest way with the places, minutes"),
}


def _label(run: AnalysisRun, key: str, usual: Any) -> str:
    if run.parameters.get("objective") == "p_centre" and key in LONGEST_LABELS:
        return str(LONGEST_LABELS[key])
    if _is_per_people(run, key):
        return str(PER_PEOPLE_LABELS[key])
    return str(NARROWER.get((run.analysis, key), usual))


# What would only be a second word for a figure that stands there already.
UNSAID = {("uncertainty", "median"), ("service_areas", "institutions")}
# Figures of what is missing say something only where something is.
ONLY_SOME = frozenset({"people_unknown", "no_path", "supply_unreached", "default_capacity_count"})
# Without a timetable everybody walks: riding would only repeat the figures or say nought.
OF_RIDING = frozenset({"late_minutes", "walk_share", "walk_median_minutes", "gained", "quicker"})
# Of a choice of places: figures of the people within the minutes, and those of the minutes.
OF_COVER = frozenset({"covered", "covered_before", "added", "share"})
OF_MINUTES = frozenset({"before", "objective"})


def _is_said(run: AnalysisRun, key: str, value: Any) -> bool:
    if isinstance(value, list) or (run.analysis, key) in UNSAID:
        return False
    if key in ONLY_SOME and not value:
        return False
    if key in OF_RIDING and not run.summary.get("timetable"):
        return False
    if run.analysis != AnalysisRun.Analysis.SITING:
        return True
    is_answered = run.summary["headline"]["status"] != "infeasible"
    if value is None and (key == "before" or not is_answered):
        return False
    covers = run.parameters.get("objective") in fields.COVERING
    return key not in (OF_MINUTES if covers else OF_COVER)


def _say(kind: ColumnKind, value: float | None) -> str:
    if value is None:
        return _("not known")
    say: Mapping[str, Callable[[float], str]] = {
        "count": wording.number,
        "share": wording.percent,
        "minutes": wording.walk_minutes,
    }
    return say.get(kind, wording.quantity)(value)


def kind_of(run: AnalysisRun) -> InstitutionKind | None:
    """The kind that was asked about; None for all of them."""
    code = run.parameters.get("kind", ALL_KINDS)
    return None if code in (ALL_KINDS, "") else find_kind(code)


def _of_kinds(run: AnalysisRun) -> str:
    """«библиотек», “libraries”; institutions of culture where every kind counts."""
    kind = kind_of(run)
    return kind.genitive_label if kind else _("institutions of culture")


def _words(run: AnalysisRun) -> dict[str, str]:
    """Words of the question that sentences are made of."""
    group = run.parameters.get("group", "all")
    return {
        "kinds": _of_kinds(run),
        "group": str(wording.GROUPS_OF.get(group, group)),
        "minutes": f"{run.parameters.get('minutes', 0):g}",
    }


def _accessibility(run: AnalysisRun) -> str:
    given = run.summary["headline"]
    if given["mean"] is None:
        return _("Nobody can be counted: no population with a path is known here.")
    if run.summary.get("unit") == "capacity":
        said = _(
            "Within %(minutes)s minutes' walk a person reaches on average %(mean)s units of "
            "capacity of %(kinds)s; %(without)s people reach none."
        )
        mean = given["mean"]
    else:
        said = _(
            "Shared among all who can walk there within %(minutes)s minutes, %(kinds)s offer on "
            "average %(mean)s units of capacity per 1,000 people; %(without)s people reach none."
        )
        mean = given["mean"] * PER_PEOPLE
    return said % {
        **_words(run),
        "mean": wording.quantity(mean),
        "without": wording.number(given["people_without"]),
    }


def _provision(run: AnalysisRun) -> str:
    given = run.summary["headline"]
    if not given["norms"]:
        return _("No norm of the set applies to this city and these kinds.")
    said = ngettext(
        "The city falls short of %(short)s of the %(norms)s norm that applies.",
        "The city falls short of %(short)s of the %(norms)s norms that apply.",
        given["norms"],
    ) % {"short": given["short_norms"], "norms": given["norms"]}
    if not given["unknown_norms"]:
        return said
    unknown = ngettext(
        "Of %(unknown)s nothing certain can be said: our list is incomplete.",
        "Of %(unknown)s nothing certain can be said: our lists are incomplete.",
        given["unknown_norms"],
    )
    return f"{said} {unknown % {'unknown': given['unknown_norms']}}"


def _equity(run: AnalysisRun) -> str:
    given = run.summary["headline"]
    if given["gini"] is None:
        return _("Inequality is not defined: nobody has any access to %(kinds)s.") % _words(run)
    said = _(
        "Access to %(kinds)s is shared with a Gini index of %(gini)s: "
        "0 means the same for everybody, 1 means everything for one."
    ) % {**_words(run), "gini": wording.quantity(given["gini"])}
    if not given.get("theil"):
        return said
    between = wording.percent(given["theil_between"] / given["theil"])
    return f"{said} " + _("Between territories lies %(between)s of the inequality.") % {
        "between": between
    }


def _choice(run: AnalysisRun) -> str:
    given = run.summary["headline"]
    if given["kinds_median"] is None:
        return _("Nobody can be counted: no population with a path is known here.")
    if not given["institutions_median"]:
        return _(
            "More than half %(group)s have nothing to choose from within %(minutes)s minutes' "
            "walk: %(without)s people."
        ) % {**_words(run), "without": wording.number(given["people_without_any"])}
    return _(
        "Half %(group)s have at least %(institutions)s institutions of %(kinds_number)s kinds "
        "within %(minutes)s minutes' walk; %(without)s people have nothing."
    ) % {
        **_words(run),
        "institutions": wording.quantity(given["institutions_median"]),
        "kinds_number": wording.quantity(given["kinds_median"]),
        "without": wording.number(given["people_without_any"]),
    }


def _audience(run: AnalysisRun) -> str:
    given = run.summary["headline"]
    return _(
        "Half of %(kinds)s have at least %(median)s people within %(minutes)s minutes' walk; "
        "the largest audience is %(most)s."
    ) % {
        **_words(run),
        "median": wording.number(given["people_median"]),
        "most": wording.number(given["people_most"]),
    }


def _white_spots(run: AnalysisRun) -> str:
    given = run.summary["headline"]
    if not given["count"]:
        return _("No white spots: nowhere do that many people live together too far away.")
    return ngettext(
        "%(count)s white spot: %(people)s people live together farther than %(minutes)s "
        "minutes' walk from %(kinds)s.",
        "%(count)s white spots: %(people)s people live together farther than %(minutes)s "
        "minutes' walk from %(kinds)s.",
        given["count"],
    ) % {
        **_words(run),
        "count": given["count"],
        "people": wording.number(given["people"]),
    }


def _uncertainty(run: AnalysisRun) -> str:
    given = run.summary["headline"]
    if given["share"] is None:
        return _("Nobody can be counted: no population with a path is known here.")
    return _(
        "%(share)s (%(low)s to %(high)s) %(group)s live within %(minutes)s minutes' walk "
        "of %(kinds)s, allowing for what is uncertain."
    ) % {**_words(run), **{key: wording.percent(given[key]) for key in ("share", "low", "high")}}


def _service_areas(run: AnalysisRun) -> str:
    bands = ", ".join(f"{band:g}" for band in run.parameters.get("bands", []))
    return _("How far one walks to %(kinds)s: %(bands)s minutes over the street network.") % {
        **_words(run),
        "bands": bands,
    }


def _siting(run: AnalysisRun) -> str:
    """What was asked for is what is said: people, mean or longest minutes, or places."""
    given = run.summary["headline"]
    if given["status"] == "infeasible":
        return _no_choice(run.summary.get("reason"))
    gap = {"gap": wording.percent(given["gap"])}
    said = _AIMS[run.parameters["objective"]](run)
    return f"{said} {_proof(given['gap']) % gap}"


def _no_choice(reason: Mapping[str, Any] | None) -> str:
    """Why no choice does what was asked, and what would."""
    if not reason or reason["code"] != "too_few_sites":
        return _("No choice of places does what was asked.")
    said = ngettext(
        "%(sites)s place cannot bring everybody within %(minutes)s minutes' walk: "
        "it takes at least %(least)s.",
        "%(sites)s places cannot bring everybody within %(minutes)s minutes' walk: "
        "it takes at least %(least)s.",
        reason["sites"],
    )
    return said % {
        "sites": reason["sites"],
        "minutes": f"{reason['cutoff_minutes']:g}",
        "least": wording.number(reason["least_sites"]),
    }


def _most_people(run: AnalysisRun) -> str:
    given = run.summary["headline"]
    return ngettext(
        "%(picks)s place out of %(candidates)s adds %(added)s people: "
        "%(share)s %(group)s are then within %(minutes)s minutes' walk.",
        "%(picks)s places out of %(candidates)s add %(added)s people: "
        "%(share)s %(group)s are then within %(minutes)s minutes' walk.",
        given["picks"],
    ) % {
        **_words(run),
        **_places(given),
        "share": wording.percent(given["share"]),
        "added": wording.number(given["added"]),
    }


def _fewest_places(run: AnalysisRun) -> str:
    given = run.summary["headline"]
    said = ngettext(
        "%(picks)s place out of %(candidates)s is enough for everybody whom any of them has "
        "within %(minutes)s minutes' walk: %(share)s %(group)s.",
        "%(picks)s places out of %(candidates)s are enough for everybody whom any of them has "
        "within %(minutes)s minutes' walk: %(share)s %(group)s.",
        given["picks"],
    )
    share = wording.percent(given["share"])
    return said % {**_words(run), **_places(given), "share": share}


def _shortest_mean(run: AnalysisRun) -> str:
    given = run.summary["headline"]
    if given["before"] is None:
        said = ngettext(
            "With %(picks)s place out of %(candidates)s the mean way of %(people)s people is "
            "%(after)s minutes.",
            "With %(picks)s places out of %(candidates)s the mean way of %(people)s people is "
            "%(after)s minutes.",
            given["picks"],
        )
    else:
        said = ngettext(
            "With %(picks)s place out of %(candidates)s the mean way of %(people)s people becomes "
            "%(after)s minutes instead of %(before)s.",
            "With %(picks)s places out of %(candidates)s the mean way of %(people)s people becomes "
            "%(after)s minutes instead of %(before)s.",
            given["picks"],
        )
    return said % _minutes_of(given)


def _shortest_longest(run: AnalysisRun) -> str:
    given = run.summary["headline"]
    if given["before"] is None:
        said = ngettext(
            "With %(picks)s place out of %(candidates)s the longest way of %(people)s people is "
            "%(after)s minutes.",
            "With %(picks)s places out of %(candidates)s the longest way of %(people)s people is "
            "%(after)s minutes.",
            given["picks"],
        )
    else:
        said = ngettext(
            "With %(picks)s place out of %(candidates)s the longest way of %(people)s people "
            "becomes %(after)s minutes instead of %(before)s.",
            "With %(picks)s places out of %(candidates)s the longest way of %(people)s people "
            "becomes %(after)s minutes instead of %(before)s.",
            given["picks"],
        )
    return said % _minutes_of(given)


def _places(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"picks": given["picks"], "candidates": given["candidates"]}


def _minutes_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """Minutes before and after, and of whom: those whom no candidate reaches are left out."""
    return {
        **_places(given),
        "people": wording.number(given["people"] - given["people_out_of_reach"]),
        "after": wording.quantity(given["objective"]),
        "before": wording.quantity(given["before"]),
    }


_AIMS: Mapping[str, Callable[[AnalysisRun], str]] = {
    "mclp": _most_people,
    "lscp": _fewest_places,
    "p_median": _shortest_mean,
    "p_centre": _shortest_longest,
}


def _proof(gap: float | None) -> str:
    """How near the best possible answer this one is."""
    if gap is None:
        return _("How near this is to the best choice is not known.")
    if gap == 0:
        return _("Proven: no other choice is better.")
    return _("A better choice could gain at most %(gap)s.")


def _transit(run: AnalysisRun) -> str:
    given = run.summary["headline"]
    if given["covered"] and round(given["uncovered"]) == 0:
        said = _(
            "Everybody counted reaches %(kinds)s within %(minutes)s minutes from door to door."
        ) % _words(run)
        return said if run.summary.get("timetable") else f"{said} {_on_foot_alone()}"
    said = _(
        "%(share)s %(group)s reach %(kinds)s within %(minutes)s minutes from door to door; "
        "%(rest)s do not."
    ) % {
        **_words(run),
        "share": wording.percent(given["share"]),
        "rest": wording.number(given["uncovered"]),
    }
    if run.summary.get("timetable"):
        return said
    return f"{said} {_on_foot_alone()}"


def _on_foot_alone() -> str:
    return _("There is no timetable for this city, so all of this is walking.")


_HEADLINES: Mapping[str, Callable[[AnalysisRun], str]] = {
    "accessibility": _accessibility,
    "provision": _provision,
    "equity": _equity,
    "choice": _choice,
    "audience": _audience,
    "white_spots": _white_spots,
    "uncertainty": _uncertainty,
    "service_areas": _service_areas,
    "siting": _siting,
    "transit": _transit,
}


def parameters(run: AnalysisRun) -> list[tuple[str, str]]:
    """How it was asked: every field of the question with its value in words."""
    measure = run.analysis
    return [
        (str(fields.field(name, measure).label), parameter_words(name, value, measure))
        for name, value in run.parameters.items()
        if name != "mode"
        and value not in ("", None, [])
        and fields.belongs(name, measure, run.parameters)
    ]


def parameter_words(name: str, value: Any, measure: str = "") -> str:
    """A value of a question as the reader calls it; kinds and sets of norms by their names."""
    if name == "kind":
        return _("every kind") if value == ALL_KINDS else find_kind(value).plural_label
    if name == "fixed_kind":
        return _kind_words(str(value))
    if name == "candidates":
        return _candidate_words(str(value))
    if name == "norm_set":
        named = NormSet.objects.filter(slug=value).values_list("name", flat=True).first()
        return named or str(value)
    return fields.said(name, value, measure)


def _kind_words(codes: str) -> str:
    """Kinds by their names; a code nobody knows any more stays a code."""
    wanted = codes.split(",")
    known = {kind.code: kind.plural_label for kind in InstitutionKind.objects.all()}
    return ", ".join(known.get(code, code) for code in wanted)


def _candidate_words(text: str) -> str:
    """Where something could open, which forms and commands write as `existing:library|points:…`."""
    if "|" in text:
        return "; ".join(map(_candidate_words, filter(None, text.split("|"))))
    sort, _colon, rest = text.partition(":")
    if sort == "existing":
        every = _("institutions of culture of every kind")
        return every if rest == ALL_KINDS else _kind_words(rest)
    if sort == "institutions":
        number = len(rest.split(","))
        said = ngettext("%(number)s chosen institution", "%(number)s chosen institutions", number)
        return said % {"number": number}
    if sort == "points":
        number = len(rest.split(";"))
        said = ngettext("%(number)s point on the map", "%(number)s points on the map", number)
        return said % {"number": number}
    return text


def mark_codes(run: AnalysisRun, table: str = "") -> list[str]:
    """What a reader must know before trusting the figures, in the usual order."""
    if run.analysis == AnalysisRun.Analysis.COVERAGE:
        return wording.mark_codes(run, table or "district")
    known = run.summary.get("completeness") or {}
    listed = known.get("listed", 0)
    wanted = listed if known.get("official") is None else known["official"]
    true = {
        **run.summary.get("marks", {}),
        "unconfirmed": run.rows.filter(values__confidence="unconfirmed").exists(),
        "incomplete": known.get("located", 0) < wanted,
    }
    return [code for code in wording.MARKS if true.get(code)]


def marks(run: AnalysisRun, table: str = "") -> list[dict[str, str]]:
    """The marks of a run in words."""
    return [wording.mark(code) for code in mark_codes(run, table)]


def completeness(run: AnalysisRun) -> dict[str, Any] | None:
    """How many institutions the figures rest on; None where none were counted."""
    known = run.summary.get("completeness")
    if not known:
        return _candidates(run)
    text = wording.completeness(
        located=known["located"],
        listed=known["listed"],
        official=known["official"],
        kind_plural=_of_kinds(run),
    )
    return {**known, "text": text}


def _candidates(run: AnalysisRun) -> dict[str, Any] | None:
    """Where something could open: how many there are, and how well their place is known."""
    known = run.summary.get("candidates")
    if not known:
        return None
    said = ngettext(
        "%(located)s of %(listed)s candidate has a position; %(approximate)s only to the street "
        "or the district",
        "%(located)s of %(listed)s candidates have a position; %(approximate)s only to the street "
        "or the district",
        known["listed"],
    )
    return {"official": None, **known, "text": said % known}


def unknown(run: AnalysisRun, table: str = "") -> list[str]:
    """What could not be counted, in sentences; nothing where everything was."""
    units, network = run.summary.get("units", {}), run.summary.get("network", {})
    given = figures_of(run, table)
    counts = (
        (
            given.get("no_path"),
            _("Without a path to any institution of the kind: %(number)s people."),
        ),
        (given.get("people_unknown"), _("People without a known path: %(number)s.")),
        (
            units.get("without_population"),
            _("Houses without a known number of people: %(number)s."),
        ),
        (units.get("off_streets"), _("Houses too far from any street: %(number)s.")),
        (
            network.get("dropped_length_km"),
            _("Streets cut off from the network and left out: %(number)s km."),
        ),
    )
    said = [text % {"number": wording.number(value)} for value, text in counts if round(value or 0)]
    return [*moments.lines_of_run(run), *timetables.remarks(run), *said]


def source_lines(run: AnalysisRun) -> list[str]:
    """Sources with their licences, a line each."""
    return [source_line(each) for each in sources(run)]


def sources(run: AnalysisRun) -> Any:
    """Where everything that the run was computed from was taken."""
    kind = kind_of(run)
    ids = branch_ids(kind) if kind else _weighed_kinds(run).values_list("pk", flat=True)
    return sources_of(coverage_inputs(run.city, list(ids)))


def _weighed_kinds(run: AnalysisRun) -> QuerySet[InstitutionKind]:
    """Every kind of culture; a choice of places may be out of other buildings too."""
    kinds = InstitutionKind.objects.all()
    is_siting = run.analysis == AnalysisRun.Analysis.SITING
    return kinds if is_siting else kinds.filter(is_culture=True)
