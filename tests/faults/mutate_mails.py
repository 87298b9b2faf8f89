"""Have seeded mutations of mails, or the mails of a folder as they are, read by the real reader.

python -m tests.faults.mutate_mails --count 100000 --seed 1
python -m tests.faults.mutate_mails --as-they-are --folder /tmp/hostile
"""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.mutations import mutated
from tickets.channels.email.apart.agreed import CPU_SECONDS, MEMORY
from tickets.channels.email.apart.pool import ReaderPool, ReaderUnavailable
from tickets.channels.email.errors import UnreadableMail
from tickets.channels.email.reading import ParsedMail

SAMPLES = Path(__file__).parents[1] / "data/emails"
CORPUS = Path(__file__).parents[3] / "shared/data/mail/shared"
KILLED = "Reading this mail"  # how the reason of a mail that passed a limit begins
FAULT = "Reading it failed"


@dataclass
class Outcome:
    """What became of the mails; times in seconds, memory in bytes above the idle reader's."""

    read: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    stalled: list[str] = field(default_factory=list)  # killed once, read at once when tried again
    slowest: float = 0.0
    hardest: float = 0.0
    hardest_name: str = ""
    memory: int = 0

    def __str__(self) -> str:
        refusals = "; ".join(f"{reason} {n}" for reason, n in self.refused.most_common(12))
        return (
            f"read {self.read}, refused {self.refused.total()} ({refusals})\n"
            f"exceptions and kills {len(self.wrong)}: {self.wrong[:20]};"
            f" killed once, read when tried again {len(self.stalled)}: {self.stalled[:20]}\n"
            f"most work {self.hardest:.2f} s ({self.hardest_name}), limit {CPU_SECONDS} s;"
            f" longest wait {self.slowest:.2f} s;"
            f" largest {self.memory / 2**20:.0f} MB above an idle reader, limit {MEMORY >> 20} MB"
        )


def mails_in(folder: Path) -> dict[str, bytes]:
    """Every mail under a folder by its name."""
    paths = (path for path in sorted(folder.rglob("*")) if path.suffix in {".eml", ".msg", ".txt"})
    return {path.name: path.read_bytes() for path in paths}


def mutations(
    mails: Sequence[bytes], *, seed: int, count: int, start: int = 0
) -> Iterator[tuple[str, bytes]]:
    """Numbered mutations, one at a time."""
    for number in range(start, start + count):
        yield f"{seed}-{number}", mutated(mails, seed=seed, number=number)


def read_all(mails: Iterable[tuple[str, bytes]], *, talk: bool = False) -> Outcome:
    """Read every mail in a process of its own kind and note what it took."""
    pool, outcome = ReaderPool(), Outcome()
    pool.read(b"From: a@example.org\n\nwarm")
    idle, worked = _used(pool)
    for count, (name, raw) in enumerate(mails, 1):
        begin = time.perf_counter()
        _read_one(pool, name, raw, outcome)
        outcome.slowest = max(outcome.slowest, time.perf_counter() - begin)
        memory, until_now = _used(pool)
        if until_now - worked > outcome.hardest:
            outcome.hardest, outcome.hardest_name = until_now - worked, name
        outcome.memory, worked = max(outcome.memory, memory - idle), until_now
        if talk and count % 5_000 == 0:
            print(count, outcome, flush=True)  # noqa: T201 - a program's output
    pool.stop()
    return outcome


def _read_one(pool: ReaderPool, name: str, raw: bytes, outcome: Outcome) -> None:
    """Read it; what was killed once more, for a machine that stands still counts as work."""
    try:
        mail = _read_patiently(pool, name, raw, outcome)
    except UnreadableMail as refusal:
        outcome.refused[refusal.reason] += 1
        if refusal.reason.startswith((KILLED, FAULT)):
            outcome.wrong.append(f"{name}: {refusal.reason}")
    except ReaderUnavailable as error:
        outcome.wrong.append(f"{name}: {error}")
    else:
        outcome.read += 1
        if not _can_be_stored(mail):
            outcome.wrong.append(f"{name}: cannot be stored")


def _read_patiently(pool: ReaderPool, name: str, raw: bytes, outcome: Outcome) -> ParsedMail:
    try:
        return pool.read(raw)
    except UnreadableMail as refusal:
        if not refusal.reason.startswith(KILLED):
            raise
    mail = pool.read(raw)
    outcome.stalled.append(name)
    return mail


def _can_be_stored(mail: ParsedMail) -> bool:
    words = (mail.subject, mail.from_name, mail.from_address, mail.text, mail.safe_html)
    names = (file.display_name for file in mail.attachments)
    return not any("\x00" in text for text in (*words, *names, *(v for _, v in mail.headers)))


def _used(pool: ReaderPool) -> tuple[int, float]:
    """The most memory the idle reader has ever had, in bytes, and its work so far in seconds."""
    process = next((Path(f"/proc/{pid}") for pid in pool.pids()), None)
    if process is None or not process.exists():
        return 0, 0.0  # it has just made room for a fresh one, or this is no Linux
    peak = int((process / "status").read_text().partition("VmHWM:")[2].split()[0]) * 1024
    ticks = (process / "stat").read_text().rpartition(")")[2].split()[11:13]
    return peak, sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def main(arguments: list[str]) -> int:
    """Run, print, and return 1 where anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1_000)
    parser.add_argument("--start", type=int, default=0, help="the first one's number")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=CORPUS if CORPUS.exists() else SAMPLES)
    parser.add_argument("--as-they-are", action="store_true", help="every mail once, unharmed")
    parser.add_argument("--write", type=int, help="write this one mutation to standard output")
    options = parser.parse_args(arguments)
    mails = mails_in(options.folder)
    if options.write is not None:
        one = mutated(list(mails.values()), seed=options.seed, number=options.write)
        sys.stdout.buffer.write(one)
        return 0
    begin = time.perf_counter()
    harmed = mutations(
        list(mails.values()), seed=options.seed, count=options.count, start=options.start
    )
    outcome = read_all(mails.items() if options.as_they_are else harmed, talk=True)
    print(f"{time.perf_counter() - begin:.0f} s; {outcome}")  # noqa: T201
    return 1 if outcome.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
