"""The words of survey mails in French, Spanish, Dutch, Italian and Portuguese."""

from tickets.channels.email.template import Template
from tickets.channels.models import MailTemplate

Kind = MailTemplate.Kind

_FR = (
    "\n\n{scale}\n\nChoisissez une réponse, puis confirmez-la sur la page qui s'ouvre : rien n'est"
    " enregistré avant.\n\n{agent} lit votre réponse.\n\n{stop}"
)
_ES = (
    "\n\n{scale}\n\nElija una respuesta y confírmela en la página que se abre: antes no se guarda"
    " nada.\n\n{agent} lee su respuesta.\n\n{stop}"
)
_NL = (
    "\n\n{scale}\n\nKies een antwoord en bevestig het op de pagina die opengaat: eerder wordt er"
    " niets opgeslagen.\n\n{agent} leest uw antwoord.\n\n{stop}"
)
_IT = (
    "\n\n{scale}\n\nScelga una risposta e la confermi nella pagina che si apre: prima non viene"
    " salvato nulla.\n\n{agent} legge la Sua risposta.\n\n{stop}"
)
_PT = (
    "\n\n{scale}\n\nEscolha uma resposta e confirme-a na página que se abre: antes disso nada é"
    " guardado.\n\n{agent} lê a sua resposta.\n\n{stop}"
)
MORE_SURVEY_WORDS: dict[tuple[str, str], Template] = {
    (Kind.SURVEY_CSAT, "fr"): Template(
        subject="Êtes-vous satisfait de notre aide ? [#{number}]",
        body="Bonjour {name},\n\nÊtes-vous satisfait de notre aide pour “{subject}” ({number}) ?"
        + _FR,
    ),
    (Kind.SURVEY_CSAT, "es"): Template(
        subject="¿Cómo lo hemos hecho? [#{number}]",
        body="Hola, {name}:\n\n¿Cómo lo hemos hecho con “{subject}” ({number})?" + _ES,
    ),
    (Kind.SURVEY_CSAT, "nl"): Template(
        subject="Hoe hebben wij het gedaan? [#{number}]",
        body="Hallo {name},\n\nHoe tevreden bent u over “{subject}” ({number})?" + _NL,
    ),
    (Kind.SURVEY_CSAT, "it"): Template(
        subject="Come siamo andati? [#{number}]",
        body="Buongiorno {name},\n\nCome siamo andati con “{subject}” ({number})?" + _IT,
    ),
    (Kind.SURVEY_CSAT, "pt"): Template(
        subject="Como correu? [#{number}]",
        body="Olá {name},\n\nComo correu o nosso apoio em “{subject}” ({number})?" + _PT,
    ),
    (Kind.SURVEY_CES, "fr"): Template(
        subject="Était-ce facile ? [#{number}]",
        body="Bonjour {name},\n\nAu sujet de “{subject}” ({number}), êtes-vous d'accord ?\n\n"
        "Il a été facile de faire résoudre mon problème." + _FR,
    ),
    (Kind.SURVEY_CES, "es"): Template(
        subject="¿Ha sido fácil? [#{number}]",
        body="Hola, {name}:\n\nSobre “{subject}” ({number}): ¿está de acuerdo?\n\n"
        "Ha sido fácil que me resolvieran el problema." + _ES,
    ),
    (Kind.SURVEY_CES, "nl"): Template(
        subject="Was het makkelijk? [#{number}]",
        body="Hallo {name},\n\nOver “{subject}” ({number}): bent u het hiermee eens?\n\n"
        "Het was makkelijk om mijn probleem opgelost te krijgen." + _NL,
    ),
    (Kind.SURVEY_CES, "it"): Template(
        subject="È stato facile? [#{number}]",
        body="Buongiorno {name},\n\nA proposito di “{subject}” ({number}): è d'accordo?\n\n"
        "È stato facile far risolvere il mio problema." + _IT,
    ),
    (Kind.SURVEY_CES, "pt"): Template(
        subject="Foi fácil? [#{number}]",
        body="Olá {name},\n\nSobre “{subject}” ({number}): concorda?\n\n"
        "Foi fácil ter o meu problema resolvido." + _PT,
    ),
    (Kind.SURVEY_NPS, "fr"): Template(
        subject="Nous recommanderiez-vous ?",
        body="Bonjour {name},\n\nQuelle est la probabilité que vous nous recommandiez à un ami ou"
        " à un collègue ?" + _FR,
    ),
    (Kind.SURVEY_NPS, "es"): Template(
        subject="¿Nos recomendaría?",
        body="Hola, {name}:\n\n¿Qué probabilidad hay de que nos recomiende a un amigo o colega?"
        + _ES,
    ),
    (Kind.SURVEY_NPS, "nl"): Template(
        subject="Zou u ons aanbevelen?",
        body="Hallo {name},\n\nHoe waarschijnlijk is het dat u ons aanbeveelt bij een vriend of"
        " collega?" + _NL,
    ),
    (Kind.SURVEY_NPS, "it"): Template(
        subject="Ci consiglierebbe?",
        body="Buongiorno {name},\n\nQuanto è probabile che ci consigli a un amico o a un collega?"
        + _IT,
    ),
    (Kind.SURVEY_NPS, "pt"): Template(
        subject="Recomendar-nos-ia?",
        body="Olá {name},\n\nQual é a probabilidade de nos recomendar a um amigo ou colega?" + _PT,
    ),
}
