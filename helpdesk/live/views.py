from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator

import redis
from django.core import signing
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseForbidden,
    JsonResponse,
    StreamingHttpResponse,
)
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from helpdesk.live.hub import LiveEvent, hub, order_of
from helpdesk.live.presence import PresenceState, note_at_desk, show_presence
from helpdesk.live.tokens import read_pass

log = logging.getLogger(__name__)

PING_SECONDS = 20
RETRY_MILLISECONDS = 2000
MOST_TABS = 30


@require_GET
async def events(request: HttpRequest) -> HttpResponseBase:
    """Stream events of the channels in the tokens `t`, one for each open tab of a browser.

    Begins after the event `since`, or with those since the page was `rendered`.
    """
    channels: set[str] = set()
    agents: set[int] = set()
    try:
        for token in request.GET.getlist("t")[:MOST_TABS]:
            who = read_pass(token)
            channels |= who.channels
            agents.add(who.agent_id)
    except signing.BadSignature:
        return HttpResponseForbidden()
    if not channels:
        return HttpResponseForbidden()
    since = request.headers.get("Last-Event-ID") or request.GET.get("since", "")
    rendered = request.GET.get("rendered", "")
    try:
        order_of(since or rendered or "0-0")
    except ValueError:
        return HttpResponse(status=400)
    return StreamingHttpResponse(
        _stream(frozenset(channels), frozenset(agents), since, rendered),
        content_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _stream(
    channels: frozenset[str], agents: frozenset[int], since: str, rendered: str
) -> AsyncIterator[bytes]:
    async with hub.listen(channels) as listener:
        noted = await _note_at_desk(agents)
        yield f"retry: {RETRY_MILLISECONDS}\n\n".encode()
        last = order_of(since or rendered or "0-0")
        if since or rendered:
            async for event in _missed(since or rendered, channels, complete=bool(since)):
                last = event.order
                yield _frame(event, channels)
        while True:
            if time.monotonic() - noted >= PING_SECONDS:
                noted = await _note_at_desk(agents)
            try:
                waiting = await asyncio.wait_for(listener.queue.get(), PING_SECONDS)
            except TimeoutError:
                yield b": ping\n\n"
                continue
            if waiting is None:
                return
            if waiting.order > last:
                yield _frame(waiting, channels)


async def _note_at_desk(agents: frozenset[int]) -> float:
    """Say that these agents are here, and return when, by the monotonic clock."""
    try:
        await asyncio.to_thread(note_at_desk, agents)
    except (redis.RedisError, OSError) as error:
        log.warning("who is at the desk is not known: %s", error)
    return time.monotonic()


async def _missed(
    since: str, channels: frozenset[str], *, complete: bool
) -> AsyncIterator[LiveEvent]:
    try:
        async for event in hub.missed(since, channels, complete=complete):
            yield event
    except (redis.RedisError, OSError) as error:
        log.warning("missed live events could not be read: %s", error)
        yield LiveEvent(since, "resync")


def _frame(event: LiveEvent, channels: frozenset[str]) -> bytes:
    heard = sorted(event.channels & channels)
    content = json.dumps({"event": event.name, "channels": heard, "data": event.data})
    return f"id: {event.id}\nevent: live\ndata: {content}\n\n".encode()


@csrf_exempt  # the token in the body is the proof; these views read no session
@require_POST
def presence(request: HttpRequest) -> HttpResponse:
    """Note that the agent of token `t` views or writes on `channel`; answer who else is there."""
    try:
        who = read_pass(request.POST.get("t", ""))
        state = PresenceState(request.POST.get("state", ""))
    except signing.BadSignature:
        return HttpResponseForbidden()
    except ValueError:
        return HttpResponse(status=400)
    channel = request.POST.get("channel", "")
    if channel not in who.channels:
        return HttpResponseForbidden()
    try:
        here = show_presence(who, channel, state)
    except (redis.RedisError, OSError) as error:
        log.warning("presence is not shown: %s", error)
        return HttpResponse(status=503)
    return JsonResponse({"here": [person for person in here if person["id"] != who.agent_id]})
