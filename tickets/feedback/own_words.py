"""The questions and answers of surveys in the languages customers write most, besides English."""

from __future__ import annotations

from customers.feedback.models import Rating

_CSAT, _CES, _NPS = (scale.value for scale in Rating.Scale)

STOP: dict[str, str] = {
    "de": "Diese Umfragen nicht mehr schicken",
    "fr": "Ne plus recevoir ces enquêtes",
    "es": "No recibir más estas encuestas",
    "nl": "Deze enquêtes niet meer ontvangen",
    "it": "Non ricevere più questi sondaggi",
    "pt": "Deixar de receber estes inquéritos",
}
QUESTIONS: dict[tuple[str, str], str] = {
    (_CSAT, "de"): "Wie haben wir das gemacht?",
    (_CSAT, "fr"): "Êtes-vous satisfait de notre aide ?",
    (_CSAT, "es"): "¿Cómo lo hemos hecho?",
    (_CSAT, "nl"): "Hoe hebben wij het gedaan?",
    (_CSAT, "it"): "Come siamo andati?",
    (_CSAT, "pt"): "Como correu o nosso apoio?",
    (_CES, "de"): "Es war einfach, mein Problem gelöst zu bekommen.",
    (_CES, "fr"): "Il a été facile de faire résoudre mon problème.",
    (_CES, "es"): "Ha sido fácil que me resolvieran el problema.",
    (_CES, "nl"): "Het was makkelijk om mijn probleem opgelost te krijgen.",
    (_CES, "it"): "È stato facile far risolvere il mio problema.",
    (_CES, "pt"): "Foi fácil ter o meu problema resolvido.",
    (_NPS, "de"): "Wie wahrscheinlich ist es, dass Sie uns weiterempfehlen?",
    (_NPS, "fr"): "Quelle est la probabilité que vous nous recommandiez à un ami ou collègue ?",
    (_NPS, "es"): "¿Qué probabilidad hay de que nos recomiende a un amigo o colega?",
    (_NPS, "nl"): "Hoe waarschijnlijk is het dat u ons aanbeveelt bij een vriend of collega?",
    (_NPS, "it"): "Quanto è probabile che ci consigli a un amico o a un collega?",
    (_NPS, "pt"): "Qual é a probabilidade de nos recomendar a um amigo ou colega?",
}
_ONE_TO_FIVE: dict[str, tuple[str, ...]] = {
    "de": ("Sehr schlecht", "Schlecht", "Mittel", "Gut", "Sehr gut"),
    "fr": ("Très mauvais", "Mauvais", "Moyen", "Bien", "Très bien"),
    "es": ("Muy mal", "Mal", "Regular", "Bien", "Muy bien"),
    "nl": ("Zeer slecht", "Slecht", "Matig", "Goed", "Zeer goed"),
    "it": ("Molto male", "Male", "Così così", "Bene", "Molto bene"),
    "pt": ("Muito mal", "Mal", "Mais ou menos", "Bem", "Muito bem"),
}
_AGREE: dict[str, tuple[str, ...]] = {
    "de": (
        "Stimme überhaupt nicht zu", "Stimme nicht zu", "Stimme eher nicht zu", "Teils, teils",
        "Stimme eher zu", "Stimme zu", "Stimme voll und ganz zu",
    ),
    "fr": (
        "Pas du tout d'accord", "Pas d'accord", "Plutôt pas d'accord",
        "Ni d'accord ni pas d'accord", "Plutôt d'accord", "D'accord", "Tout à fait d'accord",
    ),
    "es": (
        "Muy en desacuerdo", "En desacuerdo", "Algo en desacuerdo",
        "Ni de acuerdo ni en desacuerdo", "Algo de acuerdo", "De acuerdo", "Muy de acuerdo",
    ),
    "nl": (
        "Helemaal oneens", "Oneens", "Enigszins oneens", "Niet eens, niet oneens",
        "Enigszins eens", "Eens", "Helemaal eens",
    ),
    "it": (
        "Per niente d'accordo", "In disaccordo", "Piuttosto in disaccordo",
        "Né d'accordo né in disaccordo", "Piuttosto d'accordo", "D'accordo",
        "Completamente d'accordo",
    ),
    "pt": (
        "Discordo totalmente", "Discordo", "Discordo em parte", "Não concordo nem discordo",
        "Concordo em parte", "Concordo", "Concordo totalmente",
    ),
}  # fmt: skip
_LIKELY: dict[str, tuple[str, str]] = {
    "de": ("Sehr unwahrscheinlich", "Sehr wahrscheinlich"),
    "fr": ("Pas du tout probable", "Très probable"),
    "es": ("Nada probable", "Muy probable"),
    "nl": ("Zeer onwaarschijnlijk", "Zeer waarschijnlijk"),
    "it": ("Per niente probabile", "Molto probabile"),
    "pt": ("Nada provável", "Muito provável"),
}
LABELS: dict[tuple[str, str], dict[int, str]] = {
    **{(_CSAT, code): dict(enumerate(words, 1)) for code, words in _ONE_TO_FIVE.items()},
    **{(_CES, code): dict(enumerate(words, 1)) for code, words in _AGREE.items()},
    **{(_NPS, code): {0: least, 10: most} for code, (least, most) in _LIKELY.items()},
}
