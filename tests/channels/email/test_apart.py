"""The reader's process: what it returns, what ends it, and that nothing else suffers from it."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import TestCase
from django.utils import timezone

from helpdesk.lib.errors import TransientError
from tests.channels.conftest import Keep
from tests.channels.mails import arrival_of, mail
from tickets.channels.email.apart import pool as pool_module
from tickets.channels.email.apart.agreed import Question
from tickets.channels.email.apart.pool import ReaderPool, ReaderUnavailable
from tickets.channels.email.apart.wire import HEAD, WireFault, pack, sizes, unpack
from tickets.channels.email.errors import UnreadableMail
from tickets.channels.email.intake import keep_mail
from tickets.channels.email.reading import read_mail
from tickets.channels.models import Arrival
from tickets.channels.reading import SUSPECT_AFTER, read_one

SAMPLES = sorted((Path(__file__).parents[2] / "data/emails").glob("*.eml"))
BAD = (sys.executable, "-m", "tests.channels.email.bad_reader")


@pytest.fixture
def pool() -> Iterator[ReaderPool]:
    """A pool of real readers."""
    pool = ReaderPool()
    yield pool
    pool.stop()


@pytest.fixture
def bad_pool() -> Iterator[ReaderPool]:
    """A pool of readers that do what a mail's subject says."""
    pool = ReaderPool(BAD, seconds=60)
    yield pool
    pool.stop()


def reads_on(pool: ReaderPool) -> bool:
    return pool.read(mail("The next one.")).text == "The next one."


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_mail_read_apart_is_the_mail(pool: ReaderPool, sample: Path) -> None:
    assert pool.read(sample.read_bytes()) == read_mail(sample.read_bytes())


def test_large_files_come_back_bit_for_bit(pool: ReaderPool) -> None:
    data = os.urandom(20 * 1024 * 1024).replace(b"\n", b"\r")
    raw = b"From: a@example.org\nContent-Type: application/x\nContent-Transfer-Encoding: binary\n\n"

    assert pool.read(raw + data).attachments[0].data == data


def test_one_reader_serves_mail_after_mail(pool: ReaderPool) -> None:
    first = [reads_on(pool), pool.pids()]

    assert [reads_on(pool), pool.pids()] == first


def test_a_refusal_keeps_its_reason_and_the_reader(pool: ReaderPool) -> None:
    with pytest.raises(UnreadableMail, match="more than 1000 fields"):
        pool.read(b"X: y\n" * 1_001)

    assert len(pool.pids()) == 1


@pytest.mark.parametrize(
    ("subject", "reason"),
    [
        ("loop", "took more than 2 seconds"),
        ("grow", "took more than 200 MB"),
        ("crash", r"ends its reader each time \(-11\)"),
        ("fault", r"Reading it failed \(LookupError\)"),
    ],
)
def test_a_mail_that_harms_its_reader_is_refused_and_the_next_is_read(
    bad_pool: ReaderPool, subject: str, reason: str
) -> None:
    with pytest.raises(UnreadableMail, match=reason):
        bad_pool.read(mail(subject=subject))

    assert reads_on(bad_pool)


def test_what_earlier_mails_left_is_not_blamed_on_a_later_one(bad_pool: ReaderPool) -> None:
    for _ in range(3):
        assert bad_pool.read(mail(subject="hoard")).subject == "hoard"


def test_a_reader_that_gets_no_time_is_not_the_mails_fault() -> None:
    with pytest.raises(ReaderUnavailable, match="too little time"):
        ReaderPool(BAD, seconds=0.5).read(mail(subject="sleep"))


def test_a_reader_killed_from_outside_is_replaced(pool: ReaderPool) -> None:
    reads_on(pool)
    os.kill(pool.pids()[0], signal.SIGKILL)

    assert reads_on(pool)


@pytest.mark.parametrize("command", [("/nonexistent",), (sys.executable, "-c", "exit(3)")])
def test_a_reader_that_cannot_start_is_not_the_mails_fault(command: tuple[str, ...]) -> None:
    with pytest.raises(ReaderUnavailable, match="could be started"):
        ReaderPool(command).read(mail())


def test_threads_read_at_once_and_get_their_own_mails(pool: ReaderPool) -> None:
    got: dict[int, list[str]] = {}

    def work(number: int) -> None:
        texts = (f"{number}-{turn}" for turn in range(20))
        got[number] = [pool.read(mail(text)).text for text in texts]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert got == {number: [f"{number}-{turn}" for turn in range(20)] for number in range(4)}


def test_a_mail_that_harms_its_reader_is_parked_and_the_next_becomes_a_message(
    keep: Keep, bad_pool: ReaderPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool_module, "_pool", bad_pool)

    assert keep(mail(subject="loop")).reason == "Reading this mail took more than 2 seconds."
    assert keep(mail("Next.")).state == Arrival.State.PROCESSED


def test_without_a_reader_an_arrival_stays_stored_until_there_is_one(
    keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(pool_module, "_pool", ReaderPool(("/nonexistent",)))
        with TestCase.captureOnCommitCallbacks():
            keep_mail(mail(), source="smtp", envelope_from="kofi@example.com", envelope_to=[])
        arrival = arrival_of(mail())
        with pytest.raises(TransientError):
            read_one(arrival.pk, at=timezone.now())

    assert arrival_of(mail()).state == Arrival.State.STORED
    assert read_one(arrival.pk, at=timezone.now()) is not None


def test_an_arrival_that_is_never_read_in_time_is_parked_after_some_beginnings(
    keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool_module, "_pool", ReaderPool(BAD, seconds=0.5))
    raw = mail(subject="sleep")
    stored = keep(raw)
    assert (stored.state, stored.attempts) == (Arrival.State.STORED, 1)
    Arrival.objects.filter(pk=stored.pk).update(attempts=SUSPECT_AFTER - 1)

    read_one(stored.pk, at=timezone.now())

    parked = arrival_of(raw)
    assert parked.state == Arrival.State.PARKED
    assert parked.reason == "The reader of mails got too little time from the machine."


FORKING = """
import os, sys
from tickets.channels.email.apart import pool
raw = b"From: a@example.org\\n\\nhi"
pool.read_apart(raw)
[parents] = pool._pool.pids()
child = os.fork()
if not child:
    pool.read_apart(raw)
    os._exit(pool._pool.pids() == [parents])
print(parents)
sys.exit(os.waitpid(child, 0)[1] or pool._pool.pids() != [parents])
"""


def test_a_forked_worker_has_readers_of_its_own_and_all_end_with_it() -> None:
    read_end, write_end = os.pipe()
    done = os.posix_spawn(
        sys.executable,
        [sys.executable, "-c", FORKING],
        {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        file_actions=[(os.POSIX_SPAWN_DUP2, write_end, 1)],
    )
    os.close(write_end)
    assert os.waitpid(done, 0)[1] == 0

    with os.fdopen(read_end) as said:
        reader = int(said.read())
    with pytest.raises(ProcessLookupError):
        os.kill(reader, 0)


@pytest.mark.parametrize(
    "words", [b"", b"[]", b"{}", b'{"raw": 9, "envelope_from": null}', b"[" * 9_999]
)
def test_a_frame_of_another_shape_is_refused(words: bytes) -> None:
    with pytest.raises(WireFault):
        unpack(Question, words, memoryview(b"12345678"))


def test_a_frame_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(WireFault):
        sizes(HEAD.pack(1, 1 << 40))


def test_a_frame_holds_its_bytes_uncopied() -> None:
    raw = b"x" * 100

    assert pack(Question(raw=raw, envelope_from=None))[1] is raw
