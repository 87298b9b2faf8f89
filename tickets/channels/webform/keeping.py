"""A contact form as an arrival: kept once, whatever is pressed twice."""

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.db import transaction

from tickets.channels.journal import keep_arrival, park_arrival
from tickets.channels.models import Arrival
from tickets.channels.webform.files import KeptFile

CHANNEL = "form"
STAMP_SECONDS = 24 * 3600
ROBOT = "looks like a robot"
_SALT = "webform.stamp"


@dataclass(frozen=True)
class Stamp:
    """When a form was handed out, and a name by which we know it when it comes back."""

    nonce: str
    handed_out: float

    @classmethod
    def new(cls, *, at: datetime) -> "Stamp":
        return cls(secrets.token_hex(12), at.timestamp())

    @classmethod
    def read(cls, text: str) -> "Stamp | None":
        """Return the stamp of a form we handed out within a day, else None."""
        try:
            return cls(*signing.loads(text, salt=_SALT, max_age=STAMP_SECONDS))
        except (signing.BadSignature, TypeError):
            return None

    def signed(self) -> str:
        return signing.dumps([self.nonce, self.handed_out], salt=_SALT)


@transaction.atomic
def keep_form(
    answers: dict[str, Any],
    files: Sequence[KeptFile],
    *,
    stamp: Stamp,
    is_suspicious: bool = False,
    at: datetime,
) -> int:
    """Store a form and return its arrival's id; the same form with the same words is one arrival.

    A suspicious one is parked for an agent to look at: no ticket, no mail.
    """
    form = answers | {"files": [file.reference() for file in files]}
    raw = json.dumps(form, ensure_ascii=False, sort_keys=True).encode()
    key = f"{stamp.nonce}-{hashlib.sha256(raw).hexdigest()[:32]}"
    arrival_id = keep_arrival(
        channel=CHANNEL,
        key=key,
        raw=raw,
        source=Arrival.Source.FORM,
        envelope_from=str(answers.get("email", "")),
        at=at,
    )
    if arrival_id is None:
        return Arrival.objects.values_list("pk", flat=True).get(channel=CHANNEL, key=key)
    if is_suspicious:
        park_arrival(arrival_id, reason=ROBOT, at=at)
    return arrival_id
