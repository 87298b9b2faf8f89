"""Opens a ticket and answers it for each number on its standard input, and repeats the number.

Started with the environment of an instance; the broker may be away.
"""

import os
import sys
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
django.setup()

from django.utils import timezone  # noqa: E402 - after the set-up

from customers.operations import identify_customer  # noqa: E402
from helpdesk.accounts.models import Agent  # noqa: E402
from helpdesk.lib.actors import Actor  # noqa: E402
from tickets.operations import NewMessage, open_ticket, reply_to_ticket  # noqa: E402


def main() -> None:
    by = writer()
    for line in sys.stdin:
        reply(int(line), by=by)
        sys.stdout.write(line)
        sys.stdout.flush()


def writer() -> Actor:
    agent = Agent.objects.filter(email="storm@faults.example").first()
    if agent is None:
        agent = Agent.objects.create_user("storm@faults.example", "a long pass phrase", name="Ana")
    return Actor.agent(agent.pk)


def reply(number: int, *, hold: timedelta = timedelta(0), by: Actor) -> None:
    now = timezone.now()
    address = f"person{number}@faults.example"
    customer = identify_customer(
        kind="email", value=address, name=f"Person {number}", by=Actor.system(), at=now
    )
    ticket = open_ticket(
        customer=customer,
        subject=f"Question {number}",
        content=NewMessage(
            text="How?", author_address=address, mail_id=f"<q{number}@faults.example>"
        ),
        by=Actor.customer(customer.pk),
        at=now,
    ).ticket
    content = NewMessage(text=f"This is how, {number}.", subject=f"Fault reply {number}")
    reply_to_ticket(ticket, content=content, hold=hold, by=by, at=timezone.now())


if __name__ == "__main__":
    main()
