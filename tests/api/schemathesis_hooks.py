"""
What OpenAPI cannot say: relations between two values. Good queries are brought in order.

`SCHEMATHESIS_HOOKS=tests.api.schemathesis_hooks` makes the command line know them.
"""

import schemathesis


@schemathesis.hook
def before_call(context, case, kwargs):
    """South before north in a box, minutes beside `near`, a span that does not end too soon."""
    case.query = in_order(case)


def in_order(case):
    """The query of a case: brought in order when it is meant to be a good one."""
    if not (case.query and case.meta and case.meta.generation.mode.is_positive):
        return case.query
    return _mended(dict(case.query))


def _mended(query: dict) -> dict:
    if "bbox" in query:
        given = query["bbox"]
        corners = given.split(",") if isinstance(given, str) else given
        west, south, east, north = map(float, corners)
        south, north = sorted((south / 2, north / 2))
        query["bbox"] = f"{west},{south},{east},{north}"
    if "near" not in query:
        query.pop("minutes", None)
    begins, _slash, ends = str(query.get("datetime", "")).partition("/")
    if begins not in ("", "..") and ends not in ("", ".."):
        # One moment instead of two: which of them is the first depends on their zones.
        query["datetime"] = begins
    return query
