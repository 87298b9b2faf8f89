"""The charset of bytes that declare none, told by the letters people use most.

Only scripts whose bytes never look like Western text are guessed: their letters stand in rows of
bytes above 127, which in Western languages stand alone.
"""

import re

_SAMPLE = 4_096
_SEARCHED = 16_384
_ROW = re.compile(rb"(?:[\x81-\xfe][\x40-\x7e\x80-\xfe]){2}")
_SHARE_OF_BYTES = 0.4
_KANA = "".join(map(chr, (*range(0x3041, 0x3097), *range(0x30A1, 0x30FD))))
_HAN = (
    "的一是不在人有我他大中上以要用就出可也地到年生家學学公司會会多好小心全三高務务企業业平水提服體体"
    "整升您為为注香港海外及費费免收請请郵邮件電电話话產产品網网站信息中文您好客戶户報报價价單单訂订"
    "國国們们來来時时說说後后發发過过對对開开問问題题無无動动現现這这個个新手机機工作方法天下日本月"
    "市部門门名事情分前行成自由向同意見见長长安保定回复覆關关於于商務贸易合聯联系訊讯知通加入代理轉转"
)
_HANGUL = (
    "이다는을의에하고가한지로를기사니대자도리서시어은인나해스수아일정과요부라제주그들전보장만오구여면"
    "문안녕세드립입습것용비원상모바내공마원유게소미우연선조주경회계신중화적성관동무물품배송확인"
)
_RUSSIAN, _GREEK = "оеаинтсрОЕАИНТСР", "αοιετσνηΑΟΙΕΤΣΝΗ"
_HEBREW, _ARABIC = "יוהלארתמ", "اليمونرتبة"
_LETTERS = {
    "euc_jp": (_KANA, 0.4), "cp932": (_KANA, 0.4), "gb18030": (_HAN, 0.25), "big5": (_HAN, 0.25),
    "cp949": (_HANGUL, 0.35), "cp1251": (_RUSSIAN, 0.45), "koi8_r": (_RUSSIAN, 0.45),
    "cp1253": (_GREEK, 0.45), "cp1255": (_HEBREW, 0.45), "cp1256": (_ARABIC, 0.5),
}  # fmt: skip


def guess_charset(data: bytes) -> str:
    """A codec for undeclared bytes of another than a Western script; empty where none is sure.

    English beside it does not count: only lines whose letters are mostly above 127 do.
    """
    if data.isascii():
        return ""
    lines = [line for line in data[:_SEARCHED].split(b"\n") if _is_foreign(line)]
    sample = b"\n".join(lines)[:_SAMPLE]
    if not sample:
        return ""
    codec, likeness = max(
        ((codec, _likeness(sample, codec)) for codec in _LETTERS), key=lambda found: found[1]
    )
    return codec if likeness >= 1 else ""


def _is_foreign(line: bytes) -> bool:
    letters = sum(byte > ord(" ") for byte in line)
    high = sum(byte > 0x7F for byte in line)  # noqa: PLR2004 - the end of ASCII
    return high >= _SHARE_OF_BYTES * letters and _ROW.search(line) is not None


def _likeness(sample: bytes, codec: str) -> float:
    """How many of the letters are the common ones of the codec's script; 1 is enough."""
    text = sample.decode(codec, "ignore")
    if abs(len(text.encode(codec, "ignore")) - len(sample)) > 1:  # one may be cut at the end
        return 0
    common, enough = _LETTERS[codec]
    signs = [sign for sign in text if sign > "\x7f"]
    letters = [sign for sign in signs if sign.isalpha()]
    if len(letters) < len(signs) / 2:
        return 0
    return sum(letter in common for letter in letters) / max(len(letters), 1) / enough
