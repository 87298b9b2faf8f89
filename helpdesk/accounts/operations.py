"""Changes agents make to their own account."""

from typing import Any

from django.db import transaction

from helpdesk.accounts.models import Agent

OWN = frozenset({"name", "time_zone", "language", "signature", "theme", "is_away"})


@transaction.atomic
def update_preferences(agent: Agent, *, changes: dict[str, Any]) -> Agent:
    """Change an agent's own name, place, words and looks; only the fields named in `changes`."""
    unknown = changes.keys() - OWN
    if unknown:
        raise ValueError(f"not an agent's own to change: {', '.join(sorted(unknown))}")
    agent = Agent.objects.select_for_update(no_key=True).get(pk=agent.pk)
    for field, value in changes.items():
        setattr(agent, field, value)
    agent.save(update_fields=list(changes))
    return agent
