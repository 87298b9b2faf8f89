import hashlib
import secrets
from datetime import datetime

from django.db import transaction
from django.utils.crypto import get_random_string

from helpdesk.accounts.models import Agent, ApiToken

ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"


@transaction.atomic
def issue_token(
    agent: Agent, *, name: str, expires_at: datetime | None = None, at: datetime
) -> tuple[ApiToken, str]:
    """Make a key for a program that acts as this agent; returns it with the whole secret.

    Only now is the secret known: what is stored is its SHA-256.
    """
    prefix = get_random_string(10, ALPHABET)
    secret = secrets.token_hex(32)
    token = ApiToken.objects.create(
        agent=agent,
        name=name,
        prefix=prefix,
        digest=hashlib.sha256(secret.encode()).hexdigest(),
        created_at=at,
        expires_at=expires_at,
    )
    return token, f"bfh_{prefix}_{secret}"


@transaction.atomic
def revoke_token(token: ApiToken, *, at: datetime) -> ApiToken:
    """End a token at once. Ending it again changes nothing."""
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at)
    token.refresh_from_db()
    return token
