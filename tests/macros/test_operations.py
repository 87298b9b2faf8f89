import pytest

from customers.models import Fact
from customers.operations import remember_fact
from helpdesk.accounts.models import Agent
from helpdesk.lib.actors import Actor
from tests.conftest import MONDAY_9AM
from tickets.macros.errors import MacroNameTaken, UnknownVariable
from tickets.macros.filling import fill, values_on
from tickets.macros.models import Macro
from tickets.macros.operations import archive_macro, save_macro
from tickets.models import Ticket

BY = Actor.system()


def written(name: str = "Ask", text: str = "Hi {first name}", **fields: object) -> Macro:
    return save_macro(None, name=name, texts={"en": text}, by=BY, at=MONDAY_9AM, **fields)  # type: ignore[arg-type]


def test_a_variable_nobody_knows_is_refused(db: None) -> None:
    with pytest.raises(UnknownVariable) as refused:
        written(text="Hi {frist name}")

    assert "{frist name}" in str(refused.value)


def test_two_macros_have_two_names(db: None) -> None:
    written("Ask")

    with pytest.raises(MacroNameTaken):
        written("ASK")


def test_a_text_left_empty_is_taken_off(db: None) -> None:
    macro = written()

    save_macro(macro, name="Ask", texts={"en": "", "de": "Guten Tag"}, by=BY, at=MONDAY_9AM)

    assert [text.language for text in macro.texts.all()] == ["de"]


def test_an_archived_macro_is_not_offered(ana: Agent) -> None:
    macro = written()

    archive_macro(macro, is_active=False, by=BY, at=MONDAY_9AM)

    assert not Macro.objects.active().visible_to(ana)


def test_known_values_are_filled_in_and_missing_ones_stay_as_gaps(
    ticket: Ticket, ana: Agent
) -> None:
    fact = remember_fact(
        ticket.customer, key="order_number", value="A-1", source=Fact.Source.FORM, by=BY,
        at=MONDAY_9AM,
    )  # fmt: skip

    filled = fill(
        "Hi {first name}, {order_number}, {amount}. {agent.first_name}",
        values_on(ticket, agent=ana, facts=[fact]),
    )

    assert filled.text == "Hi Kofi, A-1, [[amount]]. Ana"
    assert filled.gaps == ("amount",)
