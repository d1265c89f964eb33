"""Which code computed a figure."""

VERSION = "0.1.0"
# Grows whenever the same inputs would give another result; stored runs of older code are redone.
ANALYSIS_VERSION = 2


def code_version() -> str:
    return f"{VERSION}+analysis.{ANALYSIS_VERSION}"
