"""Mails that can be told apart, and what has become of them, seen from outside."""

import hashlib
from email.message import EmailMessage
from typing import Any

# Every so many mails one brings a file of its own.
FILE_EVERY = 10
COUNT = """
import hashlib
from collections import Counter
from helpdesk.lib.blobs import open_blob
from tickets.channels.models import Arrival, Mailbox
from tickets.models import Attachment, Message, Ticket, TicketEvent
sent = Message.objects.filter(subject__startswith="Fault run ")
files = Attachment.objects.filter(message__in=sent)
def is_broken(sha):
    return hashlib.sha256(open_blob(sha).read()).hexdigest() != sha
states = Counter(Arrival.objects.values_list("state", flat=True))
tell({
    "unfinished": states["stored"],
    "states": states,
    "subjects": Counter(sent.values_list("subject", flat=True)),
    "tickets": Ticket.objects.filter(messages__in=sent).distinct().count(),
    "opened": TicketEvent.objects.filter(kind="opened", message__in=sent).count(),
    "files": sorted(files.values_list("name", "sha256")),
    "broken_files": sum(is_broken(sha) for sha in files.values_list("sha256", flat=True)),
    "begun_again": Arrival.objects.filter(attempts__gt=1).count(),
    "most_beginnings": max(Arrival.objects.values_list("attempts", flat=True), default=0),
})
"""


def mail(number: int) -> EmailMessage:
    """A mail of its own; every tenth brings a file of its own."""
    made = EmailMessage()
    made["From"] = f"Person {number % 300} <person{number % 300}@faults.example>"
    made["To"] = "support@localhost.example"
    made["Subject"] = f"Fault run {number}"
    made["Message-ID"] = f"<{number}@faults.example>"
    made.set_content(f"This is mail number {number}.")
    if number % FILE_EVERY == 0:
        made.add_attachment(
            data_of(number), maintype="application", subtype="pdf", filename=f"{number}.pdf"
        )
    return made


def data_of(number: int) -> bytes:
    return hashlib.sha256(str(number).encode()).digest() * 500


def faults_of(counted: dict[str, Any], mails: int) -> list[str]:
    """Sentences about what is wrong with the mails 0 … n; none is the promise kept."""
    subjects, states = counted["subjects"], counted["states"]
    faults = []
    wanted = {f"Fault run {number}" for number in range(mails)}
    if lost := wanted - set(subjects):
        faults.append(f"{len(lost)} mails are no message: {sorted(lost)[:5]}")
    if double := [subject for subject, times in subjects.items() if times > 1]:
        faults.append(f"{len(double)} mails are messages twice: {double[:5]}")
    if states != {"processed": mails}:
        faults.append(f"The journal says {states}.")
    if counted["tickets"] != mails:
        faults.append(f"There are {counted['tickets']} tickets.")
    files = [
        [f"{number}.pdf", hashlib.sha256(data_of(number)).hexdigest()]
        for number in range(0, mails, FILE_EVERY)
    ]
    if counted["files"] != sorted(files) or counted["broken_files"]:
        faults.append("Attachments are not what was sent.")
    return faults
