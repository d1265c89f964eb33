"""
Questions as frozen dataclasses: their fields are the parameters of a run, a form and a command.

`read_question` turns texts of a query or a command line into one, refusing what it does not know.
"""

import dataclasses
from collections.abc import Collection, Mapping
from typing import Any, ClassVar, get_args, get_origin, get_type_hints

from mapping.analysis.snapping import DEFAULT_MAX_SNAP_M
from mapping.analysis.walking import DEFAULT_SPEED_KMH
from mapping.errors import ParameterError, UnknownNameError
from mapping.services.workspace import GROUPS

MAX_MINUTES = 120.0
SPEEDS_KMH = (0.5, 12.0)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class OnFoot:
    """
    Who walks, and how: what every question on foot shares.

    Raises
    ------
    ParameterError, UnknownNameError
        When a value makes no sense; known names are listed.
    """

    MODE: ClassVar[str] = "walk"

    group: str = "all"
    speed_kmh: float = DEFAULT_SPEED_KMH
    max_snap_m: float = DEFAULT_MAX_SNAP_M

    def __post_init__(self) -> None:
        check_between("speed_kmh", self.speed_kmh, *SPEEDS_KMH)
        check_between("max_snap_m", self.max_snap_m, 0, 5000)
        check_known("group", self.group, GROUPS)

    @property
    def parameters(self) -> dict[str, Any]:
        """As stored with a run; whole and broken numbers that are equal give one key."""
        values = dataclasses.asdict(self) | {"mode": self.MODE}
        hints = get_type_hints(type(self))
        return {
            name: float(value) if hints.get(name) is float else _listed(value)
            for name, value in values.items()
        }


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class WalkQuestion(OnFoot):
    """A question about so many minutes on foot to one kind of institution; see `OnFoot`."""

    kind: str
    minutes: float = 15

    def __post_init__(self) -> None:
        # A class with slots is made anew, so `super()` without names would miss it.
        OnFoot.__post_init__(self)
        check_between("minutes", self.minutes, 0, MAX_MINUTES)


def check_between(name: str, value: float, low: float, high: float) -> None:
    """Raise ParameterError unless low < value ≤ high; NaN is refused too."""
    if not low < value <= high:
        raise ParameterError(name, value, f"more than {low:g}, at most {high:g}")


def check_known(name: str, value: str, known: Collection[str]) -> None:
    """Raise UnknownNameError, which lists the known names, unless `value` is one of them."""
    if value not in known:
        raise UnknownNameError(name, value, known)


def read_question(question_class: type[Any], given: Mapping[str, Any]) -> Any:
    """
    Build a question from texts.

    Raises
    ------
    ParameterError
        For an unknown name, a missing one, or a text that is not a value of its type.
    """
    hints = get_type_hints(question_class)
    fields = {field.name: field for field in dataclasses.fields(question_class)}
    for name in given:
        if name not in fields:
            raise ParameterError("parameter", name, f"one of {', '.join(fields)}")
    missing = [
        name
        for name, field in fields.items()
        if name not in given
        and field.default is dataclasses.MISSING
        and field.default_factory is dataclasses.MISSING
    ]
    if missing:
        raise ParameterError(missing[0], None, "a value")
    return question_class(
        **{name: _read(name, value, hints[name]) for name, value in given.items()}
    )


def _read(name: str, value: Any, wanted: Any) -> Any:
    if get_origin(wanted) is tuple:
        items = value.split(",") if isinstance(value, str) else value
        return tuple(_read(name, item, get_args(wanted)[0]) for item in items if item != "")
    if wanted is bool and isinstance(value, str):
        return value.strip().lower() in {"1", "true", "yes", "on"}
    try:
        return wanted(value.strip() if isinstance(value, str) else value)
    except (TypeError, ValueError, OverflowError) as error:
        words = {float: "a number", int: "a whole number", str: "text"}
        raise ParameterError(name, value, words.get(wanted, wanted.__name__)) from error


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
