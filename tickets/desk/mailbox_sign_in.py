"""Signing a mailbox in at Microsoft, Google or another provider, and coming back from there."""

from secrets import token_urlsafe

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from helpdesk.lib.actors import Actor
from helpdesk.lib.errors import TransientError
from helpdesk.lib.text import clean_line
from helpdesk.web import AgentRequest
from tickets.channels.email.faults import SignInNeeded
from tickets.channels.email.oauth import authorise_address, exchange_code
from tickets.channels.mailboxes import note_sign_in
from tickets.channels.models import MailboxSignIn
from tickets.desk.mailboxes import may_manage_mailboxes

KEPT = "mailbox-sign-in"


def redirect_uri() -> str:
    """The address a provider must know us by."""
    return f"{settings.BASE_URL}{reverse('desk:mailbox-signed-in')}"


@require_POST
@may_manage_mailboxes
def sign_in(request: AgentRequest, pk: int) -> HttpResponse:
    """Lead to the provider's page. A link, not a redirect: our policy keeps forms on this site."""
    found = get_object_or_404(MailboxSignIn.objects.select_related("mailbox"), mailbox=pk)
    state, verifier = token_urlsafe(32), token_urlsafe(48)
    request.session[KEPT] = {"pk": found.pk, "state": state, "verifier": verifier}
    address = authorise_address(
        found,
        state=state,
        verifier=verifier,
        redirect_uri=redirect_uri(),
        hint=found.mailbox.imap_user or found.mailbox.address,
    )
    context = {"box": found.mailbox, "sign_in": found, "address": address, "section": "parked"}
    return render(request, "tickets/desk/mailbox_sign_in.html", context)


@require_safe
@may_manage_mailboxes
def signed_in(request: AgentRequest) -> HttpResponse:
    """Take the code the provider sends back, for the sign-in this very browser began."""
    kept = request.session.pop(KEPT, None)
    state = request.GET.get("state", "")
    if not kept or not constant_time_compare(state, kept["state"]):
        messages.error(request, _("That sign-in was not begun here, or too long ago. Try again."))
        return redirect("desk:mailboxes")
    found = get_object_or_404(MailboxSignIn, pk=kept["pk"])
    if code := request.GET.get("code", ""):
        _take(request, found, code=code, verifier=kept["verifier"])
    else:
        said = request.GET.get("error_description") or request.GET.get("error") or _("no reason")
        text = _("The provider did not sign the mailbox in: %s")
        messages.error(request, text % clean_line(said, limit=200))
    return redirect("desk:mailbox", found.mailbox_id)


def _take(request: AgentRequest, found: MailboxSignIn, *, code: str, verifier: str) -> None:
    at = timezone.now()
    try:
        exchange_code(found, code=code, verifier=verifier, redirect_uri=redirect_uri(), at=at)
    except (SignInNeeded, TransientError) as error:
        messages.error(request, str(error))
    else:
        note_sign_in(found, by=Actor.agent(request.user.pk), at=at)
        messages.success(request, _("The mailbox is signed in. Test it now."))
