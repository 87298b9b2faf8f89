from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.channels.models.change import Change


class MailTemplate(models.Model):
    """Our own words for one kind of mail in one language, in place of those that come with us.

    Plain text with variables in braces from a fixed list (`templating.VARIABLES`); a paragraph
    whose variable is empty is left out.
    """

    class Kind(models.TextChoices):
        ACKNOWLEDGEMENT = "acknowledgement", _("Acknowledgement")
        REPLY = "reply", _("Reply")
        NOTICE = "notice", _("Notice: mail we begin")
        SURVEY_CSAT = "survey_csat5", _("Survey: how did we do?")
        SURVEY_CES = "survey_ces7", _("Survey: was it easy?")
        SURVEY_NPS = "survey_nps11", _("Survey: would you recommend us?")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    language = models.CharField(_("language"), max_length=12)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"), max_length=10_000)

    class Meta:
        constraints = (
            models.UniqueConstraint(name="mail_template_once", fields=("kind", "language")),
        )

    def __str__(self) -> str:
        return f"{self.kind} in {self.language}"


class MailTemplateChange(Change):
    """One change of our words for a kind of mail; it outlives them when they are given up."""

    kind = models.CharField(max_length=16, choices=MailTemplate.Kind)
    language = models.CharField(max_length=12)

    class Meta(Change.Meta):
        indexes = (
            models.Index(name="mail_template_history", fields=("kind", "language", "-at", "-id")),
        )

    def __str__(self) -> str:
        return f"change of {self.kind} in {self.language}"
