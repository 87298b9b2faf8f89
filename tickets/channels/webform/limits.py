"""How much one sender may write, counted in the cache that all processes share."""

import hashlib

from django.conf import settings
from django.http import HttpRequest

from helpdesk.lib.rates import count_within

HOUR, DAY = 3600, 24 * 3600
FORMS_PER_CLIENT = 20
FORMS_PER_ADDRESS = 10
UPLOADS_PER_CLIENT = 40
# So many in an hour to all together mean a flood, perhaps a loop: then nobody is acknowledged.
MOST_ACKNOWLEDGEMENTS = 2_000


def may_send(*, client: str, address: str) -> bool:
    """Count one form sent from a client by an address; False once either had too many."""
    allowed = [
        count_within(f"form:client:{client}", HOUR) <= FORMS_PER_CLIENT,
        count_within(f"form:address:{_digest(address)}", HOUR) <= FORMS_PER_ADDRESS,
    ]
    return all(allowed)


def may_store_files(client: str) -> bool:
    """Count one form with files from a client; False once it filled our disk enough for an hour."""
    return count_within(f"form:files:{client}", HOUR) <= UPLOADS_PER_CLIENT


def may_acknowledge(address: str, *, hourly: int = 1, daily: int = 5) -> bool:
    """Count one acknowledgement to an address; False once it got its most this hour or today,
    or everybody together so many that something must be wrong.
    """
    key = f"ack:{_digest(address)}"
    counted = [
        count_within(f"{key}:{span}", span) <= most for span, most in ((HOUR, hourly), (DAY, daily))
    ]  # each window counts every try
    return all(counted) and count_within("ack:all", HOUR) <= MOST_ACKNOWLEDGEMENTS


def client_of(request: HttpRequest) -> str:
    """Return the address a request came from, as seen by the outermost proxy we trust."""
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    trusted: int = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    if trusted and len(hops) >= trusted:
        return hops[-trusted][:64]
    return str(request.META.get("REMOTE_ADDR", ""))[:64]


def _digest(address: str) -> str:
    return hashlib.sha256(address.strip().lower().encode()).hexdigest()[:32]
