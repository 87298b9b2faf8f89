"""The language of short requests."""

import socket

import pytest

from tickets.channels.email.written.language import detect_language

REQUESTS = {
    "en": [
        "my printer stopped working yesterday",
        "where is my order? it should have arrived",
        "please cancel my subscription",
        "the login page shows an error",
        "I was charged twice for this month",
        "printer broken pls help",
    ],
    "de": [
        "der Drucker geht nicht mehr",
        "wo bleibt meine Bestellung?",
        "bitte kündigen Sie mein Abo",
        "ich kann mich nicht anmelden",
        "die Rechnung ist falsch",
        "Stuhl kaputt, bitte Ersatz",
    ],
    "fr": [
        "l'imprimante ne marche plus",
        "où est ma commande ?",
        "je voudrais résilier mon abonnement",
        "impossible de me connecter",
        "la facture est fausse",
        "chaise cassée, merci de remplacer",
    ],
    "es": [
        "la impresora no funciona",
        "¿dónde está mi pedido?",
        "quiero cancelar mi suscripción",
        "no puedo iniciar sesión",
        "me han cobrado dos veces",
        "silla rota, necesito otra",
    ],
    "pt": [
        "a impressora não funciona",
        "onde está a minha encomenda?",
        "quero cancelar a minha assinatura",
        "não consigo entrar na conta",
        "fui cobrado duas vezes",
        "cadeira quebrada, preciso de outra",
    ],
    "it": [
        "la stampante non funziona",
        "dov'è il mio ordine?",
        "vorrei disdire l'abbonamento",
        "non riesco ad accedere",
        "la fattura è sbagliata",
        "sedia rotta, vorrei il cambio",
    ],
    "nl": [
        "de printer doet het niet meer",
        "waar blijft mijn bestelling?",
        "ik wil mijn abonnement opzeggen",
        "ik kan niet inloggen",
        "de factuur klopt niet",
        "stoel kapot, graag een nieuwe",
    ],
    "sv": [
        "skrivaren fungerar inte längre",
        "var är min beställning?",
        "jag vill säga upp mitt abonnemang",
        "jag kan inte logga in",
        "fakturan är fel",
        "stolen är trasig, vill ha en ny",
    ],
    "da": [
        "printeren virker ikke længere",
        "hvor er min bestilling?",
        "jeg vil gerne opsige mit abonnement",
        "jeg kan ikke logge ind",
        "fakturaen er forkert",
        "stolen er i stykker, send en ny",
    ],
    "fi": [
        "tulostin ei toimi enää",
        "missä tilaukseni on?",
        "haluan perua tilaukseni",
        "en pääse kirjautumaan",
        "lasku on väärä",
        "tuoli on rikki, tarvitsen uuden",
    ],
    "pl": [
        "drukarka nie działa",
        "gdzie jest moje zamówienie?",
        "chcę zrezygnować z abonamentu",
        "nie mogę się zalogować",
        "faktura jest błędna",
        "krzesło zepsute, proszę o nowe",
    ],
    "cs": [
        "tiskárna nefunguje",
        "kde je moje objednávka?",
        "chci zrušit předplatné",
        "nemohu se přihlásit",
        "faktura je špatně",
        "židle je rozbitá, prosím o novou",
    ],
    "ru": [
        "принтер больше не работает",
        "где мой заказ?",
        "хочу отменить подписку",
        "не могу войти",
        "счёт неверный",
        "стул сломан, пришлите новый",
    ],
    "uk": [
        "принтер більше не працює",
        "де моє замовлення?",
        "хочу скасувати підписку",
        "не можу увійти",
        "рахунок неправильний",
        "стілець зламаний, надішліть новий",
    ],
    "tr": [
        "yazıcı artık çalışmıyor",
        "siparişim nerede?",
        "aboneliğimi iptal etmek istiyorum",
        "giriş yapamıyorum",
        "fatura yanlış",
        "sandalye kırık, yenisini istiyorum",
    ],
    "no": [
        "skriveren virker ikke lenger",
        "hvor er bestillingen min?",
        "jeg ønsker å si opp abonnementet",
        "jeg får ikke logget inn",
        "fakturaen er feil",
        "stolen er ødelagt, send en ny",
    ],
    "ja": [
        "プリンターが動きません",
    ],
    "zh": [
        "打印机坏了",
    ],
    "ko": [
        "프린터가 고장났어요",
    ],
    "he": [
        "המדפסת לא עובדת",
    ],
}
CASES = [(code, text) for code, texts in REQUESTS.items() for text in texts]


def test_no_short_request_is_taken_for_another_language() -> None:
    wrong = [(code, text) for code, text in CASES if detect_language(text) not in {code, ""}]
    told = [text for _, text in CASES if detect_language(text)]

    assert not wrong
    assert len(told) >= 0.9 * len(CASES)


@pytest.mark.parametrize(
    "text", ["", "ok", "4711", "PO 4711", "https://example.com/en/a", "ana@example.com"]
)
def test_too_little_says_no_language(text: str) -> None:
    assert detect_language(text) == ""


def test_the_network_is_never_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("asked the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)

    assert detect_language("der Drucker geht nicht mehr") == "de"
