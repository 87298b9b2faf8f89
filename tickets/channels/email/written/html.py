"""What somebody wrote in an HTML mail, told from what was quoted and signed.

The tree is read as lines, quotation shown by marks, and judged by the rules for text; then the
leaves of what is to be folded are taken out of the tree, and the others out of a second one.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from helpdesk.lib.html_text import MAX_HTML, is_overgrown
from tickets.channels.email.written.kinds import SHOWN, Kind, classify
from tickets.channels.email.written.outline import Line, is_leaf, leaves_of, outline


@dataclass(frozen=True, kw_only=True, slots=True)
class WrittenHtml:
    """The body's inner HTML in two parts, not sanitised; each word is in exactly one of them.

    `folded` is empty where there is nothing to fold. `visible_text` are the shown lines.
    """

    visible: str
    folded: str
    visible_text: str
    is_forward: bool


def split_html(html: str) -> WrittenHtml:
    """The HTML's visible and folded parts. Linear; overgrown or empty HTML is shown whole."""
    if len(html) > MAX_HTML or is_overgrown(html):
        return WrittenHtml(visible=html, folded="", visible_text="", is_forward=False)
    body = LexborHTMLParser(html).body
    lines = outline(body) if body is not None else []
    kinds = _kinds(lines)
    visible = [line for line, kind in zip(lines, kinds, strict=True) if kind in SHOWN]
    folded = [line for line, kind in zip(lines, kinds, strict=True) if kind not in SHOWN]
    text = "".join(line.text for line in visible).strip()
    if not folded:
        return WrittenHtml(visible=html, folded="", visible_text=text, is_forward=False)
    return WrittenHtml(
        visible=_only(html, visible, without=folded),
        folded=_only(html, folded, without=visible),
        visible_text=text,
        is_forward=Kind.FORWARDED in kinds,
    )


def _kinds(lines: list[Line]) -> list[Kind]:
    return classify(
        [line.text for line in lines],
        cuts=[index for index, line in enumerate(lines) if line.opens_history],
        marked=[index for index, line in enumerate(lines) if line.depth],
        attributed=[index for index, line in enumerate(lines) if line.is_attribution],
    )


def _only(html: str, kept: Sequence[Line], *, without: Sequence[Line]) -> str:
    """The body with only the leaves of these lines, and no element that thereby is empty.

    A text in <pre> may be of both; then only its kept lines stay in it.
    """
    body = LexborHTMLParser(html).body
    if body is None:
        return ""
    leaves = {leaf for line in kept for leaf in line.leaves}
    shared = leaves.intersection(leaf for line in without for leaf in line.leaves)
    texts = {leaf: _text_of(leaf, kept) for leaf in shared}
    for node, text in reversed(_superfluous(body, leaves, texts)):
        if text:
            node.replace_with(text)
        else:
            node.decompose()
    return (body.inner_html or "").strip()


def _text_of(leaf: int, lines: Sequence[Line]) -> str:
    return "\n".join(line.texts[leaf] for line in lines if leaf in line.texts)


def _superfluous(
    body: LexborNode, kept: AbstractSet[int], texts: Mapping[int, str]
) -> list[tuple[LexborNode, str]]:
    """What to take out or shorten, inner ones first, with the text to leave in its place."""
    leaf = kept_so_far = 0
    before: list[tuple[int, int]] = []  # the two counts where each open element began
    found: list[tuple[LexborNode, str]] = []
    for node, is_left in leaves_of(body):
        if not is_left:
            before.append((leaf, kept_so_far))
            if is_leaf(node):
                if leaf in texts:
                    found.append((node, texts[leaf]))
                kept_so_far += leaf in kept
                leaf += 1
            continue
        leaves_before, kept_before = before.pop()
        if leaf > leaves_before and kept_so_far == kept_before and node.tag != "body":
            found.append((node, ""))
    return found
