from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.feedback.models import Rating
from tickets.channels.models.change import Change


class Survey(models.Model):
    """What customers are asked, after what, how long after, how many of them and how often.

    After an event of a ticket, `delay_hours` later; a relationship survey (NPS) so many days after
    the customer's first order or contact. `cap_days` is the least time between two invitations of
    one customer to this survey; between any two surveys it is RECENT_DAYS.
    """

    class Event(models.TextChoices):
        SOLVED = "solved", _("A ticket is solved")
        CLOSED = "closed", _("A ticket is closed")
        FIRST_ORDER = "first_order", _("Days after the first order")
        FIRST_CONTACT = "first_contact", _("Days after the first contact")

    OF_TICKETS = (Event.SOLVED, Event.CLOSED)

    name = models.CharField(_("name"), max_length=80, unique=True)
    scale = models.CharField(_("question"), max_length=8, choices=Rating.Scale)
    is_active = models.BooleanField(_("active"), default=False)
    event = models.CharField(_("after"), max_length=16, choices=Event, default=Event.SOLVED)
    delay_hours = models.PositiveSmallIntegerField(_("hours after it"), default=4)
    after_days = models.PositiveSmallIntegerField(
        _("days after the first order or contact"), default=90
    )
    in_business_hours = models.BooleanField(_("only in business hours"), default=False)
    share = models.PositiveSmallIntegerField(
        _("share of customers asked (%)"),
        default=100,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    cap_days = models.PositiveSmallIntegerField(
        _("days before the same customer is asked again"), default=14
    )
    language = models.CharField(
        _("only customers of this language"),
        max_length=12,
        blank=True,
        help_text=_("A code such as de; empty asks everybody."),
    )
    asks_solved = models.BooleanField(_("asks: is it solved, and at the first try?"), default=True)
    asks_repeated = models.BooleanField(_("asks: did you have to repeat yourself?"), default=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="survey_share_1_to_100", condition=Q(share__range=(1, 100))
            ),
            models.CheckConstraint(
                name="nps_is_no_ticket_survey",
                condition=~Q(scale="nps11") | Q(event__in=("first_order", "first_contact")),
            ),
        )

    def __str__(self) -> str:
        return self.name


class SurveyWords(models.Model):
    """Our own words for a survey's page in one language, in place of those that come with us."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="words")
    language = models.CharField(_("language"), max_length=12)
    question = models.CharField(_("question"), max_length=300)
    labels = ArrayField(
        models.CharField(max_length=80),
        verbose_name=_("answers"),
        default=list,
        blank=True,
        help_text=_("One for each score from the lowest, separated by commas; empty: our own."),
    )
    thanks = models.CharField(_("thanks"), max_length=500, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(name="survey_words_once", fields=("survey", "language")),
        )

    def __str__(self) -> str:
        return f"{self.survey_id} in {self.language}"


class SurveyChange(Change):
    """One change of a survey's settings, or of its words in a language."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="changes")

    def __str__(self) -> str:
        return f"change of survey {self.survey_id}"


class Reason(models.Model):
    """What an answer may be about, for the customer to tick; `labels` by language code."""

    key = models.SlugField(_("key"), max_length=40, unique=True)
    label = models.CharField(_("label"), max_length=80)
    labels = models.JSONField(
        _("labels in other languages"),
        default=dict,
        blank=True,
        help_text='{"de": "Wartezeit"}',
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta:
        ordering = ("position", "label")

    def __str__(self) -> str:
        return self.label

    def label_in(self, language: str) -> str:
        """The label in a language, or its base language, else the workspace's own."""
        found = self.labels.get(language) or self.labels.get(language.partition("-")[0])
        return str(found or self.label)
