"""The words of survey mails that come with us. The scale is five to eleven links, in words too."""

from tickets.channels.email.template import Template
from tickets.channels.models import MailTemplate

Kind = MailTemplate.Kind
SURVEYS = (Kind.SURVEY_CSAT, Kind.SURVEY_CES, Kind.SURVEY_NPS)

_END = (
    "\n\n{scale}\n\nChoose one, then confirm it on the page that opens: nothing is stored before."
    "\n\n{agent} reads what you answer.\n\n{stop}"
)
_ENDE = (
    "\n\n{scale}\n\nWählen Sie eine Antwort und bestätigen Sie sie auf der Seite, die sich öffnet;"
    " vorher wird nichts gespeichert.\n\n{agent} liest Ihre Antwort.\n\n{stop}"
)
SURVEY_WORDS: dict[tuple[str, str], Template] = {
    (Kind.SURVEY_CSAT, "en"): Template(
        subject="How did we do? [#{number}]",
        body="Hello {name},\n\nHow did we do with “{subject}” ({number})?" + _END,
    ),
    (Kind.SURVEY_CSAT, "de"): Template(
        subject="Wie haben wir das gemacht? [#{number}]",
        body="Guten Tag {name},\n\nwie zufrieden sind Sie mit “{subject}” ({number})?" + _ENDE,
    ),
    (Kind.SURVEY_CES, "en"): Template(
        subject="Was it easy? [#{number}]",
        body=(
            "Hello {name},\n\nAbout “{subject}” ({number}): how much do you agree?\n\n"
            "It was easy to get my problem sorted out." + _END
        ),
    ),
    (Kind.SURVEY_CES, "de"): Template(
        subject="War es einfach? [#{number}]",
        body=(
            "Guten Tag {name},\n\nzu “{subject}” ({number}): Wie sehr stimmen Sie zu?\n\n"
            "Es war einfach, mein Problem gelöst zu bekommen." + _ENDE
        ),
    ),
    (Kind.SURVEY_NPS, "en"): Template(
        subject="Would you recommend us?",
        body=(
            "Hello {name},\n\nHow likely are you to recommend us to a friend or colleague?" + _END
        ),
    ),
    (Kind.SURVEY_NPS, "de"): Template(
        subject="Würden Sie uns weiterempfehlen?",
        body=(
            "Guten Tag {name},\n\nwie wahrscheinlich ist es, dass Sie uns weiterempfehlen?" + _ENDE
        ),
    ),
}
