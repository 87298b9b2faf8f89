"""HTML as the text a person would read."""

import re
from collections import Counter
from html import unescape

from selectolax.lexbor import LexborHTMLParser, LexborNode

MAX_HTML = 2_000_000
MAX_NODES = 400_000
MAX_TAGS = 60_000
MAX_DEPTH = 1_000
MAX_SEPARATORS = 8_000
MAX_LINK = 500
_SPACES = re.compile(r"[ \t\r\n\f]+")
_BLANK = re.compile(r"\n{3,}")


def _words(text: str) -> set[str]:
    return set(text.split())


_SKIPPED = _words(
    "head script style title noscript noembed noframes template svg math iframe object embed"
    " applet audio video canvas select datalist"
)
_BLOCKS = _words(
    "address article aside blockquote center dd div dl dt fieldset figcaption figure footer"
    " form header legend main nav ol section table tbody tfoot thead tr ul li body html pre"
)
_SPACED = _words("p h1 h2 h3 h4 h5 h6")
_HIDDEN = re.compile(
    r"display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}hidden|mso-hide\s{0,3}:\s{0,3}all",
    re.IGNORECASE,
)


_TAG_START = re.compile(r"<(/?)([a-z][a-z0-9]{0,15})")
_CLOSED_BY_NEXT = _words(
    "area base br col dd dt embed hr img input li link meta option p source td th tr wbr"
)
_SEPARATOR = re.compile(r"[\s/\"'=]+")  # between attributes
_TAG = re.compile(r"<[^<>]{0,5000}>")


def is_overgrown(html: str) -> bool:
    """Whether the HTML has so many tags, or so deep, that parsers would take quadratic time."""
    if html.count("<") > MAX_TAGS or html.count("&") > MAX_TAGS:
        return True
    runs = (run for run in html.split("<") if len(run) > MAX_SEPARATORS)
    if any(len(_SEPARATOR.findall(run)) > MAX_SEPARATORS for run in runs):
        return True
    return _is_deep(html)


def _is_deep(html: str) -> bool:
    """By name, because a parser takes no notice of an end without its beginning."""
    depth, opened = 0, Counter[str]()
    for slash, name in _TAG_START.findall(html.lower()):
        if name in _CLOSED_BY_NEXT or (slash and not opened[name]):
            continue
        step = -1 if slash else 1
        opened[name] += step
        depth += step
        if depth > MAX_DEPTH:
            return True
    return False


def html_to_text(html: str) -> str:
    """The visible words of the HTML with its lines, lists, rows and link addresses; linear.

    Of overgrown HTML only the words between the tags.
    """
    if is_overgrown(html[:MAX_HTML]):
        return " ".join(unescape(_TAG.sub(" ", html[:MAX_HTML])).split())
    root = LexborHTMLParser(html[:MAX_HTML]).root
    if root is None:
        return ""
    return _Walker().text(root)


class _Walker:
    """Goes through the tree without recursion, so that no depth can exhaust the stack."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._pre = self._depth = 0
        self._lists: list[int] = []
        self._line_is_empty = True
        self._pending_space = False

    def text(self, root: LexborNode) -> str:
        node: LexborNode | None = root
        for _ in range(MAX_NODES):
            if node is None:
                break
            entered = self._open(node)
            child = node.first_child if entered else None
            if child is not None:
                self._depth += 1
                node = child
            else:
                node = self._after(node, entered=entered)
        text = "".join(self._out).replace("\xa0", " ")
        lines = [line.rstrip() for line in text.split("\n")]
        return _BLANK.sub("\n\n", "\n".join(lines)).strip("\n")

    def _after(self, node: LexborNode, *, entered: bool) -> LexborNode | None:
        """The next node in the order of the document once this one is done."""
        if entered:
            self._close(node)
        current: LexborNode | None = node
        while current is not None and self._depth:
            if current.next is not None:
                return current.next
            current = current.parent
            self._depth -= 1
            if current is not None:
                self._close(current)
        return None

    def _open(self, node: LexborNode) -> bool:
        """Write what comes before the children; False where they are not to be shown."""
        tag = node.tag
        if tag == "-text":
            self._words(node.text_content or "")
            return False
        if tag is None or tag.startswith(("-", "!")) or tag in _SKIPPED:
            return False
        if self._is_hidden(node):
            return False
        if tag in _SPACED:
            self._break(2)
        elif tag in _BLOCKS:
            self._break(1)
        self._special(tag, node)
        return True

    def _is_hidden(self, node: LexborNode) -> bool:
        attributes = node.attributes
        if "hidden" in attributes:
            return True
        style = attributes.get("style")
        return bool(style) and _HIDDEN.search(style or "") is not None

    def _special(self, tag: str, node: LexborNode) -> None:
        if tag == "br":
            self._newline()
        elif tag == "pre":
            self._pre += 1
        elif tag == "hr":
            self._break(1)
            self._put("-" * 20)
            self._break(1)
        elif tag in {"ul", "ol"}:
            self._lists.append(0 if tag == "ol" else -1)
        elif tag == "li":
            self._item()
        elif tag in {"td", "th"} and not self._line_is_empty:
            self._pending_space = False
            self._put("  ")
        elif tag == "img":
            self._words(node.attributes.get("alt") or "")

    def _item(self) -> None:
        marker = "- "
        if self._lists and self._lists[-1] >= 0:
            self._lists[-1] += 1
            marker = f"{self._lists[-1]}. "
        self._put("  " * max(len(self._lists[:20]) - 1, 0) + marker)
        self._line_is_empty = True  # a block inside the item starts on the same line

    def _close(self, node: LexborNode) -> None:
        tag = node.tag
        if tag in _SPACED:
            self._break(2)
        elif tag in _BLOCKS:
            self._break(1)
        if tag == "pre":
            self._pre = max(self._pre - 1, 0)
        elif tag in {"ul", "ol"} and self._lists:
            self._lists.pop()
        elif tag == "a":
            self._link(node)

    def _link(self, node: LexborNode) -> None:
        """The address after the words, unless the words say it already."""
        href = (node.attributes.get("href") or "").strip()
        if not href.lower().startswith(("http://", "https://")) or len(href) > MAX_LINK:
            return
        said = "".join(self._out[-8:])[-2000:]
        bare = href.split("://", 1)[1].rstrip("/")
        if bare.removeprefix("www.").split("?")[0] not in said:
            self._words(f" <{href}>")

    def _words(self, text: str) -> None:
        if self._pre:
            self._put(text)
            return
        words = _SPACES.sub(" ", text)
        if words in {"", " "}:
            self._pending_space = self._pending_space or bool(words)
            return
        self._pending_space = self._pending_space or words[0] == " "
        trailing = words[-1] == " "
        self._put(words.strip(" "))
        self._pending_space = trailing

    def _put(self, text: str) -> None:
        if not text:
            return
        if self._pending_space and not self._line_is_empty:
            self._out.append(" ")
        self._pending_space = False
        self._out.append(text)
        self._line_is_empty = text.endswith("\n")

    def _newline(self) -> None:
        self._out.append("\n")
        self._line_is_empty, self._pending_space = True, False

    def _break(self, lines: int) -> None:
        """End the line; with two, leave a blank one."""
        self._pending_space = False
        if not self._line_is_empty:
            self._newline()
        if lines > 1 and self._out and self._out[-2:] != ["\n", "\n"]:
            self._out.append("\n")
