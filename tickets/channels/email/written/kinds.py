"""Whose words each line of a mail is.

The rules look at a bounded number of lines at once, so that time is linear in the text. Where
they are not sure, the words are shown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tickets.channels.email.written.attribution import attribution_length
from tickets.channels.email.written.headers import is_history_mark, read_block, read_separator
from tickets.channels.email.written.lines import (
    has_style,
    is_blank,
    is_quoted,
    is_rule,
    quote_style,
    unquoted,
)
from tickets.channels.email.written.signature import (
    says_more_than_goodbye,
    signature_lines,
)

MAX_LINES = 3_000  # what comes after them is left as the last of them is
MAX_LAZY_LINES = 2
FENCE = "```"  # what stands between two of them was pasted on purpose
MIN_WRAPPED = 50
MAX_ANSWERED_LINES = 40


class Kind(StrEnum):
    """Whose words a piece of a mail is."""

    OWN = "own"  # shown
    KEPT = "kept"  # quoted, but answered line by line: shown
    QUOTED = "quoted"  # folded
    FORWARDED = "forwarded"  # sent on: folded where something else is shown
    SIGNATURE = "signature"  # folded


SHOWN = frozenset({Kind.OWN, Kind.KEPT})


@dataclass(slots=True)
class _Quote:
    """A quotation: its attribution from `start`, its own lines from `body` to `end`."""

    start: int
    body: int
    end: int
    is_attributed: bool


def classify(
    lines: Sequence[str],
    *,
    cuts: Iterable[int] = (),
    marked: Iterable[int] = (),
    attributed: Iterable[int] = (),
) -> list[Kind]:
    """The kind of each line.

    Markup may say more than the lines: `cuts` are those at which history begins, `marked` the
    quoted ones, `attributed` the ones that say who wrote what follows.
    """
    reading = _Reading(lines[:MAX_LINES], frozenset(cuts), frozenset(marked), frozenset(attributed))
    return reading.kinds(len(lines))


class _Reading:
    def __init__(
        self,
        lines: Sequence[str],
        cuts: frozenset[int],
        marked: frozenset[int],
        attributed: frozenset[int],
    ) -> None:
        self._lines = lines
        self._cuts = cuts
        self._marked = marked
        self._attributed = attributed
        self._kinds = [Kind.OWN] * len(lines)
        self._quotes: list[_Quote] = []
        self._tail = len(lines)  # where unmarked history begins
        self._has_own = False
        fences = [index for index, line in enumerate(lines) if line.startswith(FENCE)]
        self._fences = dict(zip(fences[::2], fences[1::2], strict=False))  # where code ends

    def kinds(self, total: int) -> list[Kind]:
        self._scan()
        self._fold_signatures()
        self._fold_quotes()
        if not any(self._is_shown(index) for index in range(len(self._lines))):
            self._show_all()
        last = self._kinds[-1] if self._kinds else Kind.OWN
        return self._kinds + [last] * (total - len(self._kinds))

    def _is_shown(self, index: int) -> bool:
        return self._kinds[index] in SHOWN and not is_blank(self._lines[index])

    def _show_all(self) -> None:
        """Nothing would be left: show the text, unless it says itself that it is only quoted."""
        if self._tail == len(self._lines) and any(quote.is_attributed for quote in self._quotes):
            return
        self._kinds = [Kind.OWN] * len(self._lines)

    def _scan(self) -> None:
        index = 0
        while index < len(self._lines):
            line = self._lines[index]
            if index in self._cuts and self._has_own:
                self._cut(index, is_forward=self._forwards(index))
                return
            if is_blank(line):
                index += 1
            elif line.startswith(FENCE) and index in self._fences:
                self._has_own = True
                index = self._fences[index] + 1
            elif is_quoted(line):
                index = self._add_quote(index, index, ">")
            else:
                index = self._read_own(index)

    def _forwards(self, index: int) -> bool:
        separator = read_separator(self._lines[index])
        return separator is not None and separator.is_forward

    def _read_own(self, index: int) -> int:
        """Read an unquoted line, which may open history; where to go on."""
        end = self._opening(index)
        if not end:
            style = quote_style(self._lines[index])
            if style and self._is_repeated(index, style):
                return self._add_quote(index, index, style)
            self._has_own = True
            return index + 1
        following = next(
            (i for i in range(end, len(self._lines)) if not is_blank(self._lines[i])), 0
        )
        style = quote_style(self._lines[following]) if following else ""
        if style:
            return self._add_quote(index, following, style)
        if self._has_own:
            self._cut(index, is_forward=self._forwards(index))
            return len(self._lines)
        if attribution_length(self._lines, index):
            self._kinds[index:end] = [Kind.QUOTED] * (end - index)
        return end

    def _is_repeated(self, index: int, style: str) -> bool:
        """Whether a mark that is no usual one stands at the next line too."""
        return index + 1 < len(self._lines) and has_style(self._lines[index + 1], style)

    def _opening(self, index: int) -> int:
        """The end of the attribution, separator or header block that starts here; else 0."""
        taken = attribution_length(self._lines, index)
        if taken:
            return index + taken
        end = 0
        if read_separator(self._lines[index]) is not None:
            end = index + 1
            while end < len(self._lines) and is_blank(self._lines[end]):
                end += 1
        block = read_block(self._lines, end or index) if end < len(self._lines) else None
        if block is not None and (end or block.is_convincing):
            return block.end
        return index + 1 if end else 0

    def _cut(self, index: int, *, is_forward: bool) -> None:
        """All from here on is history, with the drawn lines above it."""
        while index and (is_blank(self._lines[index - 1]) or is_rule(self._lines[index - 1])):
            index -= 1
        self._tail = index
        kind = Kind.FORWARDED if is_forward else Kind.QUOTED
        self._kinds[index:] = [kind] * (len(self._lines) - index)

    def _add_quote(self, start: int, body: int, style: str) -> int:
        end = body + 1
        while end < len(self._lines):
            line = self._lines[end]
            if has_style(line, style):
                end += 1
                continue
            gap = self._gap(end, style)
            if not gap:
                break
            end += gap
        opener = start != body or any(
            self._opens(index) for index in range(body, min(body + 5, end))
        )
        self._quotes.append(_Quote(start, body, end, is_attributed=opener))
        return end

    def _opens(self, index: int) -> bool:
        if index in self._attributed:
            return True
        lines = [unquoted(line) for line in self._lines[index : index + 6]]
        return is_history_mark(lines[0]) or attribution_length(lines, 0) > 0

    def _gap(self, start: int, style: str) -> int:
        """How many lines without a mark belong to the quotation: blank ones, and broken ones."""
        end = start
        while end < len(self._lines) and is_blank(self._lines[end]):
            end += 1
        if end < len(self._lines) and end > start:
            return end - start if has_style(self._lines[end], style) else 0
        if len(self._lines[start - 1].rstrip()) < MIN_WRAPPED:
            return 0
        for end in range(start + 1, min(start + MAX_LAZY_LINES + 1, len(self._lines))):
            if has_style(self._lines[end], style):
                return end - start
            if is_blank(self._lines[end]):
                return 0
        return 0

    def _own_runs(self) -> list[tuple[int, int]]:
        edges = [(quote.start, quote.end) for quote in self._quotes]
        edges.append((self._tail, len(self._lines)))
        runs, position = [], 0
        for start, end in edges:
            if start > position:
                runs.append((position, start))
            position = max(position, end)
        return runs

    def _fold_signatures(self) -> None:
        for start, end in self._own_runs():
            for index in signature_lines(self._lines[start:end]):
                if self._kinds[start + index] is Kind.OWN:
                    self._kinds[start + index] = Kind.SIGNATURE

    def _fold_quotes(self) -> None:
        own = [any(map(self._is_shown, range(start, end))) for start, end in self._between()]
        interleaved = any(own[1:-1]) or self._is_answered_between(own)
        last_own = max((position for position, shown in enumerate(own) if shown), default=0)
        for position, quote in enumerate(self._quotes):
            answered_below = position < last_own
            keep = answered_below and (interleaved or not quote.is_attributed)
            keep = keep or (not answered_below and self._is_slight(quote))
            self._kinds[quote.start : quote.body] = [Kind.QUOTED] * (quote.body - quote.start)
            kind = Kind.KEPT if keep else Kind.QUOTED
            self._kinds[quote.body : quote.end] = [
                Kind.QUOTED if index in self._attributed else kind
                for index in range(quote.body, quote.end)
            ]

    def _is_answered_between(self, own: list[bool]) -> bool:
        """Whether the one quotation, no whole history, has words of weight above and below."""
        if len(self._quotes) != 1 or not own[0]:
            return False
        quote = self._quotes[0]
        below = [
            self._lines[index]
            for index in range(quote.end, self._tail)
            if self._kinds[index] is Kind.OWN
        ]
        length = sum(not is_blank(line) for line in self._lines[quote.body : quote.end])
        return length <= MAX_ANSWERED_LINES and says_more_than_goodbye(below)

    def _between(self) -> list[tuple[int, int]]:
        """The stretches before, between and after the quotations."""
        starts = [0] + [quote.end for quote in self._quotes]
        ends = [quote.start for quote in self._quotes] + [self._tail]
        return list(zip(starts, ends, strict=True))

    def _is_slight(self, quote: _Quote) -> bool:
        """Whether a quotation at the end may be what the person means to show."""
        if quote.is_attributed:
            return False
        above = ""
        for line in self._lines[max(0, quote.start - 3) : quote.start]:
            above = above if is_blank(line) else line
        if above.rstrip().endswith(":"):
            return True
        if quote.body in self._marked:
            return False
        return sum(not is_blank(line) for line in self._lines[quote.body : quote.end]) < 2  # noqa: PLR2004
