"""Bytes of unknown or falsely declared character set, as text."""

import codecs
import encodings.aliases
import re
from collections.abc import Iterator

from tickets.channels.email.guessing import guess_charset

_NAME = re.compile(r"[a-z0-9_]{1,40}")
_NOT_TEXT = {"base64_codec", "bz2_codec", "hex_codec", "quopri_codec", "rot_13", "uu_codec"}
_NOT_TEXT |= {"zlib_codec", "mbcs", "oem"}
_CODECS = set(encodings.aliases.aliases.values()) - _NOT_TEXT
_CODECS |= {"koi8_r", "koi8_u", "koi8_t", "cp874", "utf_8_sig", "iso8859_1", "tis_620"}
# What senders write is often a subset or a cousin of what they use (WHATWG Encoding, section 4.2).
_MEANT = {
    "ascii": "", "us_ascii": "", "latin_1": "cp1252", "iso8859_1": "cp1252",
    "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949", "shift_jis": "cp932",
    "iso8859_9": "cp1254", "iso8859_11": "cp874", "tis_620": "cp874", "big5": "big5hkscs",
    "utf_8": "utf_8_sig", "iso2022_jp": "iso2022_jp_ext",
}  # fmt: skip
_ODD = {
    "ks_c_5601_1987": "cp949", "ks_c_5601": "cp949", "x_sjis": "cp932", "windows_31j": "cp932",
    "iso_8859_8_i": "iso8859_8", "windows_874": "cp874", "unicode_1_1_utf_7": "utf_7",
    "unicode_1_1_utf_8": "utf_8_sig", "utf8mb4": "utf_8_sig", "x_gbk": "gb18030",
    "x_mac_roman": "mac_roman", "x_mac_cyrillic": "mac_cyrillic", "macintosh": "mac_roman",
    "x_euc_jp": "euc_jp", "x_big5": "big5hkscs", "gb18030_2000": "gb18030", "cp_850": "cp850",
    "utf_16be": "utf_16_be", "utf_16le": "utf_16_le",
}  # fmt: skip
WESTERN = {"", "cp1252", "utf_8_sig"}
_NOT_BY_CHANCE = 4  # letters
_SEEN = 4_096
_NOT_LIKE_ASCII = (
    "utf_16",
    "utf_32",
    "utf_7",
    "cp037",
    "cp500",
    "cp1026",
    "cp1140",
    "cp273",
    "cp424",
)


def codec_of(charset: str) -> str:
    """The Python codec that reads a declared charset best; empty where none is known."""
    plain = charset.strip().strip("\"'").lower()
    return _codec_named(plain) or _codec_named(plain.split(" ")[0])  # a comment, a lost semicolon


def _codec_named(charset: str) -> str:
    name = re.sub(r"[-\s.:]+", "_", charset)
    if not _NAME.fullmatch(name):
        return ""
    if name in _ODD:
        return _ODD[name]
    try:
        module = encodings.normalize_encoding(codecs.lookup(name).name).lower()
    except (LookupError, ValueError):
        return ""
    module = encodings.aliases.aliases.get(module, module)
    return _MEANT.get(module, module) if module in _CODECS else ""


def is_like_ascii(codec: str) -> bool:
    """Whether the codec leaves plain ASCII as it is, so that it may stand in a header."""
    return not codec.startswith(_NOT_LIKE_ASCII)


def decode_text(data: bytes, charset: str = "") -> str:
    """Text of the bytes; never raises. The declared charset decides, but valid UTF-8 wins: over
    Western ones it is never so by chance, over others where it is long enough."""
    codec = codec_of(charset)
    if data.isascii() and codec in WESTERN:
        return data.decode("ascii")
    try:
        text = data.decode("utf_8_sig")
    except UnicodeError:
        pass
    else:
        if codec in WESTERN or sum(char > "\x7f" for char in text[:_SEEN]) >= _NOT_BY_CHANCE:
            return text
    guess = guess_charset(data) if codec == "cp1252" else ""
    for candidate in filter(None, (guess, codec)):
        try:
            return data.decode(candidate)
        except UnicodeError:
            continue
    return _forced(data, codec)


def _forced(data: bytes, codec: str) -> str:
    if codec.startswith("iso2022_jp"):
        return _japanese(data)
    if codec and codec not in WESTERN:
        return data.decode(codec, "replace")
    if codec == "utf_8_sig" and _mostly_utf8(data):
        return data.decode(codec, "replace")
    if guess := guess_charset(data):
        return data.decode(guess, "replace")
    return "".join(_by_pieces(data))


# Letters and signs of Western scripts in UTF-8.
_UTF8_PIECES = re.compile(rb"((?:[\xc2-\xc9][\x80-\xbf]|\xe2[\x80-\x84][\x80-\xbf])+)")


def _by_pieces(data: bytes) -> Iterator[str]:
    """Western words of more than one program: UTF-8 where it is, else Windows-1252."""
    for index, piece in enumerate(_UTF8_PIECES.split(data)):
        codec = "utf_8" if index % 2 else "cp1252"
        yield piece.decode(codec, "replace").replace("\ufffd", "")


_SPACE = 0x20
_ESCAPE = re.compile(rb"\x1b(\$[@B]|\$\([@BDOP]|\([BJI])")


def _japanese(data: bytes) -> str:
    """What is called ISO-2022-JP but holds vendor characters (CP50221) or is really Shift JIS."""
    if not data.isascii():
        return data.decode(guess_charset(data) or "cp932", "replace")
    pieces = _ESCAPE.split(data)
    out = [pieces[0].decode("ascii")]
    for shift, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        if shift in {b"(B", b"(J"}:
            out.append(piece.decode("ascii"))
        else:
            high = bytes(byte | 0x80 if byte > _SPACE else byte for byte in piece)
            out.append(high.decode("cp932" if shift == b"(I" else "euc_jis_2004", "replace"))
    return "".join(out)


def _mostly_utf8(data: bytes) -> bool:
    """Whether damaged bytes are UTF-8 with some loss rather than another charset."""
    text = data[:100_000].decode("utf_8", "replace")
    broken = text.count("\ufffd")
    return sum(char > "\x7f" for char in text) > 2 * broken
