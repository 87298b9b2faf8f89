"""The contact form: kept before it is read, sent once however often it is posted."""

import logging
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from helpdesk.lib.errors import TransientError
from tickets.channels.models import Arrival, Mailbox
from tickets.channels.reading import read_one
from tickets.channels.webform.files import KeptFile, keep_files, read_files, sign_files
from tickets.channels.webform.forms import ContactForm
from tickets.channels.webform.keeping import CHANNEL, Stamp, keep_form
from tickets.channels.webform.limits import client_of, may_send, may_store_files
from tickets.channels.webform.reply_time import expected_by, outside_hours, usual_reply_time
from tickets.models import BusinessCalendar, SlaPolicy, Topic
from tickets.operations.policies import policy_for_channel, policy_of

log = logging.getLogger(__name__)

_SENT = "webform.sent"
FASTEST_SECONDS = 2
SENT_SECONDS = 30 * 24 * 3600
TRAP = "website"
TOO_MANY = 429


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    """Ask what somebody needs; keep it, read it and lead to the page with its reference."""
    topics = list(Topic.objects.filter(is_public=True))
    if request.method != "POST":
        return _page(request, ContactForm(topics=topics))
    return _take(request, ContactForm(request.POST, request.FILES, topics=topics))


def expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose cookie is gone: the contact form comes back with its words, else a page.

    Nothing was checked about who posts this, so nothing is kept and nothing is sent.
    """
    if request.path != reverse("contact"):
        return csrf_failure(request, reason, template_name="403_csrf.html")
    form = ContactForm(request.POST, topics=list(Topic.objects.filter(is_public=True)))
    form.add_error(None, _("This page was open for too long. Please send it once more."))
    files = read_files(request.POST.get("kept", ""))
    return _page(request, form, files=files, status=403)


def _take(request: HttpRequest, form: ContactForm) -> HttpResponse:
    now = timezone.now()
    stamp = Stamp.read(request.POST.get("stamp", ""))
    files = _take_files(request, form)
    if stamp is None:
        form.add_error(None, _("This page was open for too long. Please send it once more."))
    if not form.is_valid() or stamp is None:
        return _page(request, form, files=files, stamp=stamp, status=422)
    is_robot = bool(request.POST.get(TRAP)) or now.timestamp() - stamp.handed_out < FASTEST_SECONDS
    if not may_send(client=client_of(request), address=form.cleaned_data["email"]):
        return _page(request, form, files=files, stamp=stamp, status=TOO_MANY)
    arrival_id = keep_form(form.answers(), files, stamp=stamp, is_suspicious=is_robot, at=now)
    if is_robot:
        return render(request, "webform/sent.html", {"expected": _expected()})
    try:
        read_one(arrival_id, at=now)
    except (TransientError, DatabaseError) as error:
        log.warning("form arrival %s will be read later: %s", arrival_id, error)
    return redirect("contact-sent", token=signing.dumps(arrival_id, salt=_SENT))


def _take_files(request: HttpRequest, form: ContactForm) -> list[KeptFile]:
    """Store what came now beside what was kept before, less what the writer took away."""
    dropped = set(request.POST.getlist("drop"))
    before = [f for f in read_files(request.POST.get("kept", "")) if f.sha256 not in dropped]
    uploads = request.FILES.getlist("files")
    if uploads and not may_store_files(client_of(request)):
        form.add_error("files", _("You have sent many files. Send these by e-mail, please."))
        return before
    files, complaints = keep_files(uploads, before)
    for complaint in complaints:
        form.add_error("files", complaint)
    return files


def _page(
    request: HttpRequest,
    form: ContactForm,
    *,
    files: list[KeptFile] | None = None,
    stamp: Stamp | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    policy = policy_for_channel(CHANNEL, at=now)
    calendar = _calendar(policy, at=now)
    context: dict[str, Any] = {
        "form": form,
        "files": files or [],
        "kept": sign_files(files or []),
        "stamp": (stamp or Stamp.new(at=now)).signed(),
        "usual": usual_reply_time(calendar, policy),
        "closed": outside_hours(calendar, at=now),
        "trap": TRAP,
    }
    if status == TOO_MANY:
        context["write_to"] = _our_address()
    return render(request, "webform/contact.html", context, status=status)


@never_cache
@require_safe
def sent(request: HttpRequest, token: str) -> HttpResponse:
    """Say that we have it, under which reference, and what happens next."""
    try:
        arrival_id = signing.loads(token, salt=_SENT, max_age=SENT_SECONDS)
    except signing.BadSignature as error:
        raise Http404 from error
    arrival = Arrival.objects.select_related("message__ticket").filter(pk=arrival_id).first()
    if arrival is None:
        raise Http404
    message = arrival.message
    context: dict[str, Any] = {"expected": _expected(arrival), "address": arrival.envelope_from}
    if message is not None:
        context["ticket"] = message.ticket
        context["is_added"] = message.ticket.opened_at < message.at
    return render(request, "webform/sent.html", context)


def _expected(arrival: Arrival | None = None) -> str:
    at = arrival.received_at if arrival else timezone.now()
    if arrival and arrival.message:
        policy = policy_of(arrival.message.ticket, at=at)
    else:
        policy = policy_for_channel(CHANNEL, at=at)
    return expected_by(_calendar(policy, at=at), policy, at=at)


def _calendar(policy: SlaPolicy | None, *, at: datetime) -> BusinessCalendar | None:
    name = policy.calendar_name if policy else ""
    return BusinessCalendar.objects.valid_at(at, name=name)


def _our_address() -> str:
    default = Mailbox.objects.filter(is_active=True, is_default=True)
    return default.values_list("address", flat=True).first() or settings.DEFAULT_FROM_EMAIL
