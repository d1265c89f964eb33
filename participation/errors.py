"""What may go wrong with a report, on purpose."""

from mapping.errors import MappingError


class ClosedReportError(MappingError, ValueError):
    """A withdrawn report cannot be decided any more."""

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(f"report {number}: got one its sender withdrew, wanted an open one")


class NothingToApplyError(MappingError, ValueError):
    """A report names no place, or no institution that could be moved."""

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(f"report {number}: wanted a pin and an institution of the city")


class NotOursToSayError(MappingError, ValueError):
    """Only its sender withdraws a report."""

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(f"report {number}: got “withdrawn”, wanted a decision of the editors")
