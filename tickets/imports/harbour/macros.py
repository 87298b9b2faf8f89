"""The macros Harbour Kettles answers with."""

from datetime import datetime

from tickets.imports.harbour.cast import Cast
from tickets.macros.operations import save_macro

# name, topic, step, the next step it is for, what it asks for, English, German
MACROS: tuple[tuple[str, str, str, str, tuple[str, ...], str, str], ...] = (
    (
        "Refund: filed", "Refund", "refund filed", "refund-filed", (),
        ("Hi {first name},\n\nyou are right, the second payment is ours to give back. I have filed the"
        " refund of {amount} for order {order_number}.\n\n{agent.first_name}"),
        ("Guten Tag {customer.name},\n\nSie haben recht, die zweite Zahlung geht an Sie zurück. Ich habe die"
        " Erstattung von {amount} zur Bestellung {order_number} veranlasst.\n\n{agent.first_name}"),
    ),
    (
        "Refund: please wait", "Refund", "asked to wait 5 working days", "", (),
        ("Hi {first name},\n\nrefunds can take five working days; please wait until then."
        "\n\n{agent.first_name}"),
        ("Guten Tag {customer.name},\n\neine Erstattung kann fünf Werktage dauern; bitte warten Sie so lange."
        "\n\n{agent.first_name}"),
    ),
    (
        "Refund: chase", "Refund", "asked finance about the refund", "finance-reissue", (),
        ("Hi {first name},\n\nI am sorry that the refund of {amount} for order {order_number} is still"
        " missing. I have asked our finance team where it is.\n\n{agent.first_name}"),
        ("Guten Tag {customer.name},\n\nes tut mir leid, dass die Erstattung von {amount} zur Bestellung"
        " {order_number} noch fehlt. Ich habe in der Buchhaltung nachgefragt.\n\n{agent.first_name}"),
    ),
    (
        "Promise late", "Refund", "", "promise-late", (),
        ("Hi {first name},\n\nwe did not keep what we promised you, and I am sorry. Here is what happens"
        " next:\n\n{agent.first_name}"),
        ("Guten Tag {customer.name},\n\nwir haben nicht gehalten, was wir versprochen hatten; das tut mir"
        " leid. So geht es weiter:\n\n{agent.first_name}"),
    ),
    (
        "Known problem", "Parcel not moving", "", "incident", (),
        ("Hi {first name},\n\nwe know of this problem and are working on it. You need not do anything: we"
        " write to you as soon as there is news.\n\n{agent.first_name}"),
        ("Guten Tag {customer.name},\n\ndieses Problem ist uns bekannt, und wir arbeiten daran. Sie müssen"
        " nichts tun: Wir schreiben Ihnen, sobald es Neues gibt.\n\n{agent.first_name}"),
    ),
    (
        "Ask for the order number", "Parcel not moving", "", "", ("order_number",),
        "Hi {first name},\n\ncould you send me your order number?\n\n{agent.first_name}",
        "Guten Tag {customer.name},\n\nkönnten Sie mir Ihre Bestellnummer schicken?\n\n{agent.first_name}",
    ),
    (
        "Ask for a photo", "Damaged on arrival", "asked for a photo", "", ("photo",),
        ("Hi {first name},\n\nthat should not have happened. Could you send a photo of it as a reply?"
        "\n\n{agent.first_name}"),
        ("Guten Tag {customer.name},\n\ndas hätte nicht passieren dürfen. Könnten Sie ein Foto davon"
        " schicken?\n\n{agent.first_name}"),
    ),
    (
        "Parcel: please wait", "Parcel not moving", "asked to wait", "", (),
        ("Hi {first name},\n\nit has left our depot. Please give it three more days.\n\n{agent.first_name}"),
        ("Guten Tag {customer.name},\n\ndas Paket hat unser Lager verlassen. Bitte geben Sie ihm noch drei"
        " Tage.\n\n{agent.first_name}"),
    ),
    (
        "Error: descale first", "Warranty", "asked to descale", "", (),
        ("Hi {first name},\n\nthat is lime. Half vinegar, half water, boil once and rinse twice."
        "\n\n{agent.first_name}"),
        ("Guten Tag {customer.name},\n\ndas ist Kalk. Halb Essig, halb Wasser, einmal aufkochen und zweimal"
        " spülen.\n\n{agent.first_name}"),
    ),
)  # fmt: skip


def write_macros(cast: Cast, *, at: datetime) -> None:
    """Write them, as Ines did when the desk was set up."""
    for name, topic, step, purpose, asks_for, english, german in MACROS:
        save_macro(
            None,
            name=name,
            texts={"en": english, "de": german},
            topic=cast.topics[topic],
            tried_step=step,
            purpose=purpose,
            asks_for=asks_for,
            by=cast.by("ines"),
            at=at,
        )
