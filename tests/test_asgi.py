import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from helpdesk import asgi


@csrf_exempt
async def endless(_request: HttpRequest) -> StreamingHttpResponse:
    async def ticks() -> AsyncIterator[bytes]:
        while True:
            yield b": tick\n\n"
            await asyncio.sleep(0.01)

    return StreamingHttpResponse(ticks(), content_type="text/event-stream")


@csrf_exempt
def size(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(len(request.body)))


urlpatterns = [path("live/ticks", endless), path("size", size)]


@pytest.fixture(autouse=True)
def own_pages(settings: Any) -> Iterator[None]:
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = []
    yield
    asgi.stopping.clear()


class Browser:
    """The server's side of one request: gives the body in pieces, keeps what comes back."""

    def __init__(self, url: str, *pieces: bytes) -> None:
        self.scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST",
            "scheme": "http", "path": url, "raw_path": url.encode(), "query_string": b"",
            "headers": [(b"host", b"localhost")], "client": ("127.0.0.1", 1), "server": ("", 80),
        }  # fmt: skip
        self.pieces = list(pieces)
        self.sent: list[Any] = []
        self.heard = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        if self.pieces:
            piece = self.pieces.pop(0)
            return {"type": "http.request", "body": piece, "more_body": bool(self.pieces)}
        await asyncio.Event().wait()
        raise AssertionError

    async def send(self, message: Any) -> None:
        self.sent.append(message)
        if message.get("body"):
            self.heard.set()

    async def ask(self) -> None:
        await asgi.application(self.scope, self.receive, self.send)


def test_a_live_stream_ends_as_soon_as_the_server_is_to_stop() -> None:
    async def scene() -> Browser:
        browser = Browser("/live/ticks", b"")
        answer = asyncio.create_task(browser.ask())
        await browser.heard.wait()
        asgi.stopping.set()
        await asyncio.wait_for(answer, 2)
        return browser

    browser = asyncio.run(scene())

    assert browser.sent[0]["status"] == 200
    assert browser.sent[-1] == {"type": "http.response.body", "body": b""}


def test_a_page_gets_its_body_whole_however_it_was_cut() -> None:
    async def scene() -> Browser:
        browser = Browser("/size", b"a" * 70_000, b"", b"b" * 200_000)
        await browser.ask()
        return browser

    body = b"".join(message.get("body", b"") for message in asyncio.run(scene()).sent)

    assert body == b"270000"


def test_a_body_larger_than_any_page_takes_is_refused(settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000

    async def scene() -> Browser:
        browser = Browser("/size", b"a" * 600, b"b" * 600, b"c")
        await browser.ask()
        return browser

    assert asyncio.run(scene()).sent[0]["status"] == 413
