"""
Finding things by name: typing mistakes, ё and е, Latin letters and the wrong keyboard forgiven.

The database folds names and what was typed alike (`mapping_fold`) and keeps trigram indexes of
the folded names; what is written here must ask for exactly the expressions that are indexed.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from django.db import connection

from mapping.models import City

CANDIDATES_MOST = 150
"""Of a sort, so many that fit are looked at; a word that fits more is too short to rank by."""
OFFERED_MOST = 12
RANKED_MOST = 40
LIKENESS = 0.42
"""Share of a word's trigrams that must be found for a mistyped word to count."""
FEW = 3
WORDS_MOST = 12
"""The longest addresses have no more words; every further one would be looked for in every row."""
WORD_LEFT_OUT = 0.2
OF_ONE_SORT = 4
"""So many of one sort are offered while there are others to offer."""
_LATIN_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_RUSSIAN_KEYS = "йцукенгшщзхъфывапролджэячсмитьбюё"
_OTHER_KEYBOARD = {
    **str.maketrans(_LATIN_KEYS, _RUSSIAN_KEYS),
    **str.maketrans(_RUSSIAN_KEYS, _LATIN_KEYS),
}


@dataclass(frozen=True, slots=True)
class Source:
    """One sort of things that have names: constants of ours that become SQL."""

    sort: str
    table: str
    text: str
    """The folded name, as it is indexed."""
    label: str = "name"
    label_en: str = "''"
    place: str = "''"
    point: str = "geometry"
    accuracy: str = "'exact'"
    kind: str = "NULL::bigint"
    where: str = "TRUE"
    grouped: bool = False
    """Many rows bear one name: pieces of a street, both sides of a stop."""
    house_counts: bool = True
    """Whether a number in what was typed may be part of the name."""
    weight: float = 0.0
    """What comes first among equals."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something of a name. Degrees are None where nobody knows the position."""

    sort: str
    id: int
    label: str
    label_en: str
    place: str
    lat: float | None
    lon: float | None
    accuracy: str | None
    kind: int | None
    score: float
    district: str | None
    district_en: str | None


SOURCES = (
    Source(
        "institution",
        "mapping_institution",
        "mapping_fold(name || ' ' || name_en || ' ' || address)",
        label_en="name_en",
        place="address",
        point="point",
        accuracy="position_accuracy",
        kind="kind_id",
        where="status <> 'closed' AND kind_id IN "
        "(SELECT id FROM mapping_institutionkind WHERE is_culture)",
        weight=0.3,
    ),
    Source(
        "center",
        "mapping_neighborcenter",
        "mapping_fold(name || ' ' || address)",
        place="address",
        accuracy="position_accuracy",
        weight=0.25,
    ),
    Source(
        "street",
        "mapping_street",
        "mapping_fold(name)",
        accuracy="'street'",
        where="name <> ''",
        grouped=True,
        house_counts=False,
        weight=0.45,
    ),
    Source(
        "street_name",
        "mapping_streetname",
        "mapping_fold(name)",
        accuracy="'street'",
        house_counts=False,
        weight=0.45,
    ),
    Source(
        "stop",
        "mapping_stop",
        "mapping_fold(name || CASE WHEN mode = 'metro' THEN ' метро' ELSE ' остановка' END)",
        kind="CASE WHEN mode = 'metro' THEN 1 ELSE 0 END",
        where="name <> ''",
        grouped=True,
        weight=0.1,
    ),
    Source(
        "house",
        "mapping_populationunit",
        "mapping_fold(address)",
        label="address",
        point="point",
        accuracy="'building'",
        where="address <> ''",
        weight=0.05,
    ),
    Source(
        "district",
        "mapping_district",
        "mapping_fold(name || ' ' || name_en)",
        label_en="name_en",
        point="ST_PointOnSurface(geometry)",
        accuracy="'district'",
        where="valid_to IS NULL",
        weight=0.4,
    ),
    Source(
        "tos",
        "mapping_tosterritory",
        "mapping_fold('тос ' || name)",
        place="district_name",
        point="ST_PointOnSurface(geometry)",
        accuracy="'district'",
        where="valid_to IS NULL",
        weight=0.2,
    ),
)


def find(
    city: City, typed: str, *, limit: int = 10, sources: Sequence[Source] = SOURCES
) -> list[Found]:
    """
    What bears a name like the one typed, the likeliest first.

    Words that begin as typed come first; only where hardly any do, words much like them, and what
    would have been typed on the other keyboard.
    """
    meant, switched = _fold([typed, typed.casefold().translate(_OTHER_KEYBOARD)])
    found = _search(city, meant, sources)
    if not found:
        found = _search(city, switched, sources)
    if len(found) < min(FEW, limit):
        known = {(each.sort, each.id) for each in found}
        like = _search(city, meant, sources, exact=False)
        found += [each for each in like if (each.sort, each.id) not in known]
    return _mixed(found)[:limit]


def _mixed(found: Sequence[Found]) -> list[Found]:
    """The likeliest of every sort before the rest of any."""
    seen: Counter[str] = Counter()
    first, rest = [], []
    for each in found:
        seen[each.sort] += 1
        (first if seen[each.sort] <= OF_ONE_SORT else rest).append(each)
    return first + rest


