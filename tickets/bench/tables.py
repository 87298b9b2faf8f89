"""Which columns are copied into which table, and what stands in all the others."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection


@dataclass(frozen=True)
class Table:
    """A table to copy rows into: the columns that vary, in order, and those that never do."""

    name: str
    columns: str
    constants: dict[str, Any] = field(default_factory=dict)

    def copy_in(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Append rows with COPY."""
        constant = tuple(self.constants.values())
        columns = ", ".join([*self.columns.split(), *self.constants])
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY {self.name} ({columns}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row((*row, *constant))


AGENTS = Table(
    "accounts_agent",
    "id email name role joined_at",
    {
        "password": "!",
        "time_zone": "UTC",
        "language": "en-gb",
        "signature": "",
        "theme": "system",
        "is_active": True,
        "is_away": False,
    },
)
TEAMS = Table("accounts_team", "id name")
MEMBERS = Table("accounts_team_members", "team_id agent_id")
ORGANISATIONS = Table(
    "customers_organisation", "id name created_at", {"tier": "", "time_zone": "", "notes": ""}
)
CUSTOMERS = Table(
    "customers_customer",
    "id name organisation_id created_at contacts_count last_contact_at",
    {
        "how_to_say": "",
        "pronouns": "",
        "tier": "",
        "language": "en-gb",
        "time_zone": "Europe/Lisbon",
        "place": "",
        "country": "PT",
        "preferred_channel": "",
    },
)
IDENTITIES = Table(
    "customers_identity", "customer_id kind value shown created_at", {"evidence": "wrote to us"}
)
TICKETS = Table(
    "tickets_ticket",
    "id number subject customer_id status_id category priority team_id assignee_id opened_at"
    " updated_at solved_at closed_at first_replied_at waiting_since reply_due_at queue_at"
    " last_inbound_at last_reply_at last_event_id preview contact_number messages_count"
    " replies_count",
    {"channel": "email", "is_imported": False, "reopened_count": 0},
)
MESSAGES = Table(
    "tickets_message",
    "id ticket_id kind at customer_id agent_id author_name author_address text mail_id delivery"
    " sent_at created_at",
    {
        "channel": "email",
        "subject": "",
        "html": "",
        "remote_images": 0,
        "is_automatic": False,
        "is_other_sender": False,
        "external_id": "",
        "mail_refs": "{}",
        "recipients": "{}",
        "cc": "{}",
        "form": "{}",
        "visible_text": "",
        "visible_html": "",
        "language": "",
        "mail_kind": "",
        "authentication": "",
        "delivery_note": "",
    },
)
EVENTS = Table(
    "tickets_ticketevent",
    "id ticket_id kind at recorded_at actor_kind actor_name agent_id customer_id message_id old"
    " new reacted_at",
)
