"""A new agent chooses their password by a link in a mail."""

from smtplib import SMTPException

from allauth.account.forms import ResetPasswordForm
from allauth.core.context import request_context
from django.http import HttpRequest

from helpdesk.accounts.models import Agent


def send_invitation(request: HttpRequest, agent: Agent) -> bool:
    """Mail an agent the link to set a password; False when the mail could not be handed over."""
    form = ResetPasswordForm({"email": agent.email})
    if not form.is_valid():
        return False
    try:
        with request_context(request):  # allauth asks for it, and the answer may be on its way
            form.save(request)
    except (SMTPException, OSError):
        return False
    return True
