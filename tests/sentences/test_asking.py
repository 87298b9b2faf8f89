import pytest

from tickets.sentences.asking import asked_keys, asks_in


@pytest.mark.parametrize(
    ("text", "language", "keys"),
    [
        ("Could you send me your order number?", "en", {"order_number"}),
        ("I will need your order number.", "en", {"order_number"}),
        ("What is the serial number?", "en", {"serial_number"}),
        ("When did you buy it?", "en", {"purchase_date"}),
        ("Please attach a screenshot.", "en", {"screenshot"}),
        ("Please send us a bank statement.", "en", {"bank_statement"}),
        ("Which browser do you use?", "en", {"device"}),
        ("Your order number is A-1042.", "en", set()),
        ("Thank you for the screenshot.", "en", set()),
        ("Könnten Sie mir Ihre Bestellnummer schicken?", "de", {"order_number"}),
        ("Bitte teilen Sie uns Ihre Anschrift mit.", "de", {"address"}),
        ("Ich bräuchte noch den Kontoauszug.", "de", {"bank_statement"}),
        ("Ihre Bestellnummer ist A-1042.", "de", set()),
    ],
)  # fmt: skip
def test_a_request_names_what_it_asks_for(text: str, language: str, keys: set[str]) -> None:
    assert asked_keys(text, language) == keys


def test_the_asking_sentence_can_be_replaced_by_its_place() -> None:
    text = "Hi Maya,\n\nsorry. Could you send me your order number? Thanks."

    (asked,) = asks_in(text, "en")

    assert text[asked.start : asked.end] == "Could you send me your order number?"
