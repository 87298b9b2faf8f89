"""The one HTML frame of our mails: nothing to load, no fixed colours, wide as its reader's."""

from html import escape

import nh3
from selectolax.lexbor import LexborHTMLParser, LexborNode

from helpdesk.lib.html import ATTRIBUTES, TAGS, clean_html

# Mail clients drop style sheets, so that every element carries its own. No colour of text or
# ground is set: the reader's light or dark stays theirs. The grey of lines is seen on both.
_TEXT = "margin: 0 0 16px"
_STYLES = {
    "p": _TEXT,
    "ul": _TEXT,
    "ol": _TEXT,
    "blockquote": "margin: 0 0 16px; padding: 0 0 0 12px; border-left: 3px solid #8a9099",
    "pre": "margin: 0 0 16px; white-space: pre-wrap; font-family: monospace",
    "h1": "margin: 0 0 12px; font-size: 22px; line-height: 1.3",
    "h2": "margin: 0 0 12px; font-size: 20px; line-height: 1.3",
    "h3": "margin: 0 0 12px; font-size: 18px; line-height: 1.3",
    "table": "margin: 0 0 16px; border-collapse: collapse",
    "th": "padding: 4px 16px 4px 0; text-align: start; vertical-align: top",
    "td": "padding: 4px 16px 4px 0; text-align: start; vertical-align: top",
    "img": "max-width: 100%; height: auto; border: 0",
}
_FONT = (
    "max-width: 640px; padding: 16px; font-family: -apple-system, 'Segoe UI', Roboto, Helvetica,"
    " Arial, sans-serif; font-size: 16px; line-height: 1.5; overflow-wrap: anywhere"
)
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


def frame(body: str, *, language: str, title: str) -> str:
    """A whole HTML document of a mail around a body. It loads nothing but what comes with it."""
    direction = "rtl" if language.partition("-")[0] in RIGHT_TO_LEFT else "ltr"
    return (
        f'<!doctype html>\n<html lang="{escape(language)}" dir="{direction}">\n<head>\n'
        '<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="supported-color-schemes" content="light dark">\n'
        f"<title>{escape(title)}</title>\n</head>\n"
        f'<body style="margin: 0; padding: 0">\n<div style="{_FONT}">\n{_dressed(body)}\n</div>\n'
        "</body>\n</html>\n"
    )


def in_paragraphs(html: str) -> str:
    """Lines that the composer keeps each in a `<p>`, empty ones between, as paragraphs of lines.

    HTML without such an empty line is left as it is.
    """
    body = LexborHTMLParser(html).body
    nodes = list(body.iter(include_text=True)) if body is not None else []
    if not any(_is_line(node) and not _inner(node) for node in nodes):
        return html
    parts: list[str] = []
    lines: list[str] = []
    for node in [*nodes, None]:
        if node is not None and _is_line(node) and _inner(node):
            lines.append(_inner(node))
            continue
        if lines:
            parts.append(f"<p>{'<br>'.join(lines)}</p>")
            lines = []
        if node is not None and not _is_line(node):
            parts.append(node.html or "")
    return "\n".join(parts)


def _is_line(node: LexborNode) -> bool:
    return node.tag == "p" and not node.attributes


def _inner(node: LexborNode) -> str:
    """What stands in a line; nothing for the break that keeps an empty one open."""
    inside = (node.inner_html or "").strip()
    return "" if inside == "<br>" else inside


def _dressed(html: str) -> str:
    """The same elements, cleaned once more and with our styles on them, by the sanitiser alone."""
    return nh3.clean(
        clean_html(html).html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer",
        set_tag_attribute_values={tag: {"style": style} for tag, style in _STYLES.items()},
    )
