"""What somebody wrote, told from history in HTML."""

import pytest

from tickets.channels.email.written.html import split_html

LINK = "<a href='mailto:a@example.com'>a@example.com</a>"
ATTRIBUTION = f"On Mon, 1 Jan 2024 at 10:00, Ana &lt;{LINK}&gt; wrote:"
OLD = "<p>Old words</p>"
HISTORIES = {
    "gmail": "<div class='gmail_quote'><div class='gmail_attr'>" + ATTRIBUTION + "<br></div>"
    "<blockquote class='gmail_quote'>" + OLD + "</blockquote></div>",
    "apple": f"<blockquote type='cite'><div>{ATTRIBUTION}</div>{OLD}</blockquote>",
    "thunderbird": "<div class='moz-cite-prefix'>Am 01.01.2024 um 10:00 schrieb Ana:</div>"
    f"<blockquote type='cite'>{OLD}</blockquote>",
    "outlook": "<div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm"
    f" 0cm'><p><b>Kinek:</b> Ana</p></div></div>{OLD}",
    "outlook on the web": "<div id='appendonsend'></div><hr><div id='divRplyFwdMsg'>"
    f"<b>Von:</b> Ana<br><b>Gesendet:</b> x</div>{OLD}",
    "yahoo": f"<div class='yahoo_quoted'><div>{ATTRIBUTION}</div>{OLD}</div>",
    "proton": f"<div class='protonmail_quote'>{ATTRIBUTION}{OLD}</div>",
    "hotmail": f"<hr id='stopSpelling'>Date: Mon, 1 Jan 2024<br>From: a@example.com<br>{OLD}",
    "a rule and a header block": "<hr><b>From:</b> Ana<br><b>Sent:</b> Monday 1 January 2024<br>"
    f"<b>To:</b> b@example.com<br><b>Subject:</b> Chair<br>{OLD}",
    "nothing but an attribution": f"<div>{ATTRIBUTION}</div>{OLD}",
}


@pytest.mark.parametrize("history", HISTORIES.values(), ids=HISTORIES.keys())
def test_history_is_folded_whatever_the_program(history: str) -> None:
    parts = split_html(f"<html><body><div>My <b>answer</b></div>{history}</body></html>")

    assert parts.visible_text == "My answer"
    assert "Old words" not in parts.visible
    assert "Old words" in parts.folded
    assert "answer" not in parts.folded


def test_answers_between_quotes_keep_the_quotes() -> None:
    parts = split_html(
        f"<div class='gmail_quote'><div class='gmail_attr'>{ATTRIBUTION}</div>"
        "<blockquote class='gmail_quote'>When?</blockquote><div>Today.</div>"
        "<blockquote class='gmail_quote'>Where?</blockquote><div>Here.</div></div>"
    )

    assert parts.visible_text.split() == [">", "When?", "Today.", ">", "Where?", "Here."]


def test_an_indented_paragraph_of_ones_own_is_shown() -> None:
    html = "<div>See:</div><blockquote class='gmail_quote'><p>one</p><p>two</p></blockquote>"

    assert split_html(html).visible == html


def test_a_forward_without_a_comment_is_shown_whole() -> None:
    html = (
        "<div class='gmail_quote'><div class='gmail_attr'>---------- Forwarded message ---------"
        "<br>From: Ana &lt;a@example.com&gt;<br>Subject: Chair<br></div>It broke.</div>"
    )

    assert split_html(html).visible == html


def test_a_picture_alone_is_shown() -> None:
    assert "cid:1" in split_html(f"<img src='cid:1'><div>{ATTRIBUTION}</div>{OLD}").visible


def test_text_in_pre_is_split_between_its_lines() -> None:
    parts = split_html("<pre>My answer\n\nOn 1 Jan 2024 10:00, Ana wrote:\n&gt; a\n&gt; b</pre>")

    assert (parts.visible_text, "&gt; a" in parts.folded) == ("My answer", True)


def test_no_word_is_in_neither_part() -> None:
    words = [f"word{number}" for number in range(60)]
    html = "".join(
        f"<div>{word}</div>" if number % 3 else f"<blockquote>{word}</blockquote>"
        for number, word in enumerate(words)
    )
    parts = split_html(html + "<div>-- </div><div>Ana</div>")

    assert all((word in parts.visible) + (word in parts.folded) >= 1 for word in words)


def test_overgrown_html_is_shown_whole() -> None:
    html = "<div>" * 5_000 + "deep"

    assert split_html(html).visible == html
