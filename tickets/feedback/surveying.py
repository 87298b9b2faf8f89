"""Setting surveys: whom we ask what and when, and our own words for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation

from customers.feedback.models import Rating
from helpdesk.lib.actors import Actor
from tickets.channels.email.templating import filled, render_body, template_for
from tickets.channels.mail_words import EXAMPLE
from tickets.feedback.errors import LabelsDiffer, NpsOfTicket, SurveyNameTaken
from tickets.feedback.models import Survey, SurveyChange, SurveyWords
from tickets.feedback.wording import labels_of, question_of, scores, stop_words, words_in

# What can be changed; the question of a survey stays, since its answers are on that scale.
EDITABLE = (
    "name",
    "is_active",
    "event",
    "delay_hours",
    "after_days",
    "in_business_hours",
    "share",
    "cap_days",
    "language",
    "asks_solved",
    "asks_repeated",
)


@transaction.atomic
def make_survey(*, scale: str, by: Actor, at: datetime, **fields: Any) -> Survey:
    """Begin a survey; `fields` are EDITABLE ones. Raises SurveyNameTaken, NpsOfTicket."""
    survey = Survey(scale=scale, **fields)
    _refuse(survey)
    survey.save()
    _record(survey, {}, {"scale": scale, **fields}, by=by, at=at)
    return survey


@transaction.atomic
def change_survey(survey: Survey, *, by: Actor, at: datetime, **fields: Any) -> Survey:
    """Ask otherwise from now on; what was planned is looked at once more when it is due.

    `fields` are EDITABLE ones; the same ones change nothing. Raises SurveyNameTaken, NpsOfTicket.
    """
    survey = Survey.objects.select_for_update().get(pk=survey.pk)
    new = {name: value for name, value in fields.items() if getattr(survey, name) != value}
    old = {name: getattr(survey, name) for name in new}
    for name, value in new.items():
        setattr(survey, name, value)
    _refuse(survey)
    if new:
        survey.save(update_fields=list(new))
        _record(survey, old, new, by=by, at=at)
    return survey


@transaction.atomic
def word_survey(
    survey: Survey,
    *,
    language: str,
    question: str,
    labels: Sequence[str],
    thanks: str,
    by: Actor,
    at: datetime,
) -> None:
    """Ask in our own words in one language; without a question, in those that come with us again.

    Raises LabelsDiffer where there are some labels and not one for each score.
    """
    survey = Survey.objects.select_for_update().get(pk=survey.pk)
    if labels and len(labels) != len(scores(survey.scale)):
        raise LabelsDiffer(n=len(scores(survey.scale)))
    row = SurveyWords.objects.filter(survey=survey, language=language).first()
    old = _told(row, language)
    if not question:
        SurveyWords.objects.filter(survey=survey, language=language).delete()
        row = None
    else:
        row, _is_new = SurveyWords.objects.update_or_create(
            survey=survey,
            language=language,
            defaults={"question": question, "labels": list(labels), "thanks": thanks},
        )
    new = _told(row, language)
    if old != new:
        _record(survey, old, new, by=by, at=at)


@dataclass(frozen=True)
class Shown:
    """What somebody asked in a language reads: on the page, and in the mail."""

    question: str
    labels: list[str]
    subject: str
    text: str
    mail_language: str


def preview_survey(survey: Survey, language: str) -> Shown:
    """Return the words of a survey in a language, around an example."""
    template, mail_language = template_for(f"survey_{survey.scale}", (language,))
    words, of_mail = words_in(survey, language), words_in(survey, mail_language)
    with translation.override(mail_language):
        links = labels_of(survey.scale, of_mail, mail_language).values()
        values = EXAMPLE | {"scale": "\n".join(links), "stop": stop_words(mail_language)}
    return Shown(
        question=question_of(survey.scale, words, language),
        labels=list(labels_of(survey.scale, words, language).values()),
        subject=filled(template.subject, values),
        text=render_body(template.body, values).text,
        mail_language=mail_language,
    )


def _refuse(survey: Survey) -> None:
    if Survey.objects.filter(name=survey.name).exclude(pk=survey.pk).exists():
        raise SurveyNameTaken(name=survey.name)
    if survey.scale == Rating.Scale.NPS and survey.event in Survey.OF_TICKETS:
        raise NpsOfTicket


def _record(
    survey: Survey, old: dict[str, Any], new: dict[str, Any], *, by: Actor, at: datetime
) -> None:
    SurveyChange.objects.create(survey=survey, at=at, agent_id=by.agent_id, old=old, new=new)


def _told(row: SurveyWords | None, language: str) -> dict[str, str]:
    lines = [row.question, *row.labels, row.thanks] if row else []
    return {f"words: {language}": "\n".join(line for line in lines if line)}
