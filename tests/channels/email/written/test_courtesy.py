"""A mere thank-you, and what only looks like one."""

import pytest

from tickets.channels.email.written.courtesy import is_courtesy

COURTESIES = [
    "Thanks!",
    "Thank you very much",
    "Thanks Anna!",
    "Hi Ana, thank you!",
    "Great, thanks a lot for your quick help!",
    "It works now, thank you.",
    "Danke!",
    "Vielen Dank für die schnelle Hilfe!",
    "Hallo Ana,\nvielen Dank!\nViele Grüße\nKofi Mensah",
    "Merci beaucoup !",
    "Merci pour votre aide, bonne journée",
    "Muchas gracias por su ayuda",
    "¡Gracias!",
    "Muito obrigado pela ajuda!",
    "Grazie mille!",
    "Grazie per la risposta",
    "Hartelijk dank",
    "Bedankt voor de snelle reactie!",
    "Tack så mycket!",
    "Mange tak for hjælpen",
    "Tusen takk",
    "Kiitos paljon!",
    "Dziękuję bardzo za pomoc",
    "Děkuji moc",
    "Ďakujem pekne",
    "Спасибо большое!",
    "Дякую!",
    "Çok teşekkür ederim",
    "Mulțumesc mult!",
    "Köszönöm szépen",
    "Ευχαριστώ πολύ",
    "תודה רבה!",
    "شكرا جزيلا",
    "ありがとうございました。",
    "ありがとうございます！",
    "谢谢！",
    "非常感谢您的帮助",
    "감사합니다",
    "OK, thanks 👍",
    "Perfect, thank you so much :)",
    "Thx",
]
NEAR_MISSES = [
    "Thanks, but it is still broken",
    "Danke, funktioniert leider nicht",
    "Thanks, when does it arrive?",
    "Thanks. Order 4711",
    "No thanks",
    "Nein danke",
    "Thanks for nothing",
    "Merci mais ça ne marche pas",
    "Gracias, pero no funciona",
    "Obrigado, mas continua igual",
    "Grazie, ma non funziona",
    "Bedankt, maar het werkt niet",
    "Tack, men det fungerar inte",
    "Tak, men det virker ikke",
    "Kiitos, mutta ei toimi",
    "Dziękuję, ale nie działa",
    "Děkuji, ale nefunguje",
    "Спасибо, но не работает",
    "Teşekkürler ama çalışmıyor",
    "谢谢，但是还是不行",
    "ありがとうございます。しかし動きません",
    "감사합니다만 아직 안 됩니다",
    "It works",
    "ok",
    "",
    "Thanks for your reply. The chair is broken.",
    "Please help, thank you",
    "I need a refund, thanks",
    "Vielen Dank\nDrucker",
    "Thanks in advance for sending the invoice",
    "Could you close it, thanks",
    "I will try it tomorrow, thanks",
    "Thanks ... I guess",
    "Thanks 👎",
    "Danke, Problem",
    "Thanks Anna, printer broken",
    "Thank you. It stopped working",
    "Please cancel. Thanks",
    "I am not happy, thanks",
    "Thanks https://example.com",
    "Спасибо, всё ещё не работает",
    "Help! Thanks",
    "Thanks\nPrinter Broken Again Now",
]


@pytest.mark.parametrize("text", COURTESIES)
def test_thanks_are_courtesy(text: str) -> None:
    assert is_courtesy(text)


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_anything_to_read_is_no_courtesy(text: str) -> None:
    assert not is_courtesy(text)
