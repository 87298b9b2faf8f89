"""Finding by words, numbers and names: tickets, what was said on them, and customers.

Words are sought in two steps (PERFORMANCE, search): first in the newest twentieth of all
messages, which a small partial index covers, then in all of them if the page is not full.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from helpdesk.accounts.models import Agent
from helpdesk.accounts.roles import Permission

PAGE = 50
TICKETS, CUSTOMERS = 10, 10
# Of tickets found by their subject the newest among this many are shown: nothing is sorted whole.
CANDIDATES = 500
READ_LENGTH = 5_000
EXCERPT_BEFORE, EXCERPT_LENGTH = 60, 220
LONGEST_QUERY = 200
SHORTEST_LIKE = 3  # a trigram: shorter words would read every row
SHORTEST_PHONE = 5

_TICKET = """
    t.number, t.subject, t.category, s.name AS status, c.id AS customer_id, c.name AS customer
"""
_JOINED = """
    JOIN tickets_ticketstatus s ON s.id = t.status_id
    JOIN customers_customer c ON c.id = t.customer_id
"""
_VISIBLE = """
    (%(all)s OR t.team_id IS NULL OR t.team_id = ANY (ARRAY
        (SELECT team_id FROM accounts_team_members WHERE agent_id = %(agent)s)))
"""
# Looked at ticket by ticket, newest first, until the page is full; a join would read them all.
_OF_VISIBLE = f"""
    CROSS JOIN LATERAL (
        SELECT FROM tickets_ticket t WHERE t.id = w.ticket_id AND {_VISIBLE} OFFSET 0
    ) visible
"""
_SHOWN = f"""
    SELECT {_TICKET}, found.at, m.id AS message_id, m.kind, left(m.text, {READ_LENGTH}) AS text,
           m.author_name
    FROM found JOIN tickets_message m ON m.id = found.message_id
    JOIN tickets_ticket t ON t.id = found.ticket_id {_JOINED}
    ORDER BY found.at DESC, found.message_id DESC
"""  # noqa: S608 - only constants are put in
_MESSAGES = f"""
    WITH found AS (
        SELECT w.message_id, w.at, w.ticket_id FROM tickets_messagewords w {_OF_VISIBLE}
        WHERE w.words @@ websearch_to_tsquery('beforehand', %(query)s) AND w.is_recent
        ORDER BY w.at DESC, w.message_id DESC LIMIT %(size)s
    ) {_SHOWN}
"""  # noqa: S608 - only constants are put in
# Words that are rare among the newest are rare: their rows are found by the index of words and
# then sorted. Left to itself, the planner walks back through all messages to find the newest.
_OLDER_MESSAGES = f"""
    WITH hits AS MATERIALIZED (
        SELECT message_id, ticket_id, at FROM tickets_messagewords
        WHERE words @@ websearch_to_tsquery('beforehand', %(query)s) AND NOT is_recent
    ), found AS (
        SELECT w.message_id, w.at, w.ticket_id
        FROM (SELECT * FROM hits ORDER BY at DESC, message_id DESC) w {_OF_VISIBLE}
        ORDER BY w.at DESC, w.message_id DESC LIMIT %(size)s
    ) {_SHOWN}
"""  # noqa: S608 - only constants are put in
_TICKETS = f"""
    SELECT {_TICKET}, t.updated_at AS at FROM (
        (SELECT t.* FROM tickets_ticket t WHERE t.number = ANY(%(numbers)s) AND {_VISIBLE})
        UNION
        (SELECT t.* FROM tickets_ticket t
         WHERE <like t.subject> AND {_VISIBLE} LIMIT {CANDIDATES})
    ) t {_JOINED}
    ORDER BY t.number = ANY(%(numbers)s) DESC, t.updated_at DESC, t.id DESC LIMIT {TICKETS}
"""  # noqa: S608 - only constants are put in
_CUSTOMERS = f"""
    SELECT c.id AS customer_id, c.name AS customer, c.contacts_count, c.last_contact_at AS at,
           o.name AS organisation,
           (SELECT string_agg(i.shown, ', ' ORDER BY i.id) FROM customers_identity i
            WHERE i.customer_id = c.id) AS addresses
    FROM (
        (SELECT id FROM customers_customer WHERE <like name> LIMIT {CANDIDATES})
        UNION
        (SELECT customer_id FROM customers_identity
         WHERE value LIKE %(value)s OR (kind = 'phone' AND value LIKE %(phone)s)
         LIMIT {CANDIDATES})
    ) found JOIN customers_customer c ON c.id = found.id
    LEFT JOIN customers_organisation o ON o.id = c.organisation_id
    ORDER BY c.last_contact_at DESC NULLS LAST, c.id LIMIT {CUSTOMERS}
