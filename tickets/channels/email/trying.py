"""The guided test of a mailbox: a mail sent by its way out must come in by its door.

Each step is written down as it is taken, in words for whoever watches; see MailboxTest.
"""

import socket
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from secrets import token_hex

from anymail.exceptions import AnymailError
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk.lib.actors import Actor
from helpdesk.lib.text import clean_line
from tickets.channels.base import Undeliverable
from tickets.channels.email.automatic import OWN_LOOP_FIELD
from tickets.channels.email.faults import OUTSIDE, explain
from tickets.channels.email.fetching import fetch_mailbox
from tickets.channels.email.imap import connected, log_in, open_folder
from tickets.channels.email.outgoing import outgoing_connection, sending_fault
from tickets.channels.models import Arrival, Mailbox, MailboxTest

PATIENCE = timedelta(minutes=2)
CONNECT_SECONDS = 10
SLOW = timedelta(seconds=60)
Step = tuple[str, Callable[[], str]]
FAILURES = (*OUTSIDE, AnymailError, Undeliverable)


@transaction.atomic
def start_test(mailbox: Mailbox, *, by: Actor, at: datetime) -> MailboxTest:
    """Begin a test of a mailbox, or return the one that is running."""
    mailbox = Mailbox.objects.select_for_update(of=("self",)).get(pk=mailbox.pk)
    running = mailbox.tests.filter(state="running", started_at__gt=at - 2 * PATIENCE).first()
    if running:
        return running
    return MailboxTest.objects.create(
        mailbox=mailbox, agent_id=by.agent_id, token=token_hex(16), started_at=at
    )


def take_steps(test: MailboxTest) -> bool:
    """Try door and way out one thing after the other and send the mail.

    Both sides are tried even if one fails, so that all that is wrong is seen at once. Returns
    whether a mail is under way now.
    """
    if test.steps:
        return test.state == MailboxTest.State.RUNNING
    mailbox = test.mailbox
    is_fine = _take(test, _door_steps(mailbox), host=_door_host(mailbox))
    is_fine &= _take(test, _way_out_steps(mailbox, test), host=_out_host(mailbox))
    if not is_fine:
        _finish(test, MailboxTest.State.FAILED)
        return False
    test.sent_at = timezone.now()
    _note(test, "arrive", "running", _("Waiting for the mail to come back …"))
    test.save(update_fields=["sent_at"])
    return True


def look_for_mail(test: MailboxTest, *, at: datetime) -> bool:
    """See whether the mail has come; False while it is worth waiting on."""
    if test.state != MailboxTest.State.RUNNING or test.sent_at is None:
        return True
    if test.mailbox.is_polled:
        fetch_mailbox(test.mailbox_id, at=at)
    arrival = _arrival(test)
    if arrival is None and timezone.now() < test.sent_at + PATIENCE:
        return False
    test.steps = [step for step in test.steps if step["name"] != "arrive"]
    if arrival is None:
        _note(test, "arrive", "failed", _not_come(test.mailbox))
        _finish(test, MailboxTest.State.FAILED)
        return True
    took = max(timedelta(), arrival.received_at - test.sent_at)
    seconds = {"seconds": round(took.total_seconds(), 1)}
    _note(test, "arrive", "passed", _("The mail came back and is safe here."))
    text = _("It took %(seconds)s seconds.") % seconds
    if took > SLOW:
        text = _("It took %(seconds)s seconds; customers' mail will be as late.") % seconds
    _note(test, "lag", "passed", text)
    _finish(test, MailboxTest.State.PASSED)
    return True


def _take(test: MailboxTest, steps: Iterator[Step], *, host: tuple[str, int]) -> bool:
    for name, step in steps:
        try:
            _note(test, name, "passed", step())
        except FAILURES as error:
            known = sending_fault(error) or (error if isinstance(error, Undeliverable) else None)
            said = str(known) if known else explain(error, host=host[0], port=host[1]).reason
            _note(test, name, "failed", said)
            return False
    return True


def _door_steps(mailbox: Mailbox) -> Iterator[Step]:
    if mailbox.door != Mailbox.Door.IMAP:
        yield "door", partial(_other_door, mailbox)
        return
    host, port = mailbox.imap_host, mailbox.imap_port
    yield "in-resolve", partial(_resolve, host, port)
    yield "in-connect", partial(_connect, host, port)
    yield "in-tls", partial(_try_imap, mailbox, is_signing_in=False)
    yield "in-login", partial(_try_imap, mailbox, is_signing_in=True)
    yield "in-folder", partial(_try_folder, mailbox)


