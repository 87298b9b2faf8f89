"""Mailboxes: how they are, what they are set to, and the guided test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Concatenate, ParamSpec

from django.conf import settings as installation
from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from helpdesk.accounts.roles import Permission
from helpdesk.lib.actors import Actor
from helpdesk.lib.errors import DomainError
from helpdesk.web import AgentRequest, agent_required, wants_fragment
from tickets.channels.email.providers.posts import HOOK_USER
from tickets.channels.email.tasks import run_mailbox_test
from tickets.channels.email.trying import start_test
from tickets.channels.mailboxes import (
    add_mailbox,
    change_mailbox,
    renew_hook,
    set_sign_in,
)
from tickets.channels.models import Mailbox, MailboxTest
from tickets.desk.arrivals import FAILING_KEY
from tickets.desk.changes import SHOWN, told
from tickets.desk.mailbox_fields import SETTINGS, PartForm
from tickets.desk.mailbox_forms import PARTS, DoorForm, NewMailboxForm

P = ParamSpec("P")
TESTS_SHOWN = 5
STEPS = {
    "in-resolve": _("Find the IMAP server"),
    "in-connect": _("Reach the IMAP server"),
    "in-tls": _("Encrypt the connection"),
    "in-login": _("Sign in to fetch mail"),
    "in-folder": _("Open the folder"),
    "door": _("Mail in"),
    "out-resolve": _("Find the SMTP server"),
    "out-connect": _("Reach the SMTP server"),
    "out-login": _("Sign in to send mail"),
    "send": _("Send a mail"),
    "arrive": _("Get the mail back"),
    "lag": _("How long it took"),
}


def may_manage_mailboxes(
    view: Callable[Concatenate[AgentRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Admit those who may change where mail comes from and goes to."""

    def permitted(request: AgentRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.may(Permission.MANAGE_MAILBOXES):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return agent_required(permitted)


@dataclass(frozen=True)
class Health:
    """How a mailbox is, in a word and a tone, with the sentence behind it."""

    mailbox: Mailbox
    word: str
    tone: str
    icon: str
    lag: timedelta


@require_safe
@may_manage_mailboxes
def mailboxes(request: AgentRequest) -> HttpResponse:
    """All mailboxes with their health, those in trouble first."""
    at = timezone.now()
    rows = Mailbox.objects.select_related("team", "sign_in").order_by("name")
    found = sorted((health(row, at) for row in rows), key=lambda one: one.tone != "danger")
    context = {"healths": found, "section": "parked"}
    return render(request, "tickets/desk/mailboxes.html", context)


@require_safe
@may_manage_mailboxes
def mailbox(request: AgentRequest, pk: int) -> HttpResponse:
    """One mailbox: its health, its settings in words, its tests and who changed what."""
    row = get_object_or_404(Mailbox.objects.select_related("team", "topic", "sign_in"), pk=pk)
    context = {
        "box": row,
        "health": health(row, timezone.now()),
        "hook_urls": _hook_urls(row),
        "tests": list(row.tests.all()[:TESTS_SHOWN]),
        "changes": told(row.changes.select_related("agent")[:SHOWN], SETTINGS),
        "section": "parked",
    }
    return render(request, "tickets/desk/mailbox.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@may_manage_mailboxes
def new(request: AgentRequest) -> HttpResponse:
    """Add a mailbox; what its door needs is asked next."""
    form = NewMailboxForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by = Actor.agent(request.user.pk)
        try:
            row = add_mailbox(settings=form.cleaned_data, by=by, at=timezone.now())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, gettext("The mailbox is added. Now say where its mail is."))
            return redirect("desk:mailbox-settings", row.pk, "door")
    context = {"form": form, "section": "parked"}
    return render(
        request, "tickets/desk/mailbox_new.html", context, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@may_manage_mailboxes
def settings(request: AgentRequest, pk: int, part: str) -> HttpResponse:
    """Show and change one part of a mailbox's settings: address, door or out."""
    row = get_object_or_404(Mailbox, pk=pk)
    if part not in PARTS:
        raise Http404
    form = PARTS[part](request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid() and _save(request, row, form):
        cache.delete(FAILING_KEY)
        messages.success(request, gettext("The settings are saved."))
        return redirect("desk:mailbox", pk)
    status = 422 if form.errors else 200
    context = {
        "form": form,
        "box": row,
        "redirect_uri": installation.BASE_URL + reverse("desk:mailbox-signed-in"),
        "section": "parked",
    }
    templates = [f"tickets/desk/mailbox_{part}.html", "tickets/desk/mailbox_settings.html"]
    return render(request, templates, context, status=status)


def _save(request: AgentRequest, row: Mailbox, form: PartForm) -> bool:
    by, at = Actor.agent(request.user.pk), timezone.now()
    try:
        with transaction.atomic():
            change_mailbox(row, changes=form.changes(), by=by, at=at)
            if isinstance(form, DoorForm) and (wanted := form.sign_in_settings()):
                set_sign_in(row, settings=wanted, by=by, at=at)
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    return True


@require_POST
@may_manage_mailboxes
def hook(request: AgentRequest, pk: int) -> HttpResponse:
    """Make a new password for a mailbox's webhook and show the addresses with it, once."""
    row = get_object_or_404(Mailbox, pk=pk)
    secret = renew_hook(row, by=Actor.agent(request.user.pk), at=timezone.now())
    context = {"box": row, "hook_urls": _hook_urls(row, secret), "section": "parked"}
    response = render(request, "tickets/desk/mailbox_hook.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@may_manage_mailboxes
def begin_test(request: AgentRequest, pk: int) -> HttpResponse:
    """Begin the guided test; its page shows how far it is."""
    row = get_object_or_404(Mailbox, pk=pk)
    test = start_test(row, by=Actor.agent(request.user.pk), at=timezone.now())
    if not test.steps:
        transaction.on_commit(lambda: run_mailbox_test.delay(test_id=test.pk))
    return redirect("desk:mailbox-test-run", test.pk)


@require_safe
@may_manage_mailboxes
def test_run(request: AgentRequest, pk: int) -> HttpResponse:
    """How far a guided test is; asks for itself again while it runs."""
    test = get_object_or_404(MailboxTest.objects.select_related("mailbox"), pk=pk)
    steps = [{**step, "label": STEPS.get(step["name"], step["name"])} for step in test.steps]
    context = {"test": test, "box": test.mailbox, "steps": steps, "section": "parked"}
    name = "mailbox_test_steps" if wants_fragment(request) else "mailbox_test"
    return render(request, f"tickets/desk/{name}.html", context)


def health(row: Mailbox, at: Any) -> Health:
    """Put a mailbox's state of fetching into a word."""
    lag = row.lag(at)
    if not row.is_active:
        return Health(row, gettext("Not in use"), "", "circle", lag)
    if row.is_failing(at):
        return Health(row, gettext("Failing"), "danger", "circle-alert", lag)
    if row.last_error:
        return Health(row, gettext("Failed once"), "warning", "triangle-alert", lag)
    if row.is_polled and row.last_fetched_at is None:
        return Health(row, gettext("Not fetched yet"), "info", "clock", lag)
    if row.backlog:
        return Health(row, gettext("Catching up"), "info", "clock", lag)
    return Health(row, gettext("Fine"), "success", "circle-check", lag)


def _hook_urls(row: Mailbox, secret: str = "") -> list[tuple[str, str]]:
    """Where a provider is told to post to, with the password in it only when it is new."""
    if not row.provider or row.provider == Mailbox.Provider.SES:
        return []
    base = installation.BASE_URL
    if secret:
        scheme, _, rest = base.partition("://")
        base = f"{scheme}://{HOOK_USER}:{secret}@{rest}"
    door = "mail-hook-mime" if row.provider == Mailbox.Provider.MAILGUN else "mail-hook"
    mail, events = (
        base + reverse(name, args=[row.hook_key]) for name in (door, "mail-hook-events")
    )
    is_door = row.door == Mailbox.Door.WEBHOOK
    return [*([(gettext("Mail"), mail)] if is_door else []), (gettext("Reports"), events)]
