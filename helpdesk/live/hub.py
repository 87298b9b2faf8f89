"""One reader of the event stream in each process, fanned out to the open connections."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import redis
import redis.asyncio
from django.conf import settings

from helpdesk.live.bus import KEPT_EVENTS, STREAM

log = logging.getLogger(__name__)

WAITING_EVENTS = 200
PAUSE_SECONDS = 1.0
BLOCK_MILLISECONDS = 5000
WAIT_FOR_VALKEY_SECONDS = 1.0


@dataclass(frozen=True)
class LiveEvent:
    """Something that changed. `id` orders events; a name of `resync` means: fetch everything."""

    id: str
    name: str
    channels: frozenset[str] = frozenset()
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def order(self) -> tuple[int, int]:
        return order_of(self.id)


def order_of(event_id: str) -> tuple[int, int]:
    """Where an id such as `1700000000000-3` stands. Raises ValueError for anything else."""
    milliseconds, _, sequence = event_id.partition("-")
    return int(milliseconds), int(sequence or 0)


def _read(event_id: str, fields: dict[str, str]) -> LiveEvent:
    content = json.loads(fields["e"])
    return LiveEvent(event_id, content["event"], frozenset(content["channels"]), content["data"])


def _client() -> redis.asyncio.Redis:
    """Waits longer for an answer than a blocking read takes."""
    return redis.asyncio.Redis.from_url(
        settings.VALKEY_URL,
        decode_responses=True,
        socket_connect_timeout=2,
        socket_timeout=2 * BLOCK_MILLISECONDS / 1000,
    )


class Listener:
    """The events one open connection has still to be sent."""

    def __init__(self, channels: Iterable[str]) -> None:
        self.channels = frozenset(channels)
        self.queue: asyncio.Queue[LiveEvent | None] = asyncio.Queue(WAITING_EVENTS)

    def offer(self, event: LiveEvent) -> None:
        """Queue an event; a connection that cannot keep up is told to fetch everything."""
        if not self.channels & event.channels:
            return
        if self.queue.full():
            self._clear()
            event = LiveEvent(event.id, "resync")
        self.queue.put_nowait(event)

    def end(self) -> None:
        self._clear()
        self.queue.put_nowait(None)

    def _clear(self) -> None:
        while not self.queue.empty():
            self.queue.get_nowait()


class Hub:
    """Reads the stream while anybody listens, and ends every connection when the server stops."""

    def __init__(self) -> None:
        self.listeners: set[Listener] = set()
        self.reader: asyncio.Task[None] | None = None
        self.ready = asyncio.Event()
        self.ending = False

    @asynccontextmanager
    async def listen(self, channels: Iterable[str]) -> AsyncIterator[Listener]:
        listener = Listener(channels)
        if self.ending:
            listener.end()
        self.listeners.add(listener)
        if self.reader is None or self.reader.done():
            self.ready.clear()
            self.reader = asyncio.get_running_loop().create_task(self._read_on())
            self._end_on_sigterm()
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.ready.wait(), WAIT_FOR_VALKEY_SECONDS)
            yield listener
        finally:
            self.listeners.discard(listener)
            if not self.listeners and self.reader:
                self.reader.cancel()
                self.reader = None

    async def missed(
        self, since: str, channels: frozenset[str], *, complete: bool = True
    ) -> AsyncIterator[LiveEvent]:
        """What happened after the event `since`.

        `complete`: begin with `resync` when events may be missing between `since` and the oldest.
        """
        async with _client() as client:
            oldest: Any = await client.xrange(STREAM, count=1)
            if complete and (not oldest or order_of(oldest[0][0]) > order_of(since)):
                yield LiveEvent(since, "resync")
            later: Any = await client.xrange(STREAM, min=f"({since}")
            for event_id, fields in later:
                event = _read(event_id, fields)
                if event.channels & channels:
                    yield event

    async def _read_on(self) -> None:
        last = "$"
        while True:
            try:
                async with _client() as client:
                    last = await self._newest(client) if last == "$" else last
                    self.ready.set()
                    while True:
                        last = await self._fan_out(client, last)
            except (redis.RedisError, OSError) as error:
                log.warning("live events wait for Valkey: %s", error)
                await asyncio.sleep(PAUSE_SECONDS)

    async def _newest(self, client: redis.asyncio.Redis) -> str:
        newest: Any = await client.xrevrange(STREAM, count=1)
        return str(newest[0][0]) if newest else "0-0"

    async def _fan_out(self, client: redis.asyncio.Redis, last: str) -> str:
        answer: Any = await client.xread(
            {STREAM: last}, count=KEPT_EVENTS, block=BLOCK_MILLISECONDS
        )
        for _stream, entries in answer or ():
            for event_id, fields in entries:
                event = _read(event_id, fields)
                for listener in tuple(self.listeners):
                    listener.offer(event)
                last = event_id
        return last

    def _end(self) -> None:
        self.ending = True
        for listener in tuple(self.listeners):
            listener.end()

    def _end_on_sigterm(self) -> None:
        """End streams at once on SIGTERM: the server waits for open connections before it stops."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            former = signal.getsignal(number)
            if getattr(former, "ends_streams", False):
                continue

            def stop(got: int, frame: FrameType | None, former: Any = former) -> None:
                loop.call_soon_threadsafe(self._end)
                if callable(former):
                    former(got, frame)

            stop.ends_streams = True  # type: ignore[attr-defined]
            try:
                signal.signal(number, stop)
            except ValueError:
                log.info("streams end with their connections: not in the main thread")
                return


hub = Hub()
