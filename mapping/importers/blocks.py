"""Asking a JSON object for typed values, and telling of every one that is not as wanted."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date
from typing import Any


class Block:
    """One JSON object; remembers what was asked of it, so that misspelt names can be told."""

    def __init__(self, content: Any, place: str, complaints: list[str]) -> None:
        self.place = place
        self._complaints = complaints
        self._asked: set[str] = set()
        if not isinstance(content, dict):
            self.complain("", content, "an object")
            content = {}
        self.content: dict[str, Any] = content

    def complain(self, name: str, got: Any, wanted: str) -> None:
        where = ".".join(part for part in (self.place, name) if part) or "the descriptor"
        shown = "nothing" if got is None else json.dumps(got, ensure_ascii=False, default=str)
        self._complaints.append(f"{where}: got {shown[:120]}, wanted {wanted}")

    def take(self, name: str) -> Any:
        self._asked.add(name)
        return self.content.get(name)

    def text(self, name: str, *, required: bool = False) -> str:
        value = self.take(name)
        if value is None or value == "":
            if required:
                self.complain(name, None, "text")
            return ""
        if not isinstance(value, str):
            self.complain(name, value, "text")
            return ""
        return value

    def flag(self, name: str) -> bool:
        value = self.take(name)
        if value not in (None, True, False):
            self.complain(name, value, "true or false")
        return value is True

    def whole(self, name: str, *, required: bool = False) -> int | None:
        value = self.take(name)
        if value is None and not required:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            self.complain(name, value, "a whole number, not negative")
            return None
        return value

    def day(self, name: str) -> date | None:
        value = self.take(name)
        if value in (None, ""):
            return None
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            self.complain(name, value, "a date as YYYY-MM-DD")
            return None

    def choice(self, name: str, allowed: Collection[str], default: str) -> str:
        value = self.take(name)
        if value is None:
            return default
        if value not in allowed:
            self.complain(name, value, "one of " + ", ".join(sorted(allowed)))
            return default
        return str(value)

    def block(self, name: str) -> Block:
        return Block(self.take(name), self._at(name), self._complaints)

    def blocks(self, name: str) -> list[Block]:
        value = self.take(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self.complain(name, value, "a list")
            return []
        return [
            Block(item, self._at(f"{name}[{_label(item, number)}]"), self._complaints)
            for number, item in enumerate(value)
        ]

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.take(name)
        if value is None:
            return ()
        if isinstance(value, str):
            return (value,)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.complain(name, value, "text or a list of texts")
            return ()
        return tuple(value)

    def close(self) -> None:
        """Complain of names nobody asked for: they are misspelt, and would be ignored silently."""
        for name in self.content:
            if name not in self._asked:
                wanted = "one of the known names: " + ", ".join(sorted(self._asked))
                self.complain(name, self.content[name], wanted)

    def _at(self, name: str) -> str:
        return f"{self.place}.{name}" if self.place else name


def _label(item: Any, number: int) -> str:
    name = item.get("name") if isinstance(item, dict) else None
    return str(name or number)
