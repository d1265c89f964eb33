"""
What OpenAPI cannot say: relations between two values. Generated queries are brought in order.

`SCHEMATHESIS_HOOKS=tests.api.schemathesis_hooks` makes the command line know them.
"""

import schemathesis


@schemathesis.hook
def map_query(context, query):
    """South before north in a box, minutes beside `near`, a span that does not end too soon."""
    if not isinstance(query, dict):
        return query
    mended = dict(query)
    if _is_box(mended.get("bbox")):
        west, south, east, north = mended["bbox"]
        south, north = sorted((south / 2, north / 2))
        mended["bbox"] = [west, south, east, north]
    if "near" not in mended:
        mended.pop("minutes", None)
    begins, slash, ends = str(mended.get("datetime", "")).partition("/")
    if slash and ".." not in (begins, ends) and begins and ends:
        # A span within one day, and of the same form, is in order whatever its hours.
        mended["datetime"] = begins
    return mended


def _is_box(value) -> bool:
    numbers = isinstance(value, list) and len(value) == 4
    return numbers and all(isinstance(each, int | float) and abs(each) <= 180 for each in value)
