from __future__ import annotations

from django.contrib.postgres.search import SearchVectorField
from django.db import models

from tickets.models.message import Message
from tickets.models.ticket import Ticket


class MessageWords(models.Model):
    """The searchable words of one message, in a narrow table of their own (PERFORMANCE, search).

    `is_recent` marks the newest rows, which a small partial index covers; the first of the two
    search steps reads only that.
    """

    message = models.OneToOneField(Message, models.CASCADE, primary_key=True)
    ticket = models.ForeignKey(Ticket, models.CASCADE, db_index=False, related_name="+")
    at = models.DateTimeField()
    is_recent = models.BooleanField(default=True)
    words = SearchVectorField()

    class Meta:
        indexes = (models.Index(name="words_newest", fields=("-at", "-message")),)

    def __str__(self) -> str:
        return f"words of message {self.message_id}"
