import time

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html

from helpdesk.live.tokens import sign_pass

CLOCKS_DIFFER_MILLISECONDS = 1000

register = template.Library()


@register.simple_tag(takes_context=True)
def live_token(context: Context, channels: str) -> str:
    """Let this page listen to `channels` (separated by spaces), as the agent it was made for.

    Put it in the block `live` of a desk page, after the view has checked that the agent may see
    what the channels are about.
    """
    agent = context["user"]
    return format_html(
        '<meta name="live" content="{}" data-rendered="{}" data-events-url="{}"'
        ' data-presence-url="{}">',
        sign_pass(agent.pk, str(agent), channels.split()),
        f"{time.time_ns() // 1_000_000 - CLOCKS_DIFFER_MILLISECONDS}-0",
        reverse("live:events"),
        reverse("live:presence"),
    )
