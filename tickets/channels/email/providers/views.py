"""Where mail providers post to. A post is stored before it is answered, and thought about later.

Only a wrong password or signature is answered with 4xx: a provider that reads one stops trying.
"""

import hashlib
import logging
from datetime import timedelta

from django.db import Error as DatabaseFault
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from helpdesk.lib.room import require_room
from tickets.channels.email.keys import delivery_key
from tickets.channels.email.providers.events import note_tracking
from tickets.channels.email.providers.posts import NotProven, posted_mails, reported_events
from tickets.channels.journal import keep_arrival
from tickets.channels.models import Arrival, Mailbox

log = logging.getLogger(__name__)


@csrf_exempt  # a provider posts here, with a signature or password instead of a session
@require_http_methods(["POST", "HEAD"])
def hook(request: HttpRequest, key: str, what: str) -> HttpResponse:
    """Take what a provider posts for one mailbox: its mail, or events about mail we sent."""
    if request.method == "HEAD":
        return HttpResponse()  # some ask whether somebody is here
    try:
        mailbox = Mailbox.objects.active().filter(hook_key=key).first()
        if mailbox is None:
            return _said("no such hook", 404)
        if what == "mail":
            return _keep_mails(mailbox, request)
        return _note_events(mailbox, request)
    except NotProven as error:
        log.warning("a post for mailbox hook %s… is not proven: %s", key[:4], error)
        return _said("password or signature needed", 403)
    except (DatabaseFault, OSError):
        return _said("not stored, try again", 503)


def _keep_mails(mailbox: Mailbox, request: HttpRequest) -> HttpResponse:
    try:
        mails = posted_mails(mailbox, request)
    except (NotProven, DatabaseFault, OSError):
        raise
    except Exception as error:  # proven, but not understood: kept for a person, not lost
        log.exception("a post for mailbox %s is not understood", mailbox.pk)
        reason = _("A post of the provider is not understood (%(fault)s).")
        _park(mailbox, request.body, reason % {"fault": type(error).__name__})
        return _said("stored", 200)
    require_room(sum(len(mail.raw) for mail in mails))
    now = timezone.now()
    is_old = Q(last_fetched_at=None) | Q(last_fetched_at__lt=now - timedelta(minutes=1))
    Mailbox.objects.filter(is_old, pk=mailbox.pk).update(last_fetched_at=now)
    for mail in mails:
        keep_arrival(
            channel="email",
            key=delivery_key(mail.raw),
            raw=mail.raw,
            source=Arrival.Source.WEBHOOK,
            envelope_from=mail.sender,
            envelope_to=mail.recipients or (mailbox.address,),
            mailbox=mailbox,
            at=timezone.now(),
        )
    return _said("stored", 200)


def _note_events(mailbox: Mailbox, request: HttpRequest) -> HttpResponse:
    try:
        events = reported_events(mailbox, request)
    except (NotProven, DatabaseFault, OSError):
        raise
    except Exception:  # a report of a kind we do not know is not worth the provider's retries
        log.exception("a report for mailbox %s is not understood", mailbox.pk)
        return _said("not understood", 200)
    for event in events:
        note_tracking(event, mailbox=mailbox)
    return _said("noted", 200)


def _park(mailbox: Mailbox, body: bytes, reason: str) -> None:
    keep_arrival(
        channel="email",
        key=f"post:{hashlib.sha256(body).hexdigest()}",
        raw=body,
        source=Arrival.Source.WEBHOOK,
        mailbox=mailbox,
        parked_for=reason,
        at=timezone.now(),
    )


def _said(text: str, status: int) -> HttpResponse:
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain")
