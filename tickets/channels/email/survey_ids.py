"""How a kept mail names the invitation it carries, from which its links are made on the way out."""

from django.conf import settings

from helpdesk.lib.survey_links import make_survey_token
from tickets.models import Message

SURVEY_ID = "survey:"


def survey_id(invitation_id: int, *, key_version: int) -> str:
    """The `external_id` of the one mail of an invitation."""
    return f"{SURVEY_ID}{invitation_id}:{key_version}"


def survey_token_of(message: Message) -> str:
    """The token of the survey a message carries; the mask's own stars where it carries none, or
    the key it was made with is gone.
    """
    if not message.external_id.startswith(SURVEY_ID):
        return "***"
    invitation_id, version = message.external_id.removeprefix(SURVEY_ID).split(":")
    key = settings.MAIL_TOKEN_KEYS.get(int(version))
    if key is None:
        return "***"
    return make_survey_token(int(invitation_id), key=key, key_version=int(version))