"""  # noqa: S608 - only constants are put in
_TERM = re.compile(r'(-?)"([^"]*)"?|(\S+)')
_NUMBER = re.compile(r"#?(\d{1,12})")
_EDGE = " \t.,;:!?()[]{}<>\"'\u201c\u201d\u201e\u2018\u2019"


@dataclass(frozen=True)
class Found:
    """One thing that was found: a ticket, something said on it, or a customer."""

    row: Mapping[str, Any]
    title: SafeString
    excerpt: SafeString

    @property
    def at(self) -> datetime | None:
        at: datetime | None = self.row["at"]
        return at


@dataclass(frozen=True)
class SearchResults:
    """What was found, and whether there may be more of what was said than is shown."""

    tickets: list[Found]
    messages: list[Found]
    customers: list[Found]
    is_full: bool = False

    def __bool__(self) -> bool:
        return bool(self.tickets or self.messages or self.customers)


def search(query: str, *, agent: Agent) -> SearchResults:
    """Find what an agent may see, newest first; a ticket's number comes before everything.

    Words are all sought, in any order, case and accents apart; "words in quotes" side by side;
    -word leaves out. Four statements at most.
    """
    query = query.replace("\0", "").strip()[:LONGEST_QUERY]
    if not query or not agent.may(Permission.WORK_TICKETS):
        return SearchResults([], [], [])
    words = sought_words(query)
    parts = [f"%{_literal(word)}%" for word in words if len(word) >= SHORTEST_LIKE]
    given: dict[str, Any] = {
        "query": query,
        "all": agent.may(Permission.SEE_ALL_TEAMS),
        "agent": agent.pk,
        "numbers": [int(n[1]) for word in words if (n := _NUMBER.fullmatch(word))],
        "value": f"%{_literal(query.lower())}%",
        # What is no phone number is sought once more as it is: a pattern without letters or digits
        # would have every identity read.
        "phone": f"%{_phone_digits(query) or _literal(query.lower())}%",
        **{f"part{n}": part for n, part in enumerate(parts)},
    }
    messages = _rows(_MESSAGES, given | {"size": PAGE})
    if len(messages) < PAGE:
        messages += _rows(_OLDER_MESSAGES, given | {"size": PAGE - len(messages)})
    return SearchResults(
        tickets=[
            _found(row, "subject", words) for row in _rows(_liking(_TICKETS, len(parts)), given)
        ],
        messages=[_found(row, "subject", words) for row in _once_each(messages)],
        customers=[
            _found(row, "customer", words) for row in _rows(_liking(_CUSTOMERS, len(parts)), given)
        ],
        is_full=len(messages) >= PAGE,
    )


def sought_words(query: str) -> list[str]:
    """Return the words and quoted phrases a query asks for, folded; not those it leaves out."""
    words = []
    for minus, phrase, word in _TERM.findall(query):
        if minus or word.startswith("-") or word.lower() == "or":
            continue
        if folded := " ".join(fold(phrase or word).strip(_EDGE).split()):
            words.append(folded)
    return words[:12]


def fold(text: str) -> str:
    """Return the text in lower case and without accents, every character still in its place."""
    if text.isascii():
        return text.lower()
    return "".join(_base(character) for character in text)


def highlighted(text: str, words: Iterable[str]) -> SafeString:
    """Return a text as HTML, escaped, with every sought word marked."""
    pattern = _pattern(words)
    if pattern is None:
        return mark_safe(escape(text))  # noqa: S308 - escaped
    pieces, end = [], 0
    for match in pattern.finditer(fold(text)):
        pieces += [escape(text[end : match.start()]), "<mark>"]
        pieces += [escape(text[match.start() : match.end()]), "</mark>"]
        end = match.end()
    return mark_safe("".join([*pieces, escape(text[end:])]))  # noqa: S308 - every piece is escaped


def excerpt_around(text: str, words: Iterable[str]) -> str:
    """Return one line of a text around the first sought word, cut with ellipses."""
    line = " ".join(text.split())
    pattern = _pattern(words)
    match = pattern.search(fold(line)) if pattern else None
    start = max(0, match.start() - EXCERPT_BEFORE) if match else 0
    start = line.find(" ", start) + 1 if start else 0
    shown = line[start : start + EXCERPT_LENGTH]
    return f"{'…' if start else ''}{shown}{'…' if start + EXCERPT_LENGTH < len(line) else ''}"


def _pattern(words: Iterable[str]) -> re.Pattern[str] | None:
    parts = sorted({re.escape(word) for word in words}, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})") if parts else None


@cache
def _base(character: str) -> str:
    """One character for one: accents go, and what has no single lower case stays as it is."""
    base = unicodedata.normalize("NFKD", character)[0].lower()
    return base if len(base) == 1 else character


def _literal(text: str) -> str:
    """A text in which LIKE finds no wildcard."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _phone_digits(query: str) -> str:
    """The digits of what looks like a phone number, without the leading zeros of local writing."""
    if re.search(r"[^\d\s()+./-]", query):
        return ""
    digits = re.sub(r"\D", "", query).lstrip("0")
    return digits if len(digits) >= SHORTEST_PHONE else ""


def _once_each(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Keep the newest of what was found on each ticket."""
    newest: dict[int, dict[str, Any]] = {}
    for row in rows:
        newest.setdefault(row["number"], row)
    return list(newest.values())


def _found(row: dict[str, Any], title: str, words: list[str]) -> Found:
    said = excerpt_around(row.get("text") or row.get("addresses") or "", words)
    return Found(row, highlighted(row[title], words), highlighted(said, words))


def _liking(sql: str, parts: int) -> str:
    """Put in a condition for each sought part; LIKE ALL (array) could not use the trigram index."""
    return re.sub(r"<like ([\w.]+)>", lambda column: _like(column[1], parts), sql)


def _like(column: str, parts: int) -> str:
    wanted = (f"beforehand_fold({column}) LIKE %(part{n})s" for n in range(parts))
    return " AND ".join(wanted) or "false"


def _rows(sql: str, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
