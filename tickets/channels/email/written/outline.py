"""An HTML body as lines of text, each knowing which leaves of the tree it was made of."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from selectolax.lexbor import LexborNode

from tickets.channels.email.written.attribution import is_attribution
from tickets.channels.email.written.headers import read_separator
from tickets.channels.email.written.lines import bare, is_blank

MAX_NODES = 200_000
_SPACES = re.compile(r"[ \t\r\n\f]+")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SKIPPED = _words("head script style title noscript template svg math object embed iframe")
_BLOCKS = _words(
    "address article aside blockquote body center dd div dl dt fieldset figure footer form h1 h2"
    " h3 h4 h5 h6 header html li main nav ol p pre section table tbody tfoot thead tr ul"
)
_LEAVES = _words("-text br hr img")
_HISTORY_IDS = _words(
    "appendonsend divrplyfwdmsg x_divrplyfwdmsg stopspelling olk_src_body_section"
    " mail-editor-reference-message-container isforwardcontent isreplycontent"
    " ms-outlook-mobile-body-separator-line reply-intro"
)
_HISTORY_CLASSES = _words(
    "outlookmessageheader ms-outlook-mobile-reference-message moz-forward-container"
    " mail_quote_intro"
)
_QUOTED_CLASSES = _words(
    "yahoo_quoted protonmail_quote zmail_extra tutanota_quote gmail_attr moz-cite-prefix"
    " gmail_attribution hs_reply quoted-text front-blockquote"
)
_ATTRIBUTION_CLASSES = _words("gmail_attr moz-cite-prefix gmail_attribution")
_OUTLOOK_LINE = re.compile(
    r"border-top\s{0,3}:\s{0,3}solid\s[^;]{1,40}.{0,80}padding\s{0,3}:\s{0,3}3", re.DOTALL
)
MAX_NESTED_LOOKS = 8
MAX_FIRST_NODES = 40


@dataclass(slots=True)
class Line:
    """One line: its words without marks, how deep it is quoted, and the leaves it was made of."""

    parts: list[str] = field(default_factory=list)
    words: str = ""
    depth: int = 0
    leaves: list[int] = field(default_factory=list)
    texts: dict[int, str] = field(default_factory=dict)  # of a leaf that is on several lines
    opens_history: bool = False  # markup says that history begins here
    is_attribution: bool = False

    @property
    def text(self) -> str:
        """The line as the rules for text read it."""
        return f"{'>' * min(self.depth, 20)} {self.words}\n" if self.depth else f"{self.words}\n"


def leaves_of(root: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """Every node below `root` in order, and whether it is left (True) or entered."""
    node: LexborNode | None = root
    depth = 0
    for _ in range(MAX_NODES * 2):
        if node is None:
            return
        yield node, False
        child = None if node.tag in _SKIPPED else node.first_child
        if child is not None:
            node, depth = child, depth + 1
            continue
        yield node, True
        while node is not None and depth and node.next is None:
            node, depth = node.parent, depth - 1
            if node is not None:
                yield node, True
        if node is None or not depth:
            return
        node = node.next


def is_leaf(node: LexborNode) -> bool:
    """Whether the node is one of those that lines are made of."""
    return node.tag in _LEAVES


def outline(root: LexborNode) -> list[Line]:
    """The lines of the tree below `root`."""
    return _Outline().of(root)


@dataclass(frozen=True, slots=True)
class _Element:
    """What an element that is being read does to the lines in it."""

    is_block: bool
    is_pre: bool
    quotes: bool
    is_attribution: bool
    is_looked_into: bool


class _Outline:
    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._line = Line()
        self._open: list[_Element] = []
        self._depth = self._pre = self._leaf = self._attribution = self._looks = 0
        self._opens_history = self._has_history = False

    def of(self, root: LexborNode) -> list[Line]:
        for node, is_left in leaves_of(root):
            if is_leaf(node):
                if not is_left:
                    self._add_leaf(node)
            elif is_left:
                self._leave()
            else:
                self._enter(node)
        self._break()
        return self.lines

    def _enter(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag in {"td", "th"}:
            self._line.parts.append(" ")
        opens = _opens_history(node)
        if tag in _BLOCKS or opens:
            self._break()
        self._opens_history = self._opens_history or opens
        element = self._read(node, tag)
        if element.quotes:
            self._break()
        self._depth += element.quotes
        self._pre += element.is_pre
        self._attribution += element.is_attribution
        self._looks += element.is_looked_into
        self._open.append(element)

    def _read(self, node: LexborNode, tag: str) -> _Element:
        classes = _classes(node)
        is_gmail = tag == "div" and "gmail_quote" in classes and self._looks < MAX_NESTED_LOOKS
        is_marked = bool(classes & _QUOTED_CLASSES)
        sends_on = (is_gmail or is_marked) and _sends_on(node)
        quotes = is_marked or (is_gmail and node.css_first("blockquote") is None)
        return _Element(
            is_block=tag in _BLOCKS,
            is_pre=tag == "pre",
            quotes=(quotes and not sends_on)
            or (tag == "blockquote" and self._blockquote_quotes(node, classes)),
            is_attribution=bool(classes & _ATTRIBUTION_CLASSES),
            is_looked_into=is_gmail,
        )

    def _leave(self) -> None:
        element = self._open.pop()
        if element.is_block or element.quotes:
            self._break()
        self._depth -= element.quotes
        self._pre -= element.is_pre
        self._attribution -= element.is_attribution
        self._looks -= element.is_looked_into

    def _add_leaf(self, node: LexborNode) -> None:
        leaf, self._leaf = self._leaf, self._leaf + 1
        if node.tag == "-text":
            self._add_text(node.text_content or "", leaf)
        elif node.tag == "hr":
            self._break()
            self._line.parts, self._line.leaves = ["-----"], [leaf]
            self._break()
        else:
            self._line.leaves.append(leaf)
            if node.tag == "br":
                self._break()
            else:
                self._line.parts.append("[image]")

    def _add_text(self, text: str, leaf: int) -> None:
        if not self._pre:
            self._line.parts.append(_SPACES.sub(" ", text))
            self._line.leaves.append(leaf)
            return
        for index, line in enumerate(text.split("\n")):
            if index:
                self._break()
            self._line.parts.append(line)
            self._line.leaves.append(leaf)
            self._line.texts[leaf] = line

    def _break(self) -> None:
        """End the line, if there is anything of it."""
        line = self._line
        if not line.leaves:
            return
        words = "".join(line.parts).replace("\n", " ").rstrip()
        line.words = words if self._pre else words.lstrip()
        line.depth = self._depth
        line.is_attribution = self._attribution > 0
        if self._opens_history and not is_blank(line.words):
            line.opens_history, self._opens_history = True, False
        self._has_history = self._has_history or line.is_attribution
        self.lines.append(line)
        self._line = Line()

    def _blockquote_quotes(self, node: LexborNode, classes: frozenset[str]) -> bool:
        """Whether it quotes: Gmail indents one's own paragraphs by the same element."""
        cites = node.attributes.get("type") == "cite" or "gmail_quote" not in classes
        if cites or self._has_history:
            return True
        above = next((line for line in reversed(self.lines[-4:]) if not is_blank(line.words)), None)
        if above is None:
            return False
        said = above.is_attribution or above.depth > self._depth
        return said or _introduces(above.words)


def _introduces(words: str) -> bool:
    text = bare(words)
    return is_attribution(text, before_quote=True) or read_separator(text) is not None


def _sends_on(node: LexborNode) -> bool:
    """Whether the first words in the element say that a message was forwarded."""
    for found, _ in islice(leaves_of(node), MAX_FIRST_NODES):
        if found.tag == "-text" and not is_blank(text := found.text_content or ""):
            separator = read_separator(text)
            return separator is not None and separator.is_forward
    return False


def _classes(node: LexborNode) -> frozenset[str]:
    return _words((node.attributes.get("class") or "")[:500].lower())


def _opens_history(node: LexborNode) -> bool:
    attributes = node.attributes
    if (attributes.get("id") or "").lower() in _HISTORY_IDS or _classes(node) & _HISTORY_CLASSES:
        return True
    style = (attributes.get("style") or "")[:300].lower()
    return node.tag == "div" and _OUTLOOK_LINE.search(style) is not None