def _fold(texts: Sequence[str]) -> list[list[str]]:
    """The words of every text as the index has them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT mapping_fold(given) FROM unnest(%s::text[]) WITH ORDINALITY AS typed "
            "(given, number) ORDER BY number",
            [list(texts)],
        )
        return [_words(text) for (text,) in cursor.fetchall()]


def _words(text: str) -> list[str]:
    """A single letter stands for “street” or “house” and tells nothing beside other words."""
    words = list(dict.fromkeys(text.split()))
    telling = [word for word in words if len(word) > 1 or word.isdigit()]
    return (telling or words)[:WORDS_MOST]


def _search(
    city: City, words: Sequence[str], sources: Sequence[Source], *, exact: bool = True
) -> list[Found]:
    if not words:
        return []
    branches: list[str] = []
    params: list[Any] = []
    for source in sources:
        used = words if source.house_counts else _without_house(words)
        lead = source.weight - WORD_LEFT_OUT * (len(words) - len(used))
        sql, given = _branch(source, city, used, lead, exact=exact)
        branches.append(sql)
        params += given
    columns = ", ".join(f"best.{each.name}" for each in fields(Found)[:-2])
    sql = f"""
        SELECT set_config('pg_trgm.word_similarity_threshold', %s, true),
               set_config('jit', 'off', true),
               set_config('max_parallel_workers_per_gather', '0', true);
        SELECT {columns}, district.name, district.name_en
        FROM (
            SELECT * FROM ({" UNION ALL ".join(branches)}) AS every_sort
            ORDER BY score DESC, length(label), label, id
            LIMIT %s
        ) AS best
        LEFT JOIN LATERAL (
            SELECT name, name_en FROM mapping_district
            WHERE city_id = %s AND valid_to IS NULL
              AND ST_Intersects(geometry, ST_SetSRID(ST_Point(best.lon, best.lat), 4326))
            ORDER BY id LIMIT 1
        ) AS district ON TRUE
        ORDER BY best.score DESC, length(best.label), best.label, best.id
    """  # noqa: S608 - sources are constants, what was typed goes as parameters
    with connection.cursor() as cursor:
        cursor.execute(sql, [str(LIKENESS), *params, RANKED_MOST, city.pk])
        return [Found(*row) for row in cursor.fetchall()]


def _without_house(words: Sequence[str]) -> Sequence[str]:
    """A street's name without the number of a house behind it."""
    named = [words[0], *(word for word in words[1:] if not word[0].isdigit())]
    return named if len(named) < len(words) else words


def _branch(
    source: Source, city: City, words: Sequence[str], lead: float, *, exact: bool
) -> tuple[str, list[Any]]:
    """SELECT of one sort: what fits, ranked, with its position."""
    fits, fit_params = _condition(source.text, words, exact=exact)
    score, score_params = _score(words)
    point, identifier, group = source.point, "id", ""
    if source.grouped:
        whole = f"ST_Collect({source.point})"
        point, identifier = f"ST_ClosestPoint({whole}, ST_Centroid({whole}))", "min(id)"
        group = f"GROUP BY {source.label}, {source.kind}, folded"
    sql = f"""(
        SELECT sort, id, label, label_en, place, ST_Y(at) AS lat, ST_X(at) AS lon,
               accuracy, kind, {score} + {lead} AS score
        FROM (
            SELECT '{source.sort}' AS sort, {identifier} AS id, {source.label}::text AS label,
                   {source.label_en}::text AS label_en, {source.place}::text AS place,
                   {point} AS at,
                   {source.accuracy}::text AS accuracy, ({source.kind})::bigint AS kind, folded
            FROM (
                SELECT *, {source.text} AS folded FROM {source.table}
                WHERE city_id = %s AND {source.where} AND {fits} LIMIT {CANDIDATES_MOST}
            ) AS candidate
            {group}
        ) AS named
        ORDER BY score DESC, length(label), id LIMIT %s
    )"""  # noqa: S608 - as above
    return sql, [*score_params, city.pk, *fit_params, OFFERED_MOST]


def _condition(text: str, words: Iterable[str], *, exact: bool) -> tuple[str, list[str]]:
    """Every word begins a word of the name; where that is too strict, is much like one."""
    parts, params = [], []
    for word in words:
        if exact or len(word) < FEW + 1 or word[0].isdigit():
            parts.append(f"{text} LIKE %s")
            params.append(f"% {_escaped(word)}%")
        else:
            parts.append(f"%s <%% {text}")
            params.append(word)
    return f"({' AND '.join(parts)})", params


def _score(words: Sequence[str]) -> tuple[str, list[str]]:
    """Begins as typed, holds all that was typed in a row, holds whole words of it, is like it."""
    phrase = " ".join(words)
    terms = [
        "(folded LIKE %s)::int * 0.25",
        "(folded LIKE %s)::int * 0.7",
        *("(folded || ' ' LIKE %s)::int * 0.4" for _ in words),
        "word_similarity(%s, folded)",
    ]
    params = [
        f" {_escaped(phrase)}%",
        f"% {_escaped(phrase)}%",
        *(f"% {_escaped(word)} %" for word in words),
        phrase,
    ]
    return f"({' + '.join(terms)})", params


def _escaped(word: str) -> str:
    return re.sub(r"([%_\\])", r"\\\1", word)
