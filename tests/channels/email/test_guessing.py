import pytest

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


@pytest.mark.parametrize("words", ["Grüße aus Köln", "Problème réglé à Orléans", "ÄÖÜäöü", "é"])
def test_western_words_are_never_taken_for_another_script(words: str) -> None:
    assert guess_charset(words.encode("latin-1")) == ""


def test_a_part_in_utf_16_says_nothing_about_the_header() -> None:
    mail = read_mail(
        b"From: a@example.org\nSubject: Hello\nContent-Type: text/plain; charset=utf-16"
    )

    assert mail.subject == "Hello"