def _way_out_steps(mailbox: Mailbox, test: MailboxTest) -> Iterator[Step]:
    host, port = _out_host(mailbox)
    if mailbox.outgoing == Mailbox.Outgoing.SMTP:
        yield "out-resolve", partial(_resolve, host, port)
        yield "out-connect", partial(_connect, host, port)
        yield "out-login", partial(_try_way_out, mailbox)
    yield "send", partial(_send, mailbox, test)


def _door_host(mailbox: Mailbox) -> tuple[str, int]:
    return mailbox.imap_host, mailbox.imap_port


def _out_host(mailbox: Mailbox) -> tuple[str, int]:
    if mailbox.outgoing == Mailbox.Outgoing.SMTP:
        return mailbox.smtp_host, mailbox.smtp_port
    if mailbox.outgoing == Mailbox.Outgoing.PROVIDER:
        return mailbox.get_provider_display(), 443
    return settings.EMAIL_HOST, settings.EMAIL_PORT


def _other_door(mailbox: Mailbox) -> str:
    if mailbox.door == Mailbox.Door.WEBHOOK and not mailbox.hook_secret:
        raise Undeliverable(_("The webhook has no secret yet, so nothing posted to it is taken."))
    if mailbox.door == Mailbox.Door.SQS and not mailbox.queue_url:
        raise Undeliverable(_("No SQS queue is named."))
    return _("Mail is expected by: %s") % mailbox.get_door_display()


def _resolve(host: str, port: int) -> str:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return _("%(host)s is %(address)s.") % {"host": host, "address": found[0][4][0]}


def _connect(host: str, port: int) -> str:
    with socket.create_connection((host, port), CONNECT_SECONDS):
        return _("Port %s answers.") % port


def _try_imap(mailbox: Mailbox, *, is_signing_in: bool) -> str:
    with connected(mailbox) as imap:
        if not is_signing_in:
            return _("Encryption: %s") % mailbox.get_imap_security_display()
        log_in(imap, mailbox)
    return _("%s is signed in.") % mailbox.imap_user


def _try_folder(mailbox: Mailbox) -> str:
    with connected(mailbox) as imap:
        log_in(imap, mailbox)
        open_folder(imap, mailbox)
    return _("The folder %s opens.") % mailbox.imap_folder


def _try_way_out(mailbox: Mailbox) -> str:
    with outgoing_connection(mailbox):
        pass
    return _("The server lets us send.")


def _send(mailbox: Mailbox, test: MailboxTest) -> str:
    if mailbox.outgoing == Mailbox.Outgoing.INSTANCE and "filebased" in settings.EMAIL_BACKEND:
        text = _("Nothing leaves this machine: no EMAIL_URL is set, and mail is put in a folder.")
        raise Undeliverable(text)
    mail = EmailMessage(
        subject=_("Test of the mailbox %s") % clean_line(mailbox.name),
        body=_("This mail tests the mailbox. It makes no ticket.") + f"\n\n{test.token}\n",
        from_email=mailbox.address,
        to=[mailbox.address],
        headers={
            "Message-ID": f"<{test.token}@{settings.MAIL_DOMAIN}>",
            OWN_LOOP_FIELD: settings.MAIL_DOMAIN,
            "Auto-Submitted": "auto-generated",
        },
    )
    with outgoing_connection(mailbox) as connection:
        connection.send_messages([mail])
    return _("A mail to %s was taken by the server.") % mailbox.address


def _arrival(test: MailboxTest) -> Arrival | None:
    """The arrival that carries the test's token."""
    since = test.started_at - timedelta(minutes=1)
    found = Arrival.objects.raw(
        "SELECT id, received_at FROM channels_arrival WHERE received_at >= %s"
        " AND position(convert_to(%s, 'UTF8') in raw) > 0 ORDER BY id LIMIT 1",
        [since, test.token],
    )
    return next(iter(found), None)


def _not_come(mailbox: Mailbox) -> str:
    door = {
        Mailbox.Door.IMAP: _("Is it in another folder, like spam? Is the address this user's?"),
        Mailbox.Door.INTAKE: _("Does your mail server hand mail for this address to our intake?"),
        Mailbox.Door.WEBHOOK: _(
            "Does the provider receive mail for this domain, and post it here?"
        ),
        Mailbox.Door.SQS: _("Does SES receive mail for this domain, and put it into this queue?"),
    }[Mailbox.Door(mailbox.door)]
    minutes = {"minutes": PATIENCE.seconds // 60, "door": door}
    return _("It was sent but has not come back in %(minutes)s minutes. %(door)s") % minutes


def _note(test: MailboxTest, name: str, state: str, text: str) -> None:
    test.steps = [*test.steps, {"name": name, "state": state, "text": clean_line(text, limit=500)}]
    test.save(update_fields=["steps"])


def _finish(test: MailboxTest, state: MailboxTest.State) -> None:
    test.state = state
    test.finished_at = timezone.now()
    test.save(update_fields=["state", "finished_at"])
