import json
from typing import ClassVar

from tickets.channels.base import Inbound, Undeliverable, UnreadableArrival
from tickets.channels.models import Arrival
from tickets.models import Delivery
from tickets.operations import NewAttachment, NewMessage

SUBJECT_LENGTH = 80


class WebFormChannel:
    """The contact form: an arrival is the JSON of its fields, files already stored by hash."""

    name: ClassVar[str] = "form"

    def read(self, arrival: Arrival) -> Inbound:
        """Read a stored form. Raises UnreadableArrival."""
        try:
            form = json.loads(bytes(arrival.raw))
            return _inbound(form, arrival)
        except (ValueError, KeyError, TypeError) as error:
            raise UnreadableArrival(f"not a contact form: {error}") from error

    def send(self, delivery: Delivery) -> str:
        """Replies to a form go by mail; a message of this channel is never outgoing."""
        raise Undeliverable("The contact form cannot be written to.")


def _inbound(form: dict[str, str], arrival: Arrival) -> Inbound:
    files = tuple(NewAttachment(**file) for file in form.get("files", ()))  # type: ignore[arg-type]
    answers = {
        key: form[key] for key in ("topic", "tried", "order_number", "earlier") if form.get(key)
    }
    text = form["message"].strip()
    content = NewMessage(
        text=text,
        channel="form",
        author_name=form["name"],
        author_address=form["email"],
        external_id=arrival.key,
        attachments=files,
        form=answers,
    )
    earlier = form.get("earlier", "").lstrip("#").strip()
    return Inbound(
        sender_kind="email",
        sender=form["email"],
        sender_name=form["name"],
        subject=_subject(form.get("topic", ""), text),
        content=content,
        at=arrival.received_at,
        numbers=(int(earlier),) if earlier.isdecimal() else (),
        topic_id=int(form["topic_id"]) if form.get("topic_id") else None,
        facts={"order_number": form["order_number"]} if form.get("order_number") else {},
    )


def _subject(topic: str, text: str) -> str:
    """Name the ticket by its first sentence, as far as it fits; the topic when there is none."""
    first = " ".join(text.split())
    if len(first) > SUBJECT_LENGTH:
        first = first[:SUBJECT_LENGTH].rsplit(" ", 1)[0] + "…"
    return first or topic
