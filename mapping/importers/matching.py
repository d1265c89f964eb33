"""Recognising one institution in two lists, though each spells it its own way."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from mapping.importers.addresses import parse_address
from mapping.importers.kinds import KindRecord, root_of
from mapping.importers.records import InstitutionRecord

WORD = re.compile(r"[0-9a-zа-яё]+(?:-[0-9a-zа-яё]+)*")
NAMED_AFTER = re.compile(r"\b(?:им|имени)\b\.?|\bп/р\b")
PARENT_BODY = re.compile(r"(?<=.)\b(?:маук|мбук|мкук|гаук|гбук|мку|мбу)\b.*", re.DOTALL)
"""“филиал «…» МКУК «…»”: what follows is another name, that of the body above."""
ABBREVIATIONS = {"дк": "дом культуры", "дши": "школа искусств", "дмш": "музыкальная школа"}
_EMPTY = """
    здание здания помещение помещения филиал филиала и с в на при со ран маук мбук гаук мкук
    структурного подразделения город города городской городская городского новый корпус
    муниципальный муниципальная государственный государственная государственного
"""
_GENERIC = """
    библиотека центральная районная детская областная специальная дом дворец культуры клуб центр
    музей музейный театр драматический молодёжный концертный комплекс зал галерея парк планетарий
    цирк кинотеатр школа искусств музыкальная творчества семейного чтения района народный
"""
"""Words that institutions of one kind share: alone they tell nothing apart."""
EMPTY_WORDS = frozenset(_EMPTY.split())
STEM_LENGTH = 8
FAR_APART_DEGREES = 0.02
"""One or two kilometres: more than between two gates of a large park."""


@lru_cache(maxsize=4096)
def name_words(name: str) -> frozenset[str]:
    """The words of a name that carry meaning, cut to stems: case endings do not matter."""
    plain = PARENT_BODY.sub("", name.lower().replace("ё", "е").replace("№", " "))
    words = []
    for word in WORD.findall(NAMED_AFTER.sub(" ", plain)):
        words.extend(ABBREVIATIONS.get(word, word).split())
    return frozenset(
        stem(word)
        for word in words
        if word not in EMPTY_WORDS and (len(word) > 1 or word.isdigit())
    )


def stem(word: str) -> str:
    """A Russian word without its ending; short words and numbers stay whole."""
    if word.isdigit() or len(word) < 4:
        return word
    return re.sub(r"[аеёийоуыьэюя]+$", "", word.lower().replace("ё", "е"))[:STEM_LENGTH]


GENERIC_STEMS = frozenset(map(stem, _GENERIC.split()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """A row that was recognised as an institution the pack had already given."""

    resource: str
    row: int
    name: str
    same_as: str
    same_as_key: str
    reason: str


class KnownInstitutions:
    """Institutions met so far, to be recognised when another list names them again."""

    def __init__(self, kinds: Sequence[KindRecord], *, city_words: Sequence[str] = ()) -> None:
        self._kinds = kinds
        self._city_words = tuple(city_words)
        self._city_stems = frozenset(map(stem, city_words))
        self._by_family: dict[str, list[int]] = defaultdict(list)
        self.records: list[InstitutionRecord] = []

    def add(self, record: InstitutionRecord) -> None:
        self._by_family[root_of(record.kind, self._kinds)].append(len(self.records))
        self.records.append(record)

    def recognise(self, record: InstitutionRecord) -> tuple[int, str] | None:
        """
        Number of the institution a record repeats, and why; None when it is a new one.

        Only institutions of the same family of kinds are compared. They are one when street and
        house agree, or when the words of one name hold those of the other and at least one of
        these tells it from others of its kind — unless streets or sure positions contradict.
        """
        for number in self._by_family[root_of(record.kind, self._kinds)]:
            known = self.records[number]
            if self._same_address(known.address, record.address):
                return number, "same address"
            if self._same_name(known, record) and not _far_apart(known, record):
                return number, "same name"
        return None

    def fill_gaps(self, number: int, other: InstitutionRecord, source_title: str) -> None:
        """Give a known institution the position and the address it lacks from its double."""
        known = self.records[number]
        changes: dict[str, object] = {}
        if not known.address and other.address:
            changes["address"] = other.address
        if known.geometry is None and other.geometry is not None:
            how = f"{source_title}: {other.position_source}".rstrip(": ")
            changes |= {
                "geometry": other.geometry,
                "position_accuracy": other.position_accuracy,
                "position_source": how,
            }
        if changes:
            self.records[number] = replace(known, **changes)  # type: ignore[arg-type]

    def _same_address(self, one: str, other: str) -> bool:
        if not one or not other:
            return False
        first = parse_address(one, city_words=self._city_words)
        second = parse_address(other, city_words=self._city_words)
        return (
            first.street is not None
            and second.street is not None
            and first.street.words == second.street.words
            and first.house == second.house
            and bool(first.house)
        )

    def _same_name(self, one: InstitutionRecord, other: InstitutionRecord) -> bool:
        first = name_words(one.name) - self._city_stems
        second = name_words(other.name) - self._city_stems
        own_first, own_second = first - GENERIC_STEMS, second - GENERIC_STEMS
        if not own_first and not own_second:
            # “Библиотека” and “Библиотека” in two houses are two libraries
            return bool(first) and first == second and not self._conflict(one, other, houses=True)
        nested = own_first <= own_second or own_second <= own_first
        shared = any(len(word) > 2 for word in own_first & own_second) or first == second
        return nested and shared and not self._conflict(one, other, houses=False)

    def _conflict(self, one: InstitutionRecord, other: InstitutionRecord, *, houses: bool) -> bool:
        """Whether the addresses cannot be those of one place."""
        first = parse_address(one.address, city_words=self._city_words)
        second = parse_address(other.address, city_words=self._city_words)
        if first.street is None or second.street is None:
            return False
        words, others = first.street.words, second.street.words
        if not (words <= others or others <= words):
            return True
        return houses and bool(first.house and second.house) and first.house != second.house


def _far_apart(one: InstitutionRecord, other: InstitutionRecord) -> bool:
    """Whether two positions that are both sure are too far from each other for one place."""
    sure = {"exact", "building"}
    if one.geometry is None or other.geometry is None:
        return False
    if one.position_accuracy not in sure or other.position_accuracy not in sure:
        return False
    return bool(one.geometry.distance(other.geometry) > FAR_APART_DEGREES)
