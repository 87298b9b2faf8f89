"""A TCP proxy that spoils what passes: for IMAP, SMTP, PostgreSQL and Valkey alike.

What is spoilt is told by `faults` and may be changed while connections are open; it takes effect
with the next bytes.
"""

import asyncio
import socket
import struct
from dataclasses import dataclass
from threading import Thread

from tests.embedded.instance import free_port

_AT_ONCE = 65_536
# Linger for no time: closing sends a reset instead of an end.
_RESET = struct.pack("ii", 1, 0)


@dataclass
class Faults:
    """What happens to the bytes of the server; all off by default.

    `latency`: seconds before each piece. `cut_after`: connections end after so many bytes, by an
    end or, with `is_reset`, a reset. `is_deaf`: nothing passes and nothing ends (half-open).
    `slice_size`: bytes a piece, 1 for byte by byte. `is_refusing`: new connections end at once.
    `says_last`: sent before the cut.
    """

    latency: float = 0.0
    cut_after: int | None = None
    is_reset: bool = False
    is_deaf: bool = False
    slice_size: int = _AT_ONCE
    is_refusing: bool = False
    says_last: bytes = b""


class Cut(Exception):
    """The faults end this connection here."""


class Proxy:
    """Listens on a port of its own and passes on to `target`: a port here, or a socket's path."""

    def __init__(self, target: int | str) -> None:
        self.port = free_port()
        self.faults = Faults()
        self.connections = 0
        self.cuts = 0
        self._target = target
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = Thread(target=self._loop.run_until_complete, args=(self._serve(),))
        self._thread.start()
        while not self._answers():
            pass

    def __enter__(self) -> "Proxy":
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()

    def cut_all(self) -> None:
        """End every open connection now, by a reset."""
        self._loop.call_soon_threadsafe(self._cut_all)

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def _cut_all(self) -> None:
        for writer in list(self._writers):
            self._end(writer, is_reset=True)

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._pass, "127.0.0.1", self.port)
        await self._stop.wait()
        server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if self.faults.is_refusing:
            writer.transport.abort()
            return
        try:
            their_reader, their_writer = await self._connect()
        except OSError:
            writer.transport.abort()
            return
        both = {writer, their_writer}
        self._writers |= both
        directions = {
            asyncio.ensure_future(self._copy(reader, their_writer)),
            asyncio.ensure_future(self._spoil(their_reader, writer)),
        }
        try:
            await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for direction in directions:
                direction.cancel()
            await asyncio.gather(*directions, return_exceptions=True)
            for each in both:
                self._end(each, is_reset=self.faults.is_reset)
            self._writers -= both

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self._target, str):
            return await asyncio.open_unix_connection(self._target)
        return await asyncio.open_connection("127.0.0.1", self._target)

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(_AT_ONCE):
            while self.faults.is_deaf:
                await asyncio.sleep(0.05)
            writer.write(data)
            await writer.drain()

    async def _spoil(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        passed = 0
        while data := await reader.read(self.faults.slice_size):
            while self.faults.is_deaf:
                await asyncio.sleep(0.05)
            if self.faults.latency:
                await asyncio.sleep(self.faults.latency)
            left = self.faults.cut_after
            is_cut = left is not None and passed + len(data) > left
            if is_cut and left is not None:
                data = data[: max(0, left - passed)] + self.faults.says_last
            writer.write(data)
            await writer.drain()
            passed += len(data)
            if is_cut:
                self.cuts += 1
                return

    def _end(self, writer: asyncio.StreamWriter, *, is_reset: bool) -> None:
        connection = writer.get_extra_info("socket")
        if is_reset and connection is not None and connection.family == socket.AF_INET:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            writer.transport.abort()
        else:
            writer.close()
