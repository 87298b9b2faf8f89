"""An SMTP server (RFC 5321) that does at each verb what its script says, and counts what it took.

Not aiosmtpd: a fault before the greeting, inside the data or between the last dot and the answer
needs a server whose every line is ours.
"""

import asyncio
import socket
from collections import Counter
from collections.abc import Callable
from email import message_from_bytes
from threading import Thread
from typing import Final

from tests.embedded.instance import free_port

CONNECT: Final = "connect"
BODY: Final = "body"  # while the data comes
DOT: Final = "dot"  # the mail is refused after its last dot
TAKEN: Final = "taken"  # the mail is safe here, its answer is another thing
VERBS = (CONNECT, "EHLO", "MAIL", "RCPT", "DATA", BODY, DOT, TAKEN)
HANG_UP: Final = "hang up"
SILENCE: Final = "silence"

# Asked at each verb with the line received: an answer to give instead of the usual one, HANG_UP,
# SILENCE (until the other side gives up), or None.
Script = Callable[[str, str], str | None]
_USUAL = {
    CONNECT: "220 sink",
    "EHLO": "250-sink\r\n250 SIZE 50000000",
    "HELO": "250 sink",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    DOT: "",
    TAKEN: "250 taken",
    "RSET": "250 ok",
    "NOOP": "250 ok",
    "QUIT": "221 bye",
}


class HungUp(Exception):
    """The script ended this connection."""


class Sink:
    """Takes mail on a port of its own until closed."""

    def __init__(self, script: Script = lambda _verb, _line: None) -> None:
        self.port = free_port()
        self.script = script
        self.mails: list[bytes] = []
        self.taken: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = Thread(target=self._loop.run_until_complete, args=(self._serve(),))
        self._thread.start()
        while not self._answers():
            pass

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()

    def __enter__(self) -> "Sink":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._talk, "127.0.0.1", self.port, limit=1 << 24)
        await self._stop.wait()
        server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._answer(CONNECT, "", writer)
            while line := (await reader.readline()).decode("utf-8", "replace").strip():
                verb = line.partition(" ")[0].upper()
                is_begun = await self._answer(verb, line, writer)
                if verb == "QUIT":
                    break
                if verb == "DATA" and is_begun:
                    await self._take(reader, writer)
        except (HungUp, OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.script(BODY, "") == HANG_UP:
            self.faults[f"{BODY}: {HANG_UP}"] += 1
            await reader.readline()
            raise HungUp
        raw = (await reader.readuntil(b"\r\n.\r\n"))[:-3]
        if not await self._answer(DOT, "", writer):
            return
        self.mails.append(raw)
        self.taken[str(message_from_bytes(raw)["Message-ID"]).strip().strip("<>")] += 1
        await self._answer(TAKEN, "", writer)

    async def _answer(self, verb: str, line: str, writer: asyncio.StreamWriter) -> bool:
        """Answer as the script says; False when that was a fault. Raises HungUp."""
        fault = self.script(verb, line)
        if fault:
            self.faults[f"{verb}: {fault}"] += 1
        if fault == HANG_UP:
            raise HungUp
        if fault == SILENCE:
            await asyncio.sleep(3600)
        answer = fault or _USUAL.get(verb, "500 what?")
        if answer:
            writer.write(answer.encode() + b"\r\n")
            await writer.drain()
        return fault is None
