import pytest
from django.core.exceptions import FieldError
from pytest_django import Settings

from helpdesk.lib.crypto import CannotUnseal, EncryptedTextField, derived_key, seal, unseal


def test_a_sealed_secret_opens_with_its_key_only() -> None:
    sealed = seal("hunter2 ü", secrets=["new"])

    assert "hunter2" not in sealed
    assert unseal(sealed, secrets=["new"]) == "hunter2 ü"
    with pytest.raises(CannotUnseal):
        unseal(sealed, secrets=["other"])


def test_a_secret_sealed_before_the_rotation_still_opens() -> None:
    sealed = seal("token", secrets=["old"])

    assert unseal(sealed, secrets=["new", "old"]) == "token"


@pytest.mark.parametrize("damaged", ["", "plain text", "gAAAAA", "ü"])
def test_what_was_never_sealed_does_not_open(damaged: str) -> None:
    with pytest.raises(CannotUnseal):
        unseal(damaged, secrets=["new"])


def test_keys_for_two_purposes_differ() -> None:
    assert derived_key("s", purpose=b"a") != derived_key("s", purpose=b"b")
    assert len(derived_key("s", purpose=b"a", length=16)) == 16


def test_the_field_stores_sealed_text_and_loads_it_plain(settings: Settings) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "old", []
    stored = EncryptedTextField().get_prep_value("imap password")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", ["old"]

    assert "password" not in stored
    assert EncryptedTextField().from_db_value(stored, None, None) == "imap password"


@pytest.mark.parametrize("empty", ["", None])
def test_nothing_stays_nothing(empty: str | None) -> None:
    field = EncryptedTextField(null=True)

    assert field.get_prep_value(empty) == empty
    assert field.from_db_value(empty, None, None) == empty


def test_a_sealed_field_cannot_be_searched() -> None:
    with pytest.raises(FieldError, match="cannot be searched"):
        EncryptedTextField().get_lookup("exact")
    assert EncryptedTextField().get_lookup("isnull") is not None
