"""How well the visible words and forwards of a mail corpus are told: an adapter for its `score`.

The corpus is no part of the project; its items carry `format`, `text`, `raw` and `expected`.
"""

import re
from typing import Any

from helpdesk.lib.html import html_to_text
from tickets.channels.email.errors import UnreadableMail
from tickets.channels.email.reading import read_mail
from tickets.channels.email.written.forward import read_forward
from tickets.channels.email.written.html import split_html
from tickets.channels.email.written.text import split_text

_WORD = re.compile(r"\w+")


def read_written(item: Any) -> dict[str, Any] | None:
    """What is told of one item; None for one that states nothing about words or forwards."""
    expected = item.expected or {}
    if item.format == "text-body":
        return _of_text(item.text, expected)
    if item.format == "html-body":
        parts = split_html(item.text)
        return {"visible": parts.visible_text, "visible_html": parts.visible, "_input": item.text}
    if item.format == "rfc822" and any(key.startswith("visible") for key in expected):
        return _of_mail(item.raw)
    return None


def _of_text(text: str, expected: dict[str, Any]) -> dict[str, Any]:
    found = read_forward(expected.get("outer_subject") or "", text)
    return {
        "visible": split_text(text).visible,
        "_input": text,
        "forward": {
            "forwarded": found is not None,
            "from_addr": found.from_address if found else "",
            "subject": found.subject if found else "",
            "body": found.body if found else "",
        },
    }


def _of_mail(raw: bytes) -> dict[str, Any] | None:
    try:
        mail = read_mail(raw)
    except UnreadableMail:
        return None
    is_only_html = bool(mail.html) and html_to_text(mail.html).split() == mail.text.split()
    shown = split_html(mail.html).visible_text if is_only_html else split_text(mail.text).visible
    return {"visible": shown, "_input": mail.text}


def is_false_cut(item: Any, visible: str) -> bool:
    """Whether words that the corpus says are visible are missing from `visible`."""
    expected = item.expected or {}
    wanted = [expected.get("visible_equals") or "", *expected.get("visible_contains", [])]
    shown = "".join(_WORD.findall(visible))
    return any(
        "".join(_WORD.findall(line)) not in shown for text in wanted for line in text.split("\n")
    )
