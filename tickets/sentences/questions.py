"""What somebody asked and wants answered."""

from __future__ import annotations

from dataclasses import dataclass

from tickets.sentences.languages import languages_to_read
from tickets.sentences.phrases import PhraseBook
from tickets.sentences.splitting import Sentence, sentences_of

_STARTERS = {
    "en": PhraseBook(
        (
            "^ please? let me|us know if|when|whether|how|what|where|which|why|who",
            "^ please? tell|inform me|us if|when|whether|how|what|where|which|why|who",
            "^ please confirm|advise|clarify|explain",
            "i|we would|'d like|want|need to know|understand",
            "i'd|we'd like to know|understand|ask",
            "i|we wonder|was_wondering|am_wondering|were_wondering",
            "^ can|could|would|will|do|does|did|is|are|was|were|has|have you|it|this|that|i|we|there|the|my|our ... .. $",
            "^ when|where|why|how|which|who|whose will|is|are|do|does|can|did|should|was|much|many|long|often",
            "^ what is|are|do|does|about|happens|should|time",
        )
    ),
    "de": PhraseBook(
        (
            "^ bitte? .. teilen|sagen|geben|schreiben sie .. mit|mir|uns|bescheid .. ob|wann|wie|wo|was|warum|welche*",
            "^ bitte bestätigen|klären|erklären sie",
            "ich|wir möchte|möchten|würde|würden|will|wollte|muss|müssen gern|gerne|nur? .. wissen|fragen",
            "wissen|fragen .. ob|wann|wie|wo|was|warum|welche*",
            "^ können|könnten|würden|haben|sind|ist|gibt|wird|werden|darf|kann|muss|soll|hat sie|es|ich|das|die|der|dies|wir|man|mein*|unser* ... .. $",
            "^ wann|wo|warum|wieso|weshalb|wer|wie|welche*|wohin|woher kann|können|ist|sind|wird|werden|kommt|bekomme|muss|soll|finde|lange|viel|oft|haben",
            "^ was ist|sind|kostet|passiert|muss|soll|bedeutet",
        )
    ),
}
_COURTESY = {
    "en": PhraseBook(("how are you", "^ right|okay|ok|no|yes|really|understood $", "hope you are")),
    "de": PhraseBook(
        (
            "wie geht es ihnen|dir",
            "^ oder|richtig|okay|ja|nein|verstanden|wirklich $",
            "alles klar $",
        )
    ),
}


@dataclass(frozen=True)
class Question:
    """One question in the words of whoever asked it, and where it stands in the text."""

    text: str
    start: int
    end: int


def questions_in(text: str, language: str) -> list[Question]:
    """Find the sentences that ask something, with or without a question mark, in their order.

    Mere courtesy ("How are you?") is left out. An unknown language is read as each we know.
    """
    return [
        Question(" ".join(text[s.start : s.end].split()), s.start, s.end)
        for s in sentences_of(text)
        if _asks(s, languages_to_read(language))
    ]


def _asks(sentence: Sentence, languages: tuple[str, ...]) -> bool:
    if any(_COURTESY[code].is_in(sentence.words) for code in languages):
        return False
    if sentence.is_question:
        return any(char.isalpha() for char in sentence.words)
    return any(_STARTERS[code].is_in(sentence.words) for code in languages)
