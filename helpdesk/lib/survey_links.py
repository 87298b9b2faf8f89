"""The signed token in the links of a survey mail: which invitation it answers.

Where mails of ours are kept, a mask stands in its place: the token itself is only in the mail that
went out, and its SHA-256 in the database, so that nobody here can answer for a customer.
"""

import base64
import hashlib
import hmac
import struct

_FIELDS = struct.Struct(">BQ")
_MAC_BYTES = 16
_PURPOSE = b"beforehand survey token 1\0"
_MASKED = "/s/***"


def make_survey_token(invitation_id: int, *, key: bytes, key_version: int) -> str:
    """A token of 40 lower-case letters and digits; `key_version` is 0 to 255."""
    fields = _FIELDS.pack(key_version, invitation_id)
    mac = hmac.new(key, _PURPOSE + fields, hashlib.sha256).digest()[:_MAC_BYTES]
    return base64.b32encode(fields + mac).decode("ascii").lower()


def digest_of(token: str) -> str:
    """What the database keeps of a token; mail programs may have changed its case."""
    return hashlib.sha256(token.lower().encode()).hexdigest()


def masked_link(base_url: str) -> str:
    """The address of an answer page as it is kept, without its token."""
    return f"{base_url}{_MASKED}"


def unmask(text: str, token: str) -> str:
    """The words of a survey mail with their links made whole, for the mail that goes out."""
    return text.replace(_MASKED, f"/s/{token}")
