"""Russian addresses: the same street and house written in many ways become one key."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

STREET_TYPES = {
    "улица": ("улица", "ул"),
    "проспект": ("проспект", "просп", "пр-кт", "пр-т", "п-кт"),
    "переулок": ("переулок", "пер"),
    "проезд": ("проезд", "пр-д", "п-д"),
    "бульвар": ("бульвар", "бул", "б-р"),
    "шоссе": ("шоссе", "ш"),
    "площадь": ("площадь", "пл"),
    "набережная": ("набережная", "наб"),
    "тракт": ("тракт",),
    "магистраль": ("магистраль",),
    "тупик": ("тупик", "туп"),
    "микрорайон": ("микрорайон", "мкр", "мкрн", "жилмассив", "ж/м"),
    "квартал": ("квартал", "кв-л"),
    "аллея": ("аллея",),
    "спуск": ("спуск",),
    "сквер": ("сквер",),
}
TYPE_OF_WORD = {word: name for name, words in STREET_TYPES.items() for word in words}
AVENUE_OR_PASSAGE = "пр"
"""“пр.” stands for проспект and for проезд alike."""
SETTLEMENT_WORDS = frozenset(
    {"пос", "посёлок", "поселок", "с", "село", "д", "деревня", "рп", "пгт", "ст", "снт", "станица"}
)
CITY_WORDS = frozenset({"г", "гор", "город", "россия", "рф", "обл", "область", "край", "район"})
TOKEN = re.compile(r"[0-9a-zа-яё]+(?:[-/][0-9a-zа-яё]+)*")
ORDINAL = re.compile(r"^(\d+)-?(?:й|я|е|ый|ая|ой|ий|го|ое)$")
HOUSE = re.compile(
    r"^(?:(?:д|дом|зд|здание|уч)\b\.?\s*)?(\d+\s*(?:[а-яa-z](?![а-яa-z]))?(?:\s*/\s*\d+\s*[а-яa-z]?)?)"
    r"(?:\s*(?:,|\s)\s*(?:к|корп|корпус|стр|строение)\b\.?\s*(\d+\s*[а-яa-z]?))?\s*$"
)


@dataclass(frozen=True, slots=True)
class StreetKey:
    """A street by the type of it (empty when not told) and the words of its name."""

    kind: str
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Address:
    street: StreetKey | None
    house: str
    elsewhere: bool = False
    """Another settlement is named, so the street is not one of the city's."""


def street_key(text: str) -> StreetKey:
    """“ул. Троллейная”, “Троллейная улица” and “троллейная ул” have one key."""
    kind = ""
    words = []
    for token in _tokens(text):
        if token == AVENUE_OR_PASSAGE and not kind:
            kind = AVENUE_OR_PASSAGE
        elif token in TYPE_OF_WORD and not kind:
            kind = TYPE_OF_WORD[token]
        else:
            words.append(token)
    return StreetKey(kind, frozenset(words))


def _tokens(text: str) -> list[str]:
    plain = text.lower().replace("ё", "е").replace("№", " ")
    tokens = []
    for token in TOKEN.findall(plain):
        ordinal = ORDINAL.match(token)
        tokens.append(ordinal.group(1) if ordinal else token)
    return tokens


@lru_cache(maxsize=4096)
def parse_address(text: str, *, city_words: tuple[str, ...] = ()) -> Address:
    """Find the street and the house in an address; both may be missing."""
    own = {word.lower().replace("ё", "е") for word in city_words}
    parts = [part.strip() for part in text.split(",") if part.strip()]
    parts = [part for part in parts if not _is_city_part(part, own)]
    elsewhere = any(_is_settlement(part) for part in parts[:-1])
    candidates = [part for part in parts if not _house_in(part) and not _is_settlement(part)]
    street_text = next((part for part in candidates if street_key(part).kind), "")
    street_text = street_text or (candidates[0] if candidates else "")
    if not street_text and len(parts) == 1:
        street_text, house = _split_last(parts[0])
    else:
        house = _house_after(parts, street_text)
    if street_text and not house:
        street_text, house = _split_last(street_text)
    key = street_key(street_text) if street_text else None
    return Address(key if key and key.words else None, house, elsewhere)


def _is_city_part(part: str, own: set[str]) -> bool:
    tokens = _tokens(part)
    if len(tokens) == 1 and re.fullmatch(r"\d{6}", tokens[0]):
        return True
    known = [token for token in tokens if token in own or token in CITY_WORDS]
    return bool(known) and (
        len(known) == len(tokens) or known[0] in CITY_WORDS or known[-1] in CITY_WORDS
    )


def _is_settlement(part: str) -> bool:
    tokens = _tokens(part)
    named = len(tokens) > 1 and not any(character.isdigit() for character in part)
    return named and tokens[0] in SETTLEMENT_WORDS


def _house_in(part: str) -> str:
    found = HOUSE.match(part.lower().replace("ё", "е"))
    if not found:
        return ""
    house = re.sub(r"\s+", "", found.group(1))
    return f"{house}к{found.group(2).replace(' ', '')}" if found.group(2) else house


def _house_after(parts: Sequence[str], street_text: str) -> str:
    after = parts[parts.index(street_text) + 1 :] if street_text in parts else parts
    return _house_in(", ".join(after)) or next(filter(None, map(_house_in, after)), "")


def _split_last(part: str) -> tuple[str, str]:
    """“ул. Ленина 21” has its house in the same part as the street."""
    head, _, tail = part.rpartition(" ")
    house = _house_in(tail)
    return (head, house) if head and house else (part, "")
