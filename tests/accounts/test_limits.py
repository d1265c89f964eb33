"""One sender may ask only so often; nobody's address is kept."""

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone
from django.utils.translation import override

from accounts import limits
from accounts.models import Asking
from layers.http import limited, too_often_words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _three_a_minute(settings):
    settings.RATE_LIMITS = {"search": (3, 60), "walk": (1, 60)}
    settings.BEHIND_PROXY = False


def ask(address="192.0.2.7", **headers):
    return RequestFactory().get("/data/town/search.json", REMOTE_ADDR=address, **headers)


def test_the_fourth_request_of_a_minute_waits_and_others_do_not():
    waits = [limits.take("search", ask()) for _ in range(4)]
    assert waits[:3] == [0, 0, 0]
    assert 0 < waits[3] <= 60
    assert limits.take("search", ask("192.0.2.8")) == 0
    assert limits.take("walk", ask()) == 0


def test_a_new_span_forgives():
    for _ in range(4):
        limits.take("search", ask())
    Asking.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    assert limits.take("search", ask()) == 0


def test_no_address_is_stored():
    limits.take("search", ask("203.0.113.99"))
    row = Asking.objects.get()
    assert "203.0.113.99" not in f"{row.key}{row.count}{row.ends_at}"


def test_old_counts_leave_by_themselves():
    limits.take("search", ask())
    Asking.objects.update(ends_at=timezone.now() - timedelta(days=1))
    limits.take("search", ask("192.0.2.8"))
    assert Asking.objects.count() == 1


def test_a_forged_forwarded_address_is_believed_of_nobody_but_our_proxy(settings):
    forged = {"HTTP_X_FORWARDED_FOR": "198.51.100.1, 203.0.113.5"}
    assert limits.address_of(ask(**forged)) == "192.0.2.7"
    settings.BEHIND_PROXY = True
    assert limits.address_of(ask(**forged)) == "203.0.113.5"


@pytest.mark.parametrize(
    ("one", "other", "are_one"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("::ffff:192.0.2.7", "::ffff:192.0.2.8", False),
        ("192.0.2.7", "192.0.2.8", False),
        ("unknown", "unknown", True),
    ],
)
def test_all_addresses_of_one_subscriber_are_one_sender(one, other, are_one):
    assert (limits.sender_at(one) == limits.sender_at(other)) is are_one


def test_who_asks_too_often_is_told_when_to_come_back():
    view = limited("walk")(lambda request: HttpResponse("here"))
    assert view(ask()).status_code == 200
    refused = view(ask())
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 60
    assert refused["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("wait_seconds", "said"),
    [(1, "1 second."), (120, "120 seconds."), (121, "3 minutes."), (3600, "60 minutes.")],
)
def test_people_wait_minutes_and_not_thousands_of_seconds(wait_seconds, said):
    with override("en"):
        assert too_often_words(wait_seconds).endswith(f"Try again in {said}")


def test_guessing_passwords_is_rationed(client, settings):
    settings.RATE_LIMITS = {"sign_in": (2, 600)}
    guesses = [
        client.post("/admin/login/", {"username": "root", "password": f"guess {number}"})
        for number in range(3)
    ]
    assert [each.status_code for each in guesses] == [200, 200, 429]
    assert client.get("/admin/login/").status_code == 200


@pytest.mark.parametrize(
    ("scope", "address"),
    [
        ("ask", "/town/planner/ask/"),
        ("whatif", "/data/town/whatif/"),
        ("scenario", "/town/scenarios/"),
        ("norm_set", "/town/norms/import/"),
    ],
)
def test_what_computes_or_stores_is_rationed(client, town, settings, scope, address):
    settings.RATE_LIMITS = {scope: (1, 60)}
    client.post(address)
    refused = client.post(address, headers={"accept": "application/json"})
    assert refused.status_code == 429
    assert refused.json()["error"]
