import phonenumbers

from customers.errors import NotAnAddress
from customers.models import Identity

LONGEST = 320  # RFC 3696: 64 for the local part, @, 255 for the domain


def normalise(kind: str, shown: str, *, region: str | None = None) -> str:
    """Return the form under which an identity is stored and found.

    E-mail addresses in lower case, phone numbers as E.164 (`region` helps numbers without a
    country code), everything else trimmed. Raises NotAnAddress.
    """
    value = shown.strip()
    if kind == Identity.Kind.EMAIL:
        return _email(value)
    if kind == Identity.Kind.PHONE:
        return _phone(value, region)
    if not value or len(value) > LONGEST:
        raise NotAnAddress(value=shown[:80])
    return value


def _email(value: str) -> str:
    local, at, domain = value.rpartition("@")
    if not at or not local or not domain or len(value) > LONGEST or any(c.isspace() for c in value):
        raise NotAnAddress(value=value[:80])
    return value.lower()


def _phone(value: str, region: str | None) -> str:
    try:
        number = phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException as error:
        raise NotAnAddress(value=value[:80]) from error
    if not phonenumbers.is_possible_number(number):
        raise NotAnAddress(value=value[:80])
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
