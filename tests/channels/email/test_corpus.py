"""Every mail of the corpus, which is no part of the project: set MAIL_CORPUS to its folder."""

import json
import os
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpdesk.lib.html import clean_html
from tickets.channels.email.errors import UnreadableMail
from tickets.channels.email.keys import arrival_key
from tickets.channels.email.reading import ParsedMail, read_mail

CORPUS = Path(os.environ.get("MAIL_CORPUS", Path(__file__).parents[4] / "shared/data/mail"))
MACHINE_MADE = {"bounce", "auto-reply", "list-bulk", "feedback-report"}
SECONDS = 2.0

pytestmark = pytest.mark.skipif(
    not (CORPUS / "shared/manifest.jsonl").exists() and not (CORPUS / "manifest.jsonl").exists(),
    reason=f"no mail corpus at {CORPUS} (set MAIL_CORPUS)",
)


def mails() -> Iterator[tuple[dict, bytes]]:
    manifest = CORPUS / "manifest.jsonl"
    manifest = manifest if manifest.exists() else CORPUS / "shared/manifest.jsonl"
    for line in manifest.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["format"] == "rfc822" and (CORPUS / row["file"]).exists():
            yield row, (CORPUS / row["file"]).read_bytes()


def read_or_none(raw: bytes) -> ParsedMail | None:
    try:
        return read_mail(raw)
    except UnreadableMail:
        return None


def test_every_mail_is_read_or_refused_with_a_reason_in_time() -> None:
    slow = []
    for row, raw in mails():
        begin = time.perf_counter()
        mail = read_or_none(raw)
        clean_html(mail.html if mail else "")
        if time.perf_counter() - begin > SECONDS:
            slow.append(row["id"])
    assert slow == []


def test_what_is_read_can_be_stored() -> None:
    for row, raw in mails():
        mail = read_or_none(raw)
        if mail is None:
            continue
        for text in (mail.subject, mail.from_name, mail.text, mail.html, mail.message_id):
            assert "\x00" not in text, row["id"]
            text.encode()
        assert all(len(file.name) <= 255 and "/" not in file.name for file in mail.attachments)


def test_mail_of_machines_is_known_as_such() -> None:
    read = missed = 0
    for row, raw in mails():
        mail = read_or_none(raw) if MACHINE_MADE & {row["category"]} else None
        if mail is not None:
            read += 1
            missed += not mail.is_automatic
    assert missed <= read * 0.01


def test_only_copies_of_one_mail_share_a_key() -> None:
    subjects = defaultdict(set)
    for _, raw in mails():
        mail = read_or_none(raw)
        words = mail and (mail.subject, mail.from_address, mail.message_id, mail.text)
        subjects[arrival_key(raw)].add(words)
    assert [found for found in subjects.values() if len(found) > 1] == []
