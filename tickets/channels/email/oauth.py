"""Signing a mailbox in by OAuth 2: RFC 6749, with PKCE (RFC 7636), for IMAP and SMTP XOAUTH2."""

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import requests
from django.db.models import F, Q
from django.utils.translation import gettext as _

from helpdesk.lib.errors import TransientError
from helpdesk.lib.text import clean_line
from tickets.channels.email.faults import SignInNeeded
from tickets.channels.models import Mailbox, MailboxSignIn

TIMEOUT = 20
# Refreshed this long before it ends, so that no fetch begins with a token about to die.
EARLY = timedelta(minutes=5)
CLAIM = timedelta(seconds=TIMEOUT + 10)
_SHORTEST, _LONGEST = 60, 86_400  # seconds of life believed of a token
_USUAL = 3_600
_SERVER_FAULT, _TOO_MANY = 500, 429
_MICROSOFT = "https://login.microsoftonline.com/%s/oauth2/v2.0/"


@dataclass(frozen=True)
class Endpoints:
    authorise: str
    token: str
    scopes: tuple[str, ...]
    extra: tuple[tuple[str, str], ...] = ()


def endpoints(sign_in: MailboxSignIn) -> Endpoints:
    """Where a provider signs people in, where it gives tokens, and what we ask for."""
    if sign_in.provider == MailboxSignIn.Provider.MICROSOFT:
        base = _MICROSOFT % (sign_in.tenant or "organizations")
        scopes = tuple(
            f"https://outlook.office.com/{name}" for name in ("IMAP.AccessAsUser.All", "SMTP.Send")
        )
        return Endpoints(f"{base}authorize", f"{base}token", (*scopes, "offline_access"))
    if sign_in.provider == MailboxSignIn.Provider.GOOGLE:
        return Endpoints(
            "https://accounts.google.com/o/oauth2/v2/auth",
            "https://oauth2.googleapis.com/token",
            ("https://mail.google.com/",),
            (("access_type", "offline"), ("prompt", "consent")),
        )
    return Endpoints(sign_in.authorise_url, sign_in.token_url, tuple(sign_in.scopes))


def authorise_address(
    sign_in: MailboxSignIn, *, state: str, verifier: str, redirect_uri: str, hint: str = ""
) -> str:
    """The page of the provider on which somebody signs the mailbox in; it leads back to us."""
    place = endpoints(sign_in)
    challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = {
        "response_type": "code",
        "client_id": sign_in.client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(place.scopes),
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **dict(place.extra),
    }
    if hint:
        query["login_hint"] = hint
    return f"{place.authorise}{'&' if '?' in place.authorise else '?'}{urlencode(query)}"


def exchange_code(
    sign_in: MailboxSignIn, *, code: str, verifier: str, redirect_uri: str, at: datetime
) -> None:
    """Turn the code somebody came back with into tokens, and keep them.

    Raises SignInNeeded where the provider refuses it or gives no lasting token, TransientError
    where it cannot be asked.
    """
    given = _ask(
        sign_in,
        grant_type="authorization_code",
        code=code,
        code_verifier=verifier,
        redirect_uri=redirect_uri,
    )
    if not given.get("refresh_token"):
        raise SignInNeeded(_("The provider gave no lasting sign-in (refresh token)."))
    current = MailboxSignIn.objects.filter(pk=sign_in.pk)
    sign_in.refresh_token = ""  # an older one is not kept if none came
    _keep(current, sign_in, given, signed_in_at=at, at=at)
    Mailbox.objects.filter(pk=sign_in.mailbox_id).update(next_fetch_at=None)


def access_token(mailbox: Mailbox, *, at: datetime) -> str:
    """A token to sign in with now, refreshed when it ends within five minutes.

    Of several workers one refreshes; the others use the old one while it lives.
    Raises SignInNeeded, TransientError.
    """
    sign_in = MailboxSignIn.objects.filter(mailbox=mailbox).first()
    if sign_in is None or not sign_in.refresh_token:
        raise SignInNeeded(_("Nobody has signed this mailbox in yet."))
    if sign_in.refused:
        raise SignInNeeded(sign_in.refused)
    if sign_in.expires_at and sign_in.expires_at > at + EARLY:
        return sign_in.access_token
    if not _claim(sign_in, at=at):
        return _still_living(sign_in, at=at)
    return _refresh(sign_in, at=at)


def forget_access(mailbox: Mailbox) -> None:
    """Have the next use refresh: the mail server refused a token that should still live."""
    MailboxSignIn.objects.filter(mailbox=mailbox).update(expires_at=None)


def _claim(sign_in: MailboxSignIn, *, at: datetime) -> bool:
    is_free = Q(refreshing_until=None) | Q(refreshing_until__lt=at)
    mine = MailboxSignIn.objects.filter(is_free, pk=sign_in.pk, version=sign_in.version)
    return bool(mine.update(refreshing_until=at + CLAIM))


def _refresh(sign_in: MailboxSignIn, *, at: datetime) -> str:
    mine = MailboxSignIn.objects.filter(pk=sign_in.pk, version=sign_in.version)
    try:
        given = _ask(sign_in, grant_type="refresh_token", refresh_token=sign_in.refresh_token)
    except SignInNeeded as error:
        mine.update(refused=str(error)[:300], refreshing_until=None)
        raise
    except TransientError:
        mine.update(refreshing_until=None)
        if sign_in.expires_at and sign_in.expires_at > at:
            return sign_in.access_token
        raise
    if not _keep(mine, sign_in, given, at=at):
        return _still_living(sign_in, at=at)  # somebody signed in anew meanwhile
    return str(given["access_token"])


def _keep(
    rows: Any, sign_in: MailboxSignIn, given: dict[str, Any], *, at: datetime, **more: Any
) -> bool:
    seconds = str(given.get("expires_in"))
    lasting = int(seconds) if seconds.isdecimal() else _USUAL
    return bool(
        rows.update(
            access_token=str(given["access_token"]),
            refresh_token=str(given.get("refresh_token") or sign_in.refresh_token),
            expires_at=at + timedelta(seconds=min(max(lasting, _SHORTEST), _LONGEST)),
            refused="",
            refreshing_until=None,
            version=F("version") + 1,
            **more,
        )
    )


def _still_living(sign_in: MailboxSignIn, *, at: datetime) -> str:
    sign_in.refresh_from_db()
    if sign_in.access_token and sign_in.expires_at and sign_in.expires_at > at:
        return sign_in.access_token
    raise TransientError(_("The sign-in is being renewed by another worker."))


def _ask(sign_in: MailboxSignIn, **fields: str) -> dict[str, Any]:
    """Ask for tokens. Raises SignInNeeded where we are refused, TransientError otherwise."""
    fields["client_id"] = sign_in.client_id
    if sign_in.client_secret:
        fields["client_secret"] = sign_in.client_secret
    try:
        answer = requests.post(
            endpoints(sign_in).token, data=fields, timeout=TIMEOUT, allow_redirects=False
        )
        given = answer.json()
    except (requests.RequestException, ValueError) as error:
        said = clean_line(str(error), limit=150)
        raise TransientError(_("The provider cannot be asked for a token: %s") % said) from error
    given = given if isinstance(given, dict) else {}
    if answer.ok and given.get("access_token"):
        return given
    said = str(given.get("error_description") or given.get("error") or answer.status_code)
    said = clean_line(said, limit=200)
    if answer.status_code >= _SERVER_FAULT or answer.status_code == _TOO_MANY:
        raise TransientError(_("The provider gives no token now: %s") % said)
    raise SignInNeeded(said)
