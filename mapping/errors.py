"""Every error raised on purpose in `mapping`: what was got, and what was wanted."""

from typing import Any


class MappingError(Exception):
    """The root of every error this package raises on purpose."""


class ShapeMismatchError(MappingError, ValueError):
    """Two inputs that must go together have different shapes."""

    def __init__(self, name: str, got: Any, wanted: Any) -> None:
        super().__init__(f"{name}: got shape {got}, wanted {wanted}")


class ParameterError(MappingError, ValueError):
    """A parameter lies outside the values that make sense."""

    def __init__(self, name: str, got: Any, wanted: str) -> None:
        super().__init__(f"{name}: got {got!r}, wanted {wanted}")


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
