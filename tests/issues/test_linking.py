"""Which tickets belong together, without a database (BRIEFING 3.3)."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from tickets.issues.linking import Decisions, Known, firm_edges, issues_among, possible_links
from tickets.issues.standing import standing_of
from tickets.issues.terms import Weights, terms_of

NOW = datetime(2026, 5, 14, 9, 41, tzinfo=UTC)
REFUND, DELIVERY = 1, 2
_ids = count(1)


def known(days_ago: float, words: str = "", **fields: Any) -> Known:
    number = next(_ids)
    vector = Weights(1000, {}).vector(terms_of(words, "", language="en")) if words else {}
    opened_at = NOW - timedelta(days=days_ago)
    return Known(id=number, number=1000 + number, opened_at=opened_at, vector=vector, **fields)


def ended(days_ago: float) -> datetime:
    return NOW - timedelta(days=days_ago)


def tiers(*tickets: Known, decisions: Decisions | None = None) -> list[str]:
    return [edge.tier for edge in firm_edges(tickets, decisions or Decisions())]


def order(number: str = "A-1042") -> frozenset[str]:
    return frozenset({f"order:{number}"})


def test_a_follow_up_is_certain() -> None:
    first = known(20)
    assert tiers(first, known(1, follows=first.id)) == ["certain"]


def test_naming_another_tickets_number_is_certain() -> None:
    first = known(20)
    assert tiers(first, known(1, quoted=frozenset({first.number}))) == ["certain"]


def test_the_number_of_somebody_elses_ticket_links_nothing() -> None:
    assert tiers(known(20), known(1, quoted=frozenset({99}))) == []


def test_the_same_order_and_topic_is_strong() -> None:
    tickets = known(20, topic=REFUND, entities=order()), known(1, topic=REFUND, entities=order())
    assert tiers(*tickets) == ["strong"]


def test_the_same_order_without_a_topic_is_not_strong() -> None:
    assert tiers(known(20, topic=REFUND, entities=order()), known(1, entities=order())) == []


def test_the_same_order_about_something_else_is_only_possible() -> None:
    kettle = known(5, topic=REFUND, entities=order())
    parcel = known(0, topic=DELIVERY, entities=order())
    assert tiers(kettle, parcel) == []
    (candidate,) = possible_links(parcel, [kettle], Decisions())
    assert ("entity", "A-1042") in candidate.edge.reasons


def test_the_same_words_sent_again_are_strong() -> None:
    words = "Thunderbird does not send mail to one address"
    assert tiers(known(0.1, words), known(0, words)) == ["strong"]


def test_ninety_days_between_neighbours_cut_an_issue() -> None:
    old, new = (known(days, topic=REFUND, entities=order()) for days in (120, 1))
    assert tiers(old, new) == []


def test_a_chain_of_near_neighbours_is_one_issue() -> None:
    tickets = [known(days, topic=REFUND, entities=order()) for days in (170, 100, 30, 1)]
    (issue,) = issues_among(tickets, firm_edges(tickets, Decisions()))
    assert issue == sorted(tickets, key=lambda t: t.opened_at)


def test_an_agent_links_over_any_distance() -> None:
    old, new = known(400), known(1)
    said = Decisions(said={(old.id, new.id): True})
    assert tiers(old, new, decisions=said) == ["confirmed"]


def test_an_agents_no_cuts_a_strong_link() -> None:
    tickets = known(20, topic=REFUND, entities=order()), known(1, topic=REFUND, entities=order())
    said = Decisions(said={(tickets[0].id, tickets[1].id): False})
    assert tiers(*tickets, decisions=said) == []


def test_words_fail_where_the_unresolved_neighbour_is_found() -> None:
    """ "Money back" shares no word with "Refund still missing", which ended six days before."""
    refund = known(9, "Refund still missing", ended_at=ended(6), topic=REFUND)
    (candidate,) = possible_links(known(0, "Money back"), [refund], Decisions())
    assert candidate.edge.reasons == (("unresolved", "6"),)


def test_a_confirmed_solution_is_no_unresolved_neighbour() -> None:
    refund = known(9, "Refund still missing", ended_at=ended(6), is_settled=True)
    assert possible_links(known(0, "Money back"), [refund], Decisions()) == []


def test_an_open_promise_keeps_an_old_ticket_unresolved() -> None:
    refund = known(80, ended_at=ended(70), has_open_promise=True)
    assert possible_links(known(0), [refund], Decisions())


def test_weak_words_alone_link_nothing() -> None:
    old = known(40, "My kettle handle is loose", ended_at=ended(39), is_settled=True)
    assert possible_links(known(0, "My parcel is late again"), [old], Decisions()) == []


def test_a_possible_match_brings_its_issue_along() -> None:
    twice = known(21, topic=REFUND, entities=order(), ended_at=ended(20), is_settled=True)
    missing = known(9, topic=REFUND, entities=order(), ended_at=ended(6))
    back = known(0, "Money back")
    standing = standing_of(back, [twice, missing, back], Decisions())
    assert standing.tickets == (twice, missing, back)
    assert standing.members == (back,)
    assert not standing.is_sure


def test_after_a_yes_the_whole_issue_is_sure() -> None:
    twice = known(21, topic=REFUND, entities=order(), ended_at=ended(20))
    missing = known(9, topic=REFUND, entities=order(), ended_at=ended(6))
    back = known(0, "Money back")
    said = Decisions(said={(missing.id, back.id): True})
    standing = standing_of(back, [twice, missing, back], said)
    assert standing.members == (twice, missing, back)
    assert standing.is_sure


def test_after_a_no_the_rest_of_that_issue_is_not_offered_either() -> None:
    twice = known(12, topic=REFUND, entities=order(), ended_at=ended(10))
    missing = known(9, topic=REFUND, entities=order(), ended_at=ended(6))
    back = known(0, "Money back")
    said = Decisions(said={(missing.id, back.id): False})
    standing = standing_of(back, [twice, missing, back], said)
    assert standing.candidates == ()


def test_only_earlier_tickets_are_candidates() -> None:
    assert possible_links(known(5), [known(0)], Decisions()) == []


def test_five_hundred_tickets_about_one_order_have_links_in_their_number_not_their_square() -> None:
    tickets = [known(n / 10, topic=REFUND, entities=order()) for n in range(500)]
    assert len(firm_edges(tickets, Decisions())) == 499
