"""What somebody wrote in a mail, told from what was quoted and what a program signed."""

from dataclasses import dataclass

from tickets.channels.email.written.attribution import shared_line
from tickets.channels.email.written.kinds import MAX_LINES, SHOWN, Kind, classify


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of whole lines of one kind."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Written:
    """A mail's text in pieces; joined again they are the text, to the last character."""

    pieces: tuple[Piece, ...]

    @property
    def visible(self) -> str:
        """What to show: the person's own words, and quotes among which they answered."""
        shown = (piece.text for piece in self.pieces if piece.kind in SHOWN)
        return "".join(shown).strip("\r\n").rstrip()

    @property
    def quoted(self) -> str:
        """The history, to be folded."""
        return self._of({Kind.QUOTED, Kind.FORWARDED})

    @property
    def signature(self) -> str:
        """Signatures and programs' footers, to be folded."""
        return self._of({Kind.SIGNATURE})

    @property
    def is_forward(self) -> bool:
        """Whether the history was sent on for its own sake rather than answered."""
        return any(piece.kind is Kind.FORWARDED for piece in self.pieces)

    def _of(self, kinds: set[Kind]) -> str:
        return "".join(piece.text for piece in self.pieces if piece.kind in kinds).strip("\r\n")


def split_text(text: str) -> Written:
    """The text in pieces by whose words they are. Linear in its length; never raises."""
    lines = _lines(text)
    kinds = classify(lines)
    pieces: list[Piece] = []
    start = 0
    for index in range(1, len(lines) + 1):
        if index == len(lines) or kinds[index] is not kinds[start]:
            pieces.append(Piece(kinds[start], "".join(lines[start:index])))
            start = index
    return Written(tuple(pieces))


def _lines(text: str) -> list[str]:
    """The lines with their ends; all beyond MAX_LINES are one."""
    lines: list[str] = []
    *first, last = text.split("\n", MAX_LINES)
    for line in first:
        cut = shared_line(line)
        lines += [line[:cut], line[cut:] + "\n"] if cut else [line + "\n"]
    return [*lines, last] if last else lines
