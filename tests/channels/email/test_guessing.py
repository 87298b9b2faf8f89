import pytest

from tickets.channels.email.charsets import decode_text
from tickets.channels.email.guessing import guess_charset
from tickets.channels.email.reading import read_mail

UNDECLARED = [
    ("整体提升企业服务水平", "gb18030"),
    ("大家說英語 每天上MP3", "big5"),
    ("안녕하세요 문의 드립니다", "cp949"),
    ("お問い合わせの件", "euc_jp"),
    ("お問い合わせの件", "cp932"),
    ("Здравствуйте, не работает", "cp1251"),
    ("Здравствуйте, не работает", "koi8_r"),
]


@pytest.mark.parametrize(("words", "codec"), UNDECLARED)
def test_an_undeclared_subject_is_read_in_its_script(words: str, codec: str) -> None:
    mail = read_mail(b"From: a@example.org\nSubject: " + words.encode(codec) + b"\n\nhi")

    assert mail.subject == words


MISNAMED = [
    ("us-ascii", "gb18030", "到下列地址的信件投递失败"),
    ("iso-8859-1", "cp1251", "Здравствуйте, не работает"),
    ("iso-2022-jp", "euc_jp", "次のあて先へのメッセージは送信できませんでした。"),
    ("iso-2022-jp", "cp932", "次のあて先へのメッセージは送信できませんでした。"),
    ("koi8-r", "utf-8", "Здравствуйте, не работает"),
    ("big5", "utf-8", "您好你今天好吗"),
    ("utf-8 (Unicode)", "utf-8", "Grüße"),
    ("iso-8859-2 format=flowed", "iso-8859-2", "Zażółć"),
]


@pytest.mark.parametrize(("declared", "codec", "words"), MISNAMED)
def test_words_in_another_charset_than_declared_are_read(
    declared: str, codec: str, words: str
) -> None:
    assert decode_text(words.encode(codec), declared) == words


def test_one_line_of_another_script_among_english_ones_is_read_in_it() -> None:
    text = "The server said:\n到下列地址的信件投递失败\nPlease ask your administrator for help.\n"

    assert decode_text(text.encode("gb18030") * 3) == text * 3


def test_western_words_of_two_programs_are_both_read() -> None:
    data = "Atención: ".encode() + "prohibición".encode("latin-1")

    assert decode_text(data, "utf-8") == "Atención: prohibición"


def test_a_short_name_is_read_in_the_script_of_the_subject() -> None:
    name, subject = "武兰成".encode("gb18030"), "整体提升企业服务水平".encode("gb18030")
    mail = read_mail(b'From: "' + name + b'" <a@example.org>\nSubject: ' + subject + b"\n\nhi")

    assert mail.from_name == "武兰成"


@pytest.mark.parametrize("words", ["Grüße aus Köln", "Problème réglé à Orléans", "ÄÖÜäöü", "é"])
def test_western_words_are_never_taken_for_another_script(words: str) -> None:
    assert guess_charset(words.encode("latin-1")) == ""


def test_a_part_in_utf_16_says_nothing_about_the_header() -> None:
    mail = read_mail(
        b"From: a@example.org\nSubject: Hello\nContent-Type: text/plain; charset=utf-16"
    )

    assert mail.subject == "Hello"
