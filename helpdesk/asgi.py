"""One port, two handlers: pages through Django's WSGI in threads, /live/ through its ASGI.

Threads keep persistent database connections and serve static files as they are meant to; a stream
of live updates costs no thread. Streams end as soon as the server is told to stop.
"""

import asyncio
import os
import signal
import tempfile
from collections.abc import Awaitable, Callable, MutableMapping
from types import FrameType
from typing import IO, Any

from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.core.wsgi import get_wsgi_application

from helpdesk.live.asgi import get_live_application

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

IN_MEMORY_BYTES = 1024 * 1024
CHUNK_BYTES = 64 * 1024
FRAMING = (b"content-length", b"transfer-encoding")

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
# Both packages type the protocol more narrowly than each other.
live: Any = get_live_application()
wsgi: Any = get_wsgi_application()
pages: Any = WSGIMiddleware(wsgi, workers=int(os.environ.get("WEB_THREADS", "4")))
stopping = asyncio.Event()


async def application(scope: Message, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await live_through(receive, send)
    elif scope["type"] != "http":
        return
    elif scope["path"].startswith("/live/"):
        await stream(scope, receive, send)
    else:
        await page(scope, receive, send)


async def live_through(receive: Receive, send: Send) -> None:
    """Start and shutdown of the process, as the ASGI specification names them."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            notice_stop_signals()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def notice_stop_signals() -> None:
    """Hear SIGTERM and SIGINT before the server does, which waits for streams that never end."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        server = signal.getsignal(number)

        def stop(number: int, frame: FrameType | None, server: Any = server) -> None:
            loop.call_soon_threadsafe(stopping.set)
            if callable(server):
                server(number, frame)

        signal.signal(number, stop)


async def stream(scope: Message, receive: Receive, send: Send) -> None:
    """A live stream, told that its reader has gone when the process is to stop."""
    state = {"started": False, "whole": False}

    async def until_stop() -> Message:
        waits = [asyncio.ensure_future(receive()), asyncio.ensure_future(stopping.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            message: Message = {"type": "http.disconnect"}
            return waits[0].result() if waits[0].done() else message  # type: ignore[return-value]
        finally:
            for wait in waits:
                wait.cancel()

    async def noting(message: Message) -> None:
        state["started"] = True
        state["whole"] = message["type"] == "http.response.body" and not message.get("more_body")
        await send(message)

    await live(scope, until_stop, noting)
    if stopping.is_set() and state["started"] and not state["whole"]:
        await send({"type": "http.response.body", "body": b""})


async def page(scope: Message, receive: Receive, send: Send) -> None:
    """A page: its body is read whole before a thread is taken, so that slow senders hold none."""
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as body:
        if await read_body(receive, body):
            # Now known also where the sender did not say it; WSGI reads no body without it.
            others = [(name, value) for name, value in scope["headers"] if name not in FRAMING]
            length = (b"content-length", str(body.tell()).encode())
            body.seek(0)
            whole = dict(scope) | {"headers": [*others, length]}
            await pages(whole, reader(body, receive), send)
        else:
            await refuse_large_body(send)


async def read_body(receive: Receive, body: IO[bytes]) -> bool:
    """Copy the request's body; False when it is larger than any page takes."""
    while True:
        message = await receive()
        body.write(message.get("body", b""))
        if body.tell() > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return False
        if not message.get("more_body"):
            return True


def reader(body: IO[bytes], receive: Receive) -> Receive:
    """The stored body in the form the handler asks for; afterwards what the server says."""
    ended = False

    async def read() -> Message:
        nonlocal ended
        if ended:
            return await receive()
        chunk = body.read(CHUNK_BYTES)
        ended = len(chunk) < CHUNK_BYTES
        return {"type": "http.request", "body": chunk, "more_body": not ended}

    return read


async def refuse_large_body(send: Send) -> None:
    text = b"The request is larger than this server takes.\n"
    headers = [(b"content-type", b"text/plain"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": text})
