"""Secrets in the database: sealed with keys derived from SECRET_KEY, which can be rotated."""

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models
from django.utils.encoding import force_bytes

_PURPOSE = b"beforehand sealed secret 1"


class CannotUnseal(Exception):
    """None of the keys opens the secret: it was changed, or the key it was sealed with is gone."""


def derived_key(secret: str | bytes, *, purpose: bytes, length: int = 32) -> bytes:
    """A key for one purpose only, by HKDF-SHA256 (RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=purpose).derive(
        force_bytes(secret)
    )


def seal(text: str, *, secrets: Sequence[str | bytes]) -> str:
    """The text encrypted under the first secret."""
    return _fernet(tuple(secrets)).encrypt(text.encode()).decode("ascii")


def unseal(sealed: str, *, secrets: Sequence[str | bytes]) -> str:
    """The text again, by whichever secret it was sealed with. Raises CannotUnseal."""
    try:
        return _fernet(tuple(secrets)).decrypt(sealed.encode()).decode()
    except (InvalidToken, UnicodeError) as error:
        raise CannotUnseal("No key opens this secret.") from error


@lru_cache(maxsize=16)
def _fernet(secrets: tuple[str | bytes, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_fernet_key(secret)) for secret in secrets])


def _fernet_key(secret: str | bytes) -> bytes:
    return urlsafe_b64encode(derived_key(secret, purpose=_PURPOSE))


def _secrets() -> tuple[str | bytes, ...]:
    return (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


class EncryptedTextField(models.TextField):
    """Text that stands in the database only sealed; it cannot be searched. Empty stays empty."""

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return seal(text, secrets=_secrets()) if text else text

    def from_db_value(self, value: str | None, _expression: Any, _connection: Any) -> str | None:
        """Open the value as it is loaded. Raises CannotUnseal."""
        return unseal(value, secrets=_secrets()) if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        """Only `isnull`: equal texts are sealed differently. Raises FieldError."""
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is sealed and cannot be searched by {lookup_name}")
        return super().get_lookup(lookup_name)
