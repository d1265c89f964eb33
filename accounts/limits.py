"""
How often one sender may ask for a thing.

One statement counts and answers, on a table that all workers share; its cost does not grow with
the number of senders. Spans are fixed, so around the turn of a span a sender may get twice the
count, never more.
"""

from ipaddress import IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

# Old rows go with new ones, a few at a time, so that nobody has to sweep the table.
COUNT = """
WITH swept AS (
    DELETE FROM accounts_asking WHERE key IN (
        SELECT key FROM accounts_asking WHERE ends_at < now() LIMIT 8 FOR UPDATE SKIP LOCKED
    ) AND key <> %(key)s
)
INSERT INTO accounts_asking AS asked (key, count, ends_at)
VALUES (%(key)s, 1, now() + make_interval(secs => %(seconds)s))
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN asked.ends_at < now() THEN 1
        ELSE least(asked.count, 2000000000) + 1 END,
    ends_at = CASE WHEN asked.ends_at < now() THEN excluded.ends_at ELSE asked.ends_at END
RETURNING count, ceil(extract(epoch FROM ends_at - now()))
"""


def take(scope: str, request: HttpRequest) -> int:
    """
    Count one request for a thing of `settings.RATE_LIMITS`.

    Returns the seconds to wait: 0 when the sender may go on. Raises KeyError for a scope the
    settings do not name.
    """
    count, seconds = settings.RATE_LIMITS[scope]
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"key": key_of(scope, request), "seconds": seconds})
        asked, wait = cursor.fetchone()
    return max(int(wait), 1) if asked > count else 0


def key_of(scope: str, request: HttpRequest) -> str:
    """What stands for the sender and the thing today; the address cannot be read from it."""
    today = timezone.now().date().isoformat()
    text = f"{scope} {today} {sender_at(address_of(request))}"
    return salted_hmac("accounts.limits", text, algorithm="sha256").hexdigest()


def sender_at(address: str) -> str:
    """
    Whose address it is: of IPv6 the /64 network, all of which one subscriber has.

    An address of the old protocol written as one of the new (RFC 4291, 2.5.5.2) is the old one;
    what is no address stands for itself.
    """
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if not isinstance(known, IPv6Address):
        return str(known)
    return str(known.ipv4_mapped or IPv6Network((int(known), 64), strict=False))


def address_of(request: HttpRequest) -> str:
    """
    The network address the request came from.

    Behind our own proxy it is the last one of `X-Forwarded-For`, which the proxy wrote itself;
    whatever stands before it was written by the sender.
    """
    if settings.BEHIND_PROXY:
        forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if forwarded:
            return forwarded
    return request.META.get("REMOTE_ADDR", "")
