"""Public reviews: pasted, uploaded or pushed, each kept once, and how they were answered."""

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.text import slugify
from django.utils.translation import gettext as _

from helpdesk.lib.actors import Actor
from helpdesk.lib.text import clean_line, clean_text
from tickets.feedback.errors import UnreadableReviews
from tickets.feedback.models import PublicReview

MOST_ROWS = 10_000
COLUMNS = ("at", "author", "score", "text", "url", "id")


@dataclass(frozen=True, kw_only=True)
class NewReview:
    """A review as it was told. Without an id of its own it is known by who wrote what, when."""

    source: str
    at: datetime
    author: str = ""
    score: int | None = None
    text: str = ""
    url: str = ""
    external_id: str = ""

    @property
    def key(self) -> str:
        said = f"{self.at.isoformat()}|{self.author}|{self.text}"
        return self.external_id or hashlib.sha256(said.encode()).hexdigest()[:32]


@transaction.atomic
def record_review(review: NewReview, *, by: Actor) -> tuple[PublicReview, bool]:
    """Keep a review, and say whether it is new. Told again, its newest words count."""
    return PublicReview.objects.update_or_create(
        source=slugify(review.source)[:40],
        external_id=review.key[:120],
        defaults={
            "at": review.at,
            "author": clean_line(review.author, limit=120),
            "score": review.score,
            "text": clean_text(review.text),
            "url": review.url[:500],
        },
    )


@transaction.atomic
def answer_review(
    review: PublicReview, *, state: str, reply: str = "", by: Actor, at: datetime
) -> PublicReview:
    """Note that a review was answered there, in which words, or needs no answer."""
    review = PublicReview.objects.select_for_update(of=("self",), no_key=True).get(pk=review.pk)
    review.reply_state = PublicReview.Reply(state)
    review.reply = clean_text(reply).strip()
    is_open = review.reply_state == PublicReview.Reply.OPEN
    review.replied_at = None if is_open else at
    review.replied_by_id = None if is_open else by.agent_id
    review.save(update_fields=["reply_state", "reply", "replied_at", "replied_by"])
    return review


@transaction.atomic
def import_reviews(data: bytes, *, source: str, by: Actor) -> int:
    """Keep the reviews of a CSV table, all or none; returns how many were new.

    Its first row names the columns: `at` and any of COLUMNS. Raises UnreadableReviews.
    """
    return sum(record_review(review, by=by)[1] for review in _rows(data, source=source))


def _rows(data: bytes, *, source: str) -> Iterator[NewReview]:
    try:
        text = data.decode("utf-8-sig")
        table = csv.DictReader(io.StringIO(text, newline=""), dialect=_dialect(text))
        if "at" not in (table.fieldnames or ()):
            raise UnreadableReviews(why=_("There is no column “at”."))
        for number, row in enumerate(table, start=2):
            if number > MOST_ROWS:
                raise UnreadableReviews(why=_("There are more than %s rows.") % MOST_ROWS)
            yield _review({k: v or "" for k, v in row.items() if k}, number, source=source)
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnreadableReviews(why=str(error)) from error


def _dialect(text: str) -> type[csv.Dialect]:
    first = text.partition("\n")[0]

    class Table(csv.excel):
        delimiter = ";" if first.count(";") > first.count(",") else ","

    return Table


def _review(row: dict[str, str], number: int, *, source: str) -> NewReview:
    at, score = _moment(row["at"].strip()), row.get("score", "").strip()
    if at is None:
        raise UnreadableReviews(why=_("Row %(n)s: “at” is no date.") % {"n": number})
    if score and score not in {"1", "2", "3", "4", "5"}:
        raise UnreadableReviews(why=_("Row %(n)s: “score” is not 1 to 5.") % {"n": number})
    url = row.get("url", "").strip()
    return NewReview(
        source=source,
        at=at,
        author=row.get("author", ""),
        score=int(score) if score else None,
        text=row.get("text", ""),
        url=url if url.startswith(("https://", "http://")) else "",
        external_id=clean_line(row.get("id", ""), limit=120),
    )


def _moment(text: str) -> datetime | None:
    try:
        day = parse_date(text)
        moment = datetime.combine(day, time.min) if day else parse_datetime(text)
    except ValueError:
        return None
    if moment is None or timezone.is_aware(moment):
        return moment
    return timezone.make_aware(moment)
