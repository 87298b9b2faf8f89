"""Words, sentences and names that nobody wrote, as unevenly spread as real ones."""

from itertools import accumulate
from random import Random

# How often each of these stands in what is written: for searches whose answers differ in number.
COMMON, USUAL, RARE = "delivery", "kettle", "zanzibar"
COMMON_SHARE, USUAL_SHARE = 0.3, 0.03
RARE_MESSAGES = 12

_VOCABULARY, _BODIES, _SUBJECTS = 6_000, 3_000, 1_200
_SYLLABLES = "ba co di fe gu ha ji ko la me ni po qua re si tu va we xi yo zu bra cle dro"
_GIVEN = "Ada Amir Bea Chen Dina Emil Farah Goran Hana Ivo Jun Kofi Lena Maya Nils Omar"
_FAMILY = "Abel Berg Costa Diaz Eklund Fischer Gray Haas Ito Jansen Klein Lund Mensah Novak"


class Words:
    """A pool of texts to draw from; the same dice give the same pool."""

    def __init__(self, dice: Random) -> None:
        self._dice = dice
        syllables = _SYLLABLES.split()
        self._given, self._family = _GIVEN.split(), _FAMILY.split()
        self._vocabulary = [
            "".join(dice.choices(syllables, k=dice.randint(1, 4))) for _ in range(_VOCABULARY)
        ]
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(_VOCABULARY)))
        self._bodies = [self._body() for _ in range(_BODIES)]
        self._subjects = [" ".join(self._draw(5)).capitalize() for _ in range(_SUBJECTS)]

    def body(self, reference: int) -> str:
        """What somebody wrote, about 250 characters, with a reference that stands nowhere else."""
        return f"{self._dice.choice(self._bodies)} Ref {reference:x}."

    def subject(self) -> str:
        return self._dice.choice(self._subjects)

    def name(self) -> str:
        return f"{self._dice.choice(self._given)} {self._dice.choice(self._family)}"

    def _draw(self, count: int) -> list[str]:
        return self._dice.choices(self._vocabulary, cum_weights=self._weights, k=count)

    def _body(self) -> str:
        sentences = [self._draw(self._dice.randint(6, 14)) for _ in range(self._dice.randint(1, 6))]
        for word, share in ((COMMON, COMMON_SHARE), (USUAL, USUAL_SHARE)):
            if self._dice.random() < share:
                sentences[0].insert(1, word)
        return " ".join(" ".join(words).capitalize() + "." for words in sentences)
