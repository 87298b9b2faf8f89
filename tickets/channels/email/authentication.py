"""What our own border found out about a sender (RFC 8601). Anybody else's findings are words."""

import re
from collections.abc import Iterable

_METHODS = ("dmarc", "spf", "dkim")
_RESULT = re.compile(
    r"\b(dmarc|spf|dkim)\s{0,5}=\s{0,5}(pass|fail|softfail|neutral|none|temperror|permerror|policy)\b",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"\([^()]{0,500}\)")
MOST_CHARACTERS = 4_000


def read_authentication(
    fields: Iterable[tuple[str, str]], *, authserv_id: str, trusted_hops: int
) -> str:
    """Return our border's findings, such as `dmarc=fail spf=pass`; empty where it says nothing.

    Only fields of our own `authserv_id` count, and only above the Received fields that a stranger
    could have written: `trusted_hops` of them are our own servers'. The last word of a method
    is its worst: a forged pass below a true fail changes nothing.
    """
    if not authserv_id:
        return ""
    found: dict[str, str] = {}
    hops = 0
    for name, value in fields:
        key = name.lower()
        hops += key == "received"
        if hops > trusted_hops:
            break
        if key == "authentication-results" and _is_ours(value, authserv_id):
            for method, result in _RESULT.findall(_COMMENT.sub("", value[:MOST_CHARACTERS])):
                found.setdefault(method.lower(), result.lower())
    return " ".join(f"{method}={found[method]}" for method in _METHODS if method in found)


def is_forged(authentication: str) -> bool:
    """Whether the sender's domain disowns the mail: DMARC (RFC 7489) says so."""
    return "dmarc=fail" in authentication.split()


def _is_ours(value: str, authserv_id: str) -> bool:
    named = _COMMENT.sub("", value[:MOST_CHARACTERS]).partition(";")[0].split()
    return bool(named) and named[0].lower() == authserv_id.lower()
