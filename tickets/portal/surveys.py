"""A customer's own pages of a survey. Opening one stores nothing; only sending the form does.

The token in the address says who answers. It is a secret of one mail, so these forms need no
cookie and no token against forgery, and work where cookies are blocked.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from helpdesk.lib.errors import DomainError
from tickets.channels.webform.keeping import Stamp
from tickets.feedback.answering import answer_survey, last_change_at, stop_surveys
from tickets.feedback.errors import SurveyExpired
from tickets.feedback.inviting import speaks
from tickets.feedback.models import Answer, Invitation, ReviewPlace
from tickets.feedback.scanning import note_opening, was_scanned
from tickets.feedback.wording import scores, words_in
from tickets.portal.survey_forms import AnswerForm

GONE, UNKNOWN = 410, 404
View = Callable[[HttpRequest, Invitation], HttpResponse]


def of_invitation(view: View) -> Callable[[HttpRequest, str], HttpResponse]:
    """Find the invitation of a token and speak its language; a page of its own for any other."""

    @wraps(view)
    def found(request: HttpRequest, token: str) -> HttpResponse:
        invitation = Invitation.objects.of_token(token)
        if invitation is None:
            return render(request, "tickets/portal/survey_unknown.html", status=UNKNOWN)
        with translation.override(speaks(invitation.language)):
            return view(request, invitation)

    return found


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@of_invitation
def answer(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Ask, with the score of the link that was opened chosen; keep what is sent."""
    if request.method == "POST":
        return _take(request, invitation)
    now = timezone.now()
    chosen = _chosen(request, invitation)
    if chosen is not None:
        note_opening(invitation, chosen, at=now.timestamp())
    standing = invitation.answers.filter(stands=True).first()
    until = last_change_at(invitation)
    if until is None and invitation.expires_at is not None and now > invitation.expires_at:
        return _over(request, SurveyExpired())
    initial = _said_before(standing) | ({} if chosen is None else {"score": chosen})
    form = AnswerForm(initial=initial, invitation=invitation, language=invitation.language)
    return _page(request, invitation, form, standing=standing)


def _take(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    now = timezone.now()
    form = AnswerForm(request.POST, invitation=invitation, language=invitation.language)
    stamp = Stamp.read(request.POST.get("stamp", ""))
    if stamp is None:
        form.add_error(None, _("This page was open for too long. Please send it once more."))
    if not form.is_valid() or stamp is None:
        standing = invitation.answers.filter(stands=True).first()
        return _page(request, invitation, form, standing=standing, stamp=stamp, status=422)
    try:
        answer_survey(
            invitation,
            said=form.said(),
            page=stamp.nonce,
            is_scanned=was_scanned(invitation, opened_at=stamp.handed_out),
            at=now,
        )
    except DomainError as error:
        return _over(request, error)
    return redirect(f"{request.path}/thanks")


def _page(
    request: HttpRequest,
    invitation: Invitation,
    form: AnswerForm,
    *,
    standing: Answer | None,
    stamp: Stamp | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    until = last_change_at(invitation)
    context: dict[str, Any] = {
        "form": form,
        "ticket": invitation.ticket if invitation.event_id else None,
        "is_reopened": invitation.event_id and not invitation.ticket.is_finished,
        "standing": standing,
        "until": until,
        "is_final": until is not None and now > until,
        "stamp": (stamp or Stamp.new(at=now)).signed(),
        "token": request.path.rpartition("/")[2],
        "is_nps": invitation.survey.scale == "nps11",
    }
    return render(request, "tickets/portal/survey.html", context, status=status)


def _chosen(request: HttpRequest, invitation: Invitation) -> int | None:
    """The score of the link that led here."""
    asked = request.GET.get("r", "")
    is_short = asked.isascii() and asked.isdecimal() and len(asked) <= len("10")
    return int(asked) if is_short and int(asked) in scores(invitation.survey.scale) else None


def _said_before(standing: Answer | None) -> dict[str, Any]:
    names = ("score", "solved", "repeated", "reasons", "comment")
    return {name: getattr(standing, name) for name in names} if standing else {}


def _over(request: HttpRequest, error: DomainError) -> HttpResponse:
    return render(request, "tickets/portal/survey_over.html", {"error": error}, status=GONE)


@never_cache
@require_safe
@of_invitation
def thanks(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Say that we have it, until when it can be changed, and what else they may do."""
    words = words_in(invitation.survey, invitation.language)
    context = {
        "until": last_change_at(invitation),
        "words": words.thanks if words else "",
        "back": request.path.removesuffix("/thanks"),
    }
    return render(request, "tickets/portal/survey_thanks.html", context)


@never_cache
@require_safe
@of_invitation
def review(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Offer a public review and a private word alike, whatever was answered."""
    context = {
        "places": ReviewPlace.objects.filter(is_active=True),
        "back": request.path.removesuffix("/review"),
    }
    return render(request, "tickets/portal/survey_review.html", context)


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@of_invitation
def stop(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Show the button that stops surveys; stop them when it is pressed."""
    if request.method == "POST":
        evidence = "stopped by the link in a survey mail"
        stop_surveys(invitation.customer, evidence=evidence, at=timezone.now())
    is_stopped = request.method == "POST"
    return render(request, "tickets/portal/survey_stop.html", {"is_stopped": is_stopped})
