"""What an agent says on a ticket: replies, notes, drafts, logged contacts, promises."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.models import Promise
from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from helpdesk.lib.blobs import store_blob
from helpdesk.lib.errors import DomainError
from helpdesk.lib.html import clean_html
from helpdesk.lib.text import clean_line
from helpdesk.web import AgentRequest, agent_required, wants_fragment
from tickets import queries
from tickets.briefing.replying import reply_prepared
from tickets.desk.actions import offer_undo
from tickets.desk.conversation import SPOKEN, Said, conversation
from tickets.desk.files import SHOWN_TYPES, find_message, type_of
from tickets.desk.forms import ComposerForm, ContactForm, DraftForm, PromiseForm
from tickets.desk.recipients import chosen_in
from tickets.desk.ticket import done, find_ticket, refused, workspace
from tickets.errors import ModeMismatch, StaleReply
from tickets.models import Message, Ticket
from tickets.operations import (
    ContactKind,
    NewAttachment,
    NewMessage,
    keep_promise_on_ticket,
    log_contact,
    note_on_ticket,
    promise_on_ticket,
    save_draft,
)
from tickets.operations.lifecycle import default_status
from tickets.speech.sending import take_back_reply

_FILES_SALT = "tickets.desk.files"
DAY_SECONDS = 24 * 3600


@agent_required
@require_POST
def write(request: AgentRequest, number: int) -> HttpResponse:
    """Send a reply or keep a note. What cannot be sent stays in the composer, files too."""
    ticket = find_ticket(request.user, number)
    form = ComposerForm(request.POST, request.FILES)
    if not form.is_valid():
        return _kept(request, ticket, form, _first_error(form), files=())
    files = _files(form)
    if not form.is_as_shown:
        return _kept(request, ticket, form, ModeMismatch(), files=files)
    try:
        _say(ticket, form, files, agent=request.user)
    except DomainError as error:
        return _kept(request, ticket, form, error, files=files)
    if form.cleaned_data["then"] == "solve":
        offer_undo(request, ticket)
    if not wants_fragment(request):
        return done(request, ticket)
    return workspace(request, find_ticket(request.user, number))


def _say(
    ticket: Ticket, form: ComposerForm, files: tuple[NewAttachment, ...], *, agent: Agent
) -> Message:
    text = form.cleaned_data["body"]
    html = clean_html(form.cleaned_data["html"]).html if text.strip() else ""
    files = tuple(_placed(file, html) for file in files)
    content = NewMessage(text=text, html=html, attachments=files)
    by, at = Actor.agent(agent.pk), timezone.now()
    seen = form.seen_event_id
    if form.is_note:
        return note_on_ticket(ticket, content=content, seen_event_id=seen, by=by, at=at)
    then = default_status(ComposerForm.THEN[form.cleaned_data["then"]])
    if form.cleaned_data["shows_recipients"]:
        content = replace(content, recipients=form.cleaned_data["to"], cc=form.copied)
    hold = timedelta(seconds=settings.UNDO_SENDING_SECONDS)
    return reply_prepared(
        ticket,
        agent=agent,
        content=content,
        macros=form.cleaned_data["macros"],
        reason=form.cleaned_data["ask_reason"],
        then=then,
        seen_event_id=seen,
        hold=hold,
        by=by,
        at=at,
    )


def _placed(file: NewAttachment, html: str) -> NewAttachment:
    """A picture that stands in the text belongs to it, by the name the composer gave it."""
    if f'"cid:{file.name}"' not in html or file.content_type not in SHOWN_TYPES:
        return file
    return replace(file, content_id=file.name, is_inline=True)


def _kept(
    request: AgentRequest,
    ticket: Ticket,
    form: ComposerForm,
    error: DomainError | str,
    *,
    files: tuple[NewAttachment, ...],
) -> HttpResponse:
    """Say why nothing was sent (409), above the untouched text; what is new comes with it."""
    is_stale = isinstance(error, StaleReply)
    refusal = {
        "error": error,
        "is_stale": is_stale,
        "news": _news(ticket, form) if is_stale else [],
        "last_event": ticket.last_event_id,
        "then": form.data.get("then", ""),
        "ticket": ticket,
    }
    if wants_fragment(request):
        response = render(
            request, "tickets/desk/_composer_refusal.html", {"refusal": refusal}, status=409
        )
        response["HX-Retarget"] = "#composer-refusal"
        response["HX-Reselect"] = "#composer-refusal"
        return response
    composer: dict[str, Any] = {name: form.data.get(name, "") for name in ("kind", "body", "html")}
    composer["chosen"] = chosen_in(request.POST)
    composer["macros"] = request.POST.getlist("macros")
    composer |= {"refusal": refusal, "files": files, "kept_files": _pack(files)}
    return workspace(request, ticket, status=409, composer=composer)


def _news(ticket: Ticket, form: ComposerForm) -> list[Said]:
    """What was said after the page was made, as the conversation shows it."""
    events = ticket.events.filter(id__gt=form.seen_event_id, kind__in=SPOKEN)
    said = queries.messages_on_page(ticket, whole=True).filter(
        pk__in=events.exclude(message=None).values("message")
    )
    return [item for item in conversation(ticket, messages=list(said)) if isinstance(item, Said)]


def _first_error(form: forms.Form) -> str:
    return next((str(error) for errors in form.errors.values() for error in errors), "")


def _files(form: ComposerForm) -> tuple[NewAttachment, ...]:
    """Store what was uploaded, and find again what an earlier, refused try had stored."""
    uploaded = tuple(_store(file) for file in form.cleaned_data["files"])
    return _unpack(form.cleaned_data["kept_files"]) + uploaded


def _store(file: UploadedFile) -> NewAttachment:
    data = file.read()
    name = clean_line(file.name or "", limit=255) or "file"
    return NewAttachment(
        name=name, content_type=type_of(name), size=len(data), sha256=store_blob(data)
    )


def _pack(files: tuple[NewAttachment, ...]) -> str:
    rows = [[file.name, file.content_type, file.size, file.sha256] for file in files]
    return signing.dumps(rows, salt=_FILES_SALT, compress=True) if rows else ""


def _unpack(packed: str) -> tuple[NewAttachment, ...]:
    try:
        rows: list[Any] = signing.loads(packed, salt=_FILES_SALT, max_age=DAY_SECONDS)
    except signing.BadSignature:
        return ()
    return tuple(
        NewAttachment(name=name, content_type=content_type, size=size, sha256=sha256)
        for name, content_type, size, sha256 in rows
    )


@agent_required
@require_POST
def take_back(request: AgentRequest, pk: int) -> HttpResponse:
    """Take a reply back before it goes out: its words, files and recipients are in the composer."""
    message = find_message(request, pk)
    files = tuple(
        NewAttachment(name=f.name, content_type=f.content_type, size=f.size, sha256=f.sha256)
        for f in message.attachments.all()
    )
    try:
        take_back_reply(message, by=Actor.agent(request.user.pk), at=timezone.now())
    except DomainError as error:
        return refused(request, error)
    messages.success(request, _("Taken back: nothing was sent. Your words are in the composer."))
    composer = {
        "kind": Message.Kind.REPLY.value,
        "body": message.text,
        "html": message.html,
        "files": files,
        "kept_files": _pack(files),
        "chosen": {"to": message.recipients, "cc": message.cc},
    }
    ticket = find_ticket(request.user, message.ticket.number)
    return workspace(request, ticket, composer=composer)


@agent_required
@require_POST
def draft(request: AgentRequest, number: int) -> HttpResponse:
    """Keep what is in the composer (204)."""
    ticket = find_ticket(request.user, number)
    form = DraftForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    save_draft(
        ticket,
        agent_id=request.user.pk,
        kind=form.cleaned_data["kind"],
        text=form.cleaned_data["body"],
        html=clean_html(form.cleaned_data["html"]).html,
        at=timezone.now(),
    )
    return HttpResponse(status=204)


@agent_required
@require_POST
def contact(request: AgentRequest, number: int) -> HttpResponse:
    """Log a call, visit or letter on the ticket."""
    ticket = find_ticket(request.user, number)
    form = ContactForm(request.POST, prefix="contact")
    if not form.is_valid():
        return workspace(request, ticket, status=422, contact_form=form)
    given = form.cleaned_data | {"kind": ContactKind(form.cleaned_data["kind"])}
    try:
        log_contact(ticket, **given, by=Actor.agent(request.user.pk), at=timezone.now())
    except DomainError as error:
        return refused(request, error, kept=form.cleaned_data["text"])
    return done(request, ticket)


@agent_required
@require_POST
def promise(request: AgentRequest, number: int) -> HttpResponse:
    """Promise the customer something by a day."""
    ticket = find_ticket(request.user, number)
    form = PromiseForm(request.POST, prefix="promise")
    if not form.is_valid():
        return workspace(request, ticket, status=422, promise_form=form)
    try:
        promise_on_ticket(
            ticket, **form.cleaned_data, by=Actor.agent(request.user.pk), at=timezone.now()
        )
    except DomainError as error:
        return refused(request, error, kept=form.cleaned_data["text"])
    return done(request, ticket)


@agent_required
@require_POST
def keep(request: AgentRequest, number: int, pk: int) -> HttpResponse:
    """Close a promise to this customer as kept."""
    ticket = find_ticket(request.user, number)
    promises = Promise.objects.visible_to(request.user).filter(customer=ticket.customer_id)
    kept = get_object_or_404(promises, pk=pk)
    by = Actor.agent(request.user.pk)
    try:
        keep_promise_on_ticket(ticket, promise=kept, by=by, at=timezone.now())
    except DomainError as error:
        return refused(request, error)
    return done(request, ticket)
