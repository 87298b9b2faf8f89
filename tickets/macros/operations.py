from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from customers.models import Touchpoint
from customers.operations import record_touchpoint, withdraw_touchpoint
from helpdesk.accounts.models import Team
from helpdesk.lib.actors import Actor
from tickets.macros.errors import EmptyMacro, MacroNameTaken, UnknownVariable
from tickets.macros.filling import unknown_variables
from tickets.macros.models import Macro, MacroText, MacroUse
from tickets.models import Message, Ticket, Topic
from tickets.sentences.asking import KEYS


@transaction.atomic
def save_macro(
    macro: Macro | None,
    *,
    name: str,
    texts: Mapping[str, str],
    topic: Topic | None = None,
    team: Team | None = None,
    asks_for: Iterable[str] = (),
    tried_step: str = "",
    purpose: str = "",
    by: Actor,
    at: datetime,
) -> Macro:
    """Write a new macro, or change one; `texts` are by language, an empty one is taken off.

    Raises UnknownVariable, MacroNameTaken, EmptyMacro.
    """
    said = {language: text.strip() for language, text in texts.items() if text.strip()}
    if not said or not name.strip():
        raise EmptyMacro
    for text in said.values():
        if unknown := unknown_variables(text):
            raise UnknownVariable(name=unknown[0])
    macro = Macro.objects.select_for_update().get(pk=macro.pk) if macro else Macro()
    if Macro.objects.filter(name__iexact=name.strip()).exclude(pk=macro.pk).exists():
        raise MacroNameTaken
    macro.name = name.strip()[:120]
    macro.topic, macro.team = topic, team
    macro.asks_for = [key for key in KEYS if key in set(asks_for)]
    macro.tried_step = tried_step.strip()[:120]
    macro.purpose = purpose.strip()[:60]
    macro.changed_at, macro.changed_by_id = at, by.agent_id
    macro.save()
    macro.texts.exclude(language__in=said).delete()
    for language, text in said.items():
        MacroText.objects.update_or_create(macro=macro, language=language, defaults={"text": text})
    return macro


@transaction.atomic
def archive_macro(macro: Macro, *, is_active: bool, by: Actor, at: datetime) -> Macro:
    """Take a macro out of use, or back into it; replies that used it keep it."""
    macro = Macro.objects.select_for_update().get(pk=macro.pk)
    if macro.is_active is is_active:
        return macro
    macro.is_active = is_active
    macro.changed_at, macro.changed_by_id = at, by.agent_id
    macro.save(update_fields=["is_active", "changed_at", "changed_by"])
    return macro


@transaction.atomic(savepoint=False)
def note_macros(
    message: Message, ticket: Ticket, *, macros: Iterable[Macro], by: Actor, at: datetime
) -> None:
    """Keep which macros a reply used; what the first with a step tried goes on the timeline.

    Part of operations that hold the ticket's lock.
    """
    used = list(dict.fromkeys(macros))
    for macro in used:
        MacroUse.objects.get_or_create(macro=macro, message=message)
    steps = [macro for macro in used if macro.tried_step]
    if not steps:
        return
    record_touchpoint(
        ticket.customer_id,
        kind=Touchpoint.Kind.STEP,
        at=at,
        title=", ".join(macro.tried_step for macro in steps),
        agent_id=by.agent_id,
        team_id=ticket.team_id,
        ticket_number=ticket.number,
        ref_kind="message",
        ref_id=message.pk,
        data={"macro": steps[0].pk},
    )


@transaction.atomic(savepoint=False)
def forget_macros(message: Message, ticket: Ticket) -> None:
    """Take back what was noted of a reply that was never sent."""
    MacroUse.objects.filter(message=message).delete()
    withdraw_touchpoint(
        ticket.customer_id, kind=Touchpoint.Kind.STEP, ref_kind="message", ref_id=message.pk
    )
