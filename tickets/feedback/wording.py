"""What the answers of each scale are called, and what is asked; our own words first."""

from django.utils.translation import gettext as _

from customers.feedback.models import BEST, Rating
from tickets.channels.email.templating import base_of
from tickets.feedback.models import Survey, SurveyWords
from tickets.feedback.own_words import LABELS, QUESTIONS, STOP

Scale = Rating.Scale


def lowest(scale: str) -> int:
    """The lowest score of a scale."""
    return 0 if scale == Scale.NPS else 1


def scores(scale: str) -> range:
    """All scores of a scale, the lowest first."""
    return range(lowest(scale), BEST[scale] + 1)


def words_in(survey: Survey, language: str) -> SurveyWords | None:
    """The survey's own words in a language, or its base language; None where it has none."""
    own = {row.language.lower(): row for row in survey.words.all()}
    return own.get(language.lower()) or own.get(base_of(language))


def question_of(scale: str, words: SurveyWords | None, language: str) -> str:
    """What is asked in a language: in the survey's own words, else in those that come with us,
    else in the language in force.
    """
    if words is not None:
        return words.question
    return (
        QUESTIONS.get((scale, base_of(language)))
        or {
            Scale.CSAT: _("How did we do?"),
            Scale.CES: _("It was easy to get my problem sorted out."),
            Scale.NPS: _("How likely are you to recommend us to a friend or colleague?"),
        }[Scale(scale)]
    )


def labels_of(scale: str, words: SurveyWords | None, language: str) -> dict[int, str]:
    """What each score is called in a language: its number, and words where it has any."""
    own = words.labels if words and len(words.labels) == len(scores(scale)) else []
    ours = LABELS.get((scale, base_of(language))) or _LABELS[Scale(scale)]()
    named = dict(zip(scores(scale), own, strict=True)) if own else ours
    return {score: f"{score} {named.get(score, '')}".strip() for score in scores(scale)}


def stop_words(language: str) -> str:
    """What the link that stops surveys is called."""
    return STOP.get(base_of(language)) or _("Stop these surveys")


def _csat() -> dict[int, str]:
    return {1: _("Very bad"), 2: _("Bad"), 3: _("OK"), 4: _("Good"), 5: _("Very good")}


def _ces() -> dict[int, str]:
    return {
        1: _("Strongly disagree"),
        2: _("Disagree"),
        3: _("Somewhat disagree"),
        4: _("Neither agree nor disagree"),
        5: _("Somewhat agree"),
        6: _("Agree"),
        7: _("Strongly agree"),
    }


def _nps() -> dict[int, str]:
    return {0: _("Not at all likely"), 10: _("Extremely likely")}


_LABELS = {Scale.CSAT: _csat, Scale.CES: _ces, Scale.NPS: _nps}
