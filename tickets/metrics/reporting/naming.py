"""What the keys of a dimension are called."""

from collections.abc import Iterable

from customers.models import Organisation
from helpdesk.accounts.models import Agent, Team
from helpdesk.templatetags.desk import channel_name
from tickets.metrics.reporting.cutting import Dimension
from tickets.models import Topic


def names_of(dimension: Dimension, keys: Iterable[str]) -> dict[str, str]:
    """Return the names of keys; what is gone, and the empty key, are left out."""
    known = [key for key in keys if key]
    if dimension == Dimension.CHANNEL:
        return {key: str(channel_name(key)) for key in known}
    if dimension == Dimension.TIER:
        return {key: key for key in known}
    if dimension == Dimension.TOPIC:
        topics = Topic.objects.filter(pk__in=known).select_related("parent")
        return {str(t.pk): f"{t.parent.name}: {t.name}" if t.parent else t.name for t in topics}
    if dimension == Dimension.TEAM:
        return {str(team.pk): team.name for team in Team.objects.filter(pk__in=known)}
    if dimension == Dimension.AGENT:
        return {str(agent.pk): str(agent) for agent in Agent.objects.filter(pk__in=known)}
    firms = Organisation.objects.filter(pk__in=known)
    return {str(one.pk): one.name for one in firms}
