"""HTML from strangers: sanitised for showing, turned into text, and made from text.

The sanitiser is one wall; the other is the sandboxed frame with its own content policy that the
result is shown in. Nothing that leaves here loads anything or runs anything.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from urllib.parse import quote, urlsplit, urlunsplit

import nh3

from helpdesk.lib.html_text import html_to_text, is_overgrown

__all__ = ["CleanHtml", "clean_html", "html_to_text", "safe_link", "sanitise", "text_to_html"]


def _words(text: str) -> set[str]:
    return set(text.split())


TAGS = _words(
    "a abbr address b bdi bdo big blockquote br caption center cite code col colgroup dd del"
    " dfn div dl dt em figcaption figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p"
    " pre q s samp small span strike strong sub sup table tbody td tfoot th thead tr tt u ul"
    " var wbr"
)
_DROPPED_WHOLE = _words(
    "script style title head iframe object embed applet noscript noembed noframes template svg"
    " math textarea select xmp plaintext audio video canvas"
)
_CELL = {"align", "valign", "width", "height", "bgcolor", "colspan", "rowspan", "nowrap"}
_BLOCK = {"align"}
ATTRIBUTES = {
    "*": {"dir", "lang", "style", "title"},
    "a": {"href", "target", "name"},
    "img": {"src", "alt", "width", "height", "border", "align"},
    "font": {"color", "face", "size"},
    "table": {"align", "width", "border", "cellpadding", "cellspacing", "bgcolor"},
    "td": _CELL, "th": _CELL | {"scope"}, "tr": {"align", "valign", "bgcolor"},
    "col": {"span", "width"}, "colgroup": {"span", "width"},
    "div": _BLOCK, "p": _BLOCK, "h1": _BLOCK, "h2": _BLOCK, "h3": _BLOCK, "hr": {"width"},
    "ol": {"start", "type"}, "ul": {"type"}, "li": {"value"}, "blockquote": {"type"},
}  # fmt: skip
_PROPERTIES = _words(
    "background-color border border-bottom border-bottom-color border-bottom-style"
    " border-bottom-width border-collapse border-color border-left border-left-color"
    " border-left-style border-left-width border-radius border-right border-right-color"
    " border-right-style border-right-width border-spacing border-style border-top"
    " border-top-color border-top-style border-top-width border-width color direction display"
    " font font-family font-size font-style font-variant font-weight height letter-spacing"
    " line-height list-style-type margin margin-bottom margin-left margin-right margin-top"
    " max-width min-width padding padding-bottom padding-left padding-right padding-top"
    " text-align text-decoration text-indent text-transform vertical-align white-space width"
    " word-break word-wrap overflow-wrap"
)
_VALUE = re.compile(r"[\w\s#%.,!'\"()+-]{1,200}")
_FUNCTIONS = re.compile(r"([\w-]*)\s*\(")
_HARMLESS_FUNCTIONS = {"rgb", "rgba", "hsl", "hsla"}
_DATA_IMAGE = re.compile(
    r"data:image/(?:png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE
)
_CID = re.compile(r"cid:[^\s\"'<>\\]{1,300}", re.IGNORECASE)
_IGNORED_IN_URL = re.compile("[\t\n\r]")
_URL_EDGES = "".join(map(chr, range(33)))
_HOST = re.compile(r"[\w.-]{1,253}|\[[0-9a-f:.]{2,45}\]")
_SAFE_IN_URL = "/%:@!$&'()*+,;=-._~?"
# An address of which taking it apart and rebuilding it would change nothing.
_PLAIN_LINK = re.compile(
    r"https?://[a-z0-9.-]{1,253}(?:/[\w/%:@!$&'()*+,;=.~?-]{0,3000})?", re.ASCII
)


@dataclass(frozen=True, kw_only=True, slots=True)
class CleanHtml:
    """Safe HTML, and how many images and backgrounds of other servers were left out of it."""

    html: str
    remote_images: int = 0


def sanitise(html: str, *, image_url: Callable[[str], str] | None = None) -> str:
    """The HTML as it may be shown in the frame for mail bodies. See `clean_html`."""
    return clean_html(html, image_url=image_url).html


def clean_html(html: str, *, image_url: Callable[[str], str] | None = None) -> CleanHtml:
    """The HTML without anything active or remote; cleaning it again changes nothing.

    `image_url` turns the content id of an embedded image into the address it is shown from (empty
    leaves the image out); without it `cid:` addresses stay, for a later pass.
    """
    if is_overgrown(html):
        return CleanHtml(html=text_to_html(html_to_text(html)))
    cleaner = _Cleaner(image_url=None)
    clean = cleaner.clean(html)
    remote = cleaner.remote
    for _ in range(3):  # broken nesting is repaired when parsed, sometimes in two steps
        again = _Cleaner(image_url=None).clean(clean)
        if again == clean:
            break
        clean = again
    else:
        clean = text_to_html(html_to_text(clean))
    if image_url is not None:
        clean = _Cleaner(image_url=image_url).clean(clean)
    return CleanHtml(html=clean, remote_images=remote)


class _Cleaner:
    def __init__(self, *, image_url: Callable[[str], str] | None) -> None:
        self.remote = 0
        self._image_url = image_url

    def clean(self, html: str) -> str:
        return nh3.clean(
            html,
            tags=TAGS,
            clean_content_tags=_DROPPED_WHOLE,
            attributes=ATTRIBUTES,
            attribute_filter=self._attribute,
            url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
            link_rel="noopener noreferrer nofollow",
            set_tag_attribute_values={"a": {"target": "_blank"}},
            strip_comments=True,
        )

    def _attribute(self, tag: str, name: str, value: str) -> str | None:
        if name == "href":
            return safe_link(value) or None
        if name == "src":
            return self._image(value)
        if name == "style":
            return self._style(value) or None
        return value

    def _image(self, value: str) -> str | None:
        address = value.strip(_URL_EDGES)
        if _DATA_IMAGE.fullmatch(address):
            return _IGNORED_IN_URL.sub("", address)
        if _CID.fullmatch(address):
            return self._image_url(address[4:]) or None if self._image_url else address
        self.remote += bool(address) and not address.lower().startswith(("data:", "cid:"))
        return None

    def _style(self, value: str) -> str:
        kept = []
        for declaration in value[:5_000].split(";"):
            name, colon, setting = declaration.partition(":")
            name, setting = name.strip().lower(), setting.strip()
            if "url" in setting.lower() and "//" in setting:
                self.remote += 1
            if colon and name in _PROPERTIES and _harmless(setting):
                kept.append(f"{name}: {setting}")
        return "; ".join(kept)


def _harmless(setting: str) -> bool:
    if not _VALUE.fullmatch(setting):
        return False
    called = (name.lower() for name in _FUNCTIONS.findall(setting))
    return all(name in _HARMLESS_FUNCTIONS for name in called)


def safe_link(value: str) -> str:
    """The address rebuilt from its parsed parts, or empty where it is none to follow.

    Only http, https, mailto and tel; a user name before the host, which disguises it, is dropped.
    """
    if _PLAIN_LINK.fullmatch(value):
        return value
    address = _IGNORED_IN_URL.sub("", value.strip(_URL_EDGES))[:4_000]
    scheme, colon, rest = address.partition(":")
    scheme = scheme.lower()
    if not colon or scheme not in {"http", "https", "mailto", "tel"}:
        return ""
    if scheme in {"mailto", "tel"}:
        return f"{scheme}:{quote(rest, safe=_SAFE_IN_URL)}" if rest else ""
    return _web_address(scheme, rest.replace("\\", "/"))


def _web_address(scheme: str, rest: str) -> str:
    try:
        parts = urlsplit(f"{scheme}://{rest.lstrip('/')}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    shown = f"[{host}]" if ":" in host else host
    if not _HOST.fullmatch(shown):
        return ""
    netloc = shown if port is None else f"{shown}:{port}"
    path, query = quote(parts.path, safe=_SAFE_IN_URL), quote(parts.query, safe=_SAFE_IN_URL)
    return urlunsplit((scheme, netloc, path, query, quote(parts.fragment, safe=_SAFE_IN_URL)))


_LINK = re.compile(
    r"\bhttps?://[^\s<>\"']{1,2000}|\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"
)
_TRAILING = ".,;:!?)]}'\"*"
_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")


def text_to_html(text: str) -> str:
    """Plain text as paragraphs of HTML, its addresses made links; everything else escaped."""
    paragraphs = filter(None, (block.strip("\n") for block in _PARAGRAPH.split(text.strip())))
    return "\n".join(f"<p>{_linked(block)}</p>" for block in paragraphs)


def _linked(text: str) -> str:
    out, position = [], 0
    for match in _LINK.finditer(text):
        shown = match.group().rstrip(_TRAILING)
        if shown.count("(") > shown.count(")") and text[match.start() + len(shown) :][:1] == ")":
            shown += ")"
        link = safe_link(shown if "://" in shown else f"mailto:{shown}")
        if link:
            out += [_lines(text[position : match.start()]), _anchor(link, shown)]
            position = match.start() + len(shown)
    out.append(_lines(text[position:]))
    return "".join(out)


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>\n")


def _anchor(link: str, shown: str) -> str:
    rel = "noopener noreferrer nofollow"
    return f'<a href="{escape(link)}" target="_blank" rel="{rel}">{escape(shown)}</a>'
