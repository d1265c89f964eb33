"""Requests nobody means well with: every public address answers them in words, and never breaks."""

import random
import re
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from mapping.services.coverage import CoverageQuestion, run_coverage

pytestmark = pytest.mark.django_db

SAMPLES = {
    "city": "town",
    "kind": "institution",
    "identifier": "1",
    "layer": "institutions",
    "extension": "csv",
    "table": "district",
    "uuid": str(UUID(int=1)),
    "int": "1",
    "float": "55.0",
}
NAMES = (
    "after",
    "at",
    "age",
    "bbox",
    "by",
    "candidates",
    "changes",
    "cursor",
    "date",
    "datetime",
    "district",
    "f",
    "feed",
    "fields",
    "format",
    "from",
    "free",
    "group",
    "ids",
    "kind",
    "lang",
    "level",
    "limit",
    "minutes",
    "near",
    "norm_set",
    "number",
    "offset",
    "open",
    "open_at",
    "page",
    "place",
    "q",
    "scenario",
    "sel",
    "tab",
    "to",
    "tos",
    "updated_since",
    "url",
    "v",
    "within",
)
VALUES = (
    "' OR 1=1; DROP TABLE mapping_city; --",
    "<script>alert(1)</script>",
    "%s%s%n{}{0.__class__}",
    "../../etc/passwd",
    "9" * 400,
    "-1",
    "nan",
    "1e309",
    "1,2,3,4,5",
    "-999,-999,999,999",
    "ы" * 5000,
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "２０２６-０１-０１",
    "0000-00-00",
    "institution:999999999999999999999999",
    "[]{}()\\|^$",
)
FINE = {200, 204, 301, 302, 304, 400, 403, 404, 405, 406, 410, 413, 415, 422, 429, 501}


def addresses(patterns=None, before="") -> list[str]:
    """One example of every public address of the service."""
    found = []
    for each in get_resolver().url_patterns if patterns is None else patterns:
        route = before + re.sub(r"[\^$?]", "", str(each.pattern))
        if route.startswith("admin"):
            continue
        if isinstance(each, URLResolver):
            found += addresses(each.url_patterns, route)
        elif isinstance(each, URLPattern):
            found.append("/" + re.sub(r"<(?:(\w+):)?(\w+)>", _sample, route))
    return sorted(set(found))


def _sample(match: re.Match) -> str:
    converter, name = match.groups()
    return SAMPLES.get(name) or SAMPLES.get(converter) or "1"


@pytest.fixture
def visitor(town, settings, tmp_path) -> Client:
    settings.NETWORK_DIR = tmp_path
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, (10**9, 60))
    run_coverage(town, CoverageQuestion(kind="library", minutes=15))
    return Client(raise_request_exception=False)


def broken(answers: dict[str, int]) -> dict[str, int]:
    return {asked: status for asked, status in answers.items() if status not in FINE}


def test_every_address_is_known_to_this_test():
    known = addresses()
    assert "/town/" in known
    assert "/tiles/town/1/1/1.mvt" in known
    assert len(known) > 25


def test_hostile_values_in_every_parameter_break_nothing(visitor):
    answers = {}
    for address in addresses():
        for value in VALUES:
            asked = visitor.get(address, dict.fromkeys(NAMES, value))
            answers[f"{address} {value[:40]}"] = asked.status_code
    assert not broken(answers)


def test_one_hostile_parameter_at_a_time_breaks_nothing(visitor):
    """Hundreds of the many combinations, the same ones every time."""
    draw = random.Random(7)
    everywhere = addresses()
    answers = {}
    for _ in range(400):
        address, name, value = (draw.choice(each) for each in (everywhere, NAMES, VALUES))
        status = visitor.get(address, {name: value}).status_code
        answers[f"{address} {name}={value[:40]}"] = status
    assert not broken(answers)


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "q=a%00b&kind=%00",
        "q=%ff%fe",
        "kind=library&kind=museum",
        "&&&=&=1",
        "q=" + "%" * 99,
    ],
)
def test_raw_queries_break_nothing(visitor, query):
    answers = {
        address: visitor.get(address, QUERY_STRING=query).status_code for address in addresses()
    }
    assert not broken(answers)
    if "%00" in query:
        assert set(answers.values()) == {400}


@pytest.mark.parametrize(
    "city", ["..%2f..%2fetc", "town'--", "ГОРОД", "t" * 3000, "town%00", "%ff", "<b>"]
)
def test_hostile_cities_are_not_found(visitor, city):
    for address in (f"/{city}/", f"/data/{city}/layers.json", f"/tiles/{city}/1/1/1.mvt"):
        assert visitor.get(address).status_code in {400, 404}


@pytest.mark.parametrize("tile", ["99/1/1", "3/8/0", "3/0/8", "14/99999999999999999999/1"])
def test_tiles_off_the_grid_are_refused_in_words(visitor, tile):
    answer = visitor.get(f"/tiles/town/{tile}.mvt")
    assert answer.status_code in {400, 404}
    assert "error" in answer.json()


def test_a_body_of_ten_megabytes_is_refused_unread(visitor):
    class Unread:
        def read(self, *_):
            raise AssertionError("the body was read")

        readline = read

    for address in addresses():
        answer = visitor.generic(
            "POST", address, CONTENT_LENGTH="10485760", **{"wsgi.input": Unread()}
        )
        assert answer.status_code == 413


def test_posts_of_nonsense_break_nothing(visitor):
    answers = {}
    for address in addresses():
        for body, sort in (
            (b"\xff\x00{", "application/json"),
            (b"[" * 100_000, "application/json"),
            (b'{"question": 1, "changes": "x", "name": null}', "application/json"),
            (b"null", "application/json"),
            (b"a=%00&about=%00", "application/x-www-form-urlencoded"),
            (b"--x", "multipart/form-data; boundary=x"),
            (b"--x", "multipart/form-data"),
        ):
            answer = visitor.post(address, body, content_type=sort)
            answers[f"{address} {sort} {body[:20]!r}"] = answer.status_code
    assert not broken(answers)


def test_the_wrong_words_of_http_are_refused(visitor):
    for address in addresses():
        for method in ("PUT", "DELETE", "PATCH"):
            assert visitor.generic(method, address).status_code in {400, 403, 404, 405, 413}
