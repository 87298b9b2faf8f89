"""Keeps Celery workers alive by forking each anew: back in a moment, however often it is killed.

They are real ones with their own connections; only the import of the code is shared. Each life ends
at a step drawn for it or after a drawn time; after so many kills the last ones are left in peace.
Who is to die while fetching does nothing else, so that somebody gets there.
Every kill is a line on standard output. Started with the environment of an instance, whose own
worker it asks to leave the queues alone.

python -m tests.faults.nursery WORKERS KILLS intake|sending
"""

import itertools
import os
import random
import sys
import warnings
from threading import Timer

import django
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
django.setup()

from helpdesk.celery import app  # noqa: E402 - after the set-up
from helpdesk.embedded.up import QUEUES  # noqa: E402
from tests.faults.storm import FETCH_QUEUE  # noqa: E402
from tests.faults.tools.kill_points import FETCHING, READING, SENDING, die, die_at  # noqa: E402

THREADS = "1"
AT_RANDOM, NOT_MET = "at random", "its step was not met"
# A life that never comes to its step ends nevertheless.
LONGEST_LIFE = 30.0
RANDOM_LIFE = (0.0, 2.0)
MOST_PASSES = 2


def main(workers: int, kills: int, work_kind: str) -> None:
    app.loader.import_default_modules()
    app.finalize()
    with app.connection() as connection:  # its own: nothing of it may reach the forks
        for queue in QUEUES.split(","):
            app.control.cancel_consumer(queue, connection=connection, reply=True, timeout=1)
    steps = list(SENDING if work_kind == "sending" else (*READING, *FETCHING))
    random.Random(1).shuffle(steps)  # noqa: S311 - must repeat, not be secret
    # Every second kill at random, the others at each step in turn.
    ends = itertools.cycle([name for step in steps for name in (AT_RANDOM, step)])
    begun = 0
    living: set[int] = set()
    while True:
        while len(living) < workers:
            living.add(fork(next(ends) if begun < kills else "", number=begun))
            begun += 1
        living.discard(os.wait()[0])


def fork(end: str, *, number: int) -> int:
    worker = os.fork()
    if not worker:
        try:
            plan(end, random.Random(number))  # noqa: S311 - must repeat, not be secret
            work(FETCH_QUEUE if end in FETCHING else f"{QUEUES},{FETCH_QUEUE}")
        finally:
            os._exit(1)
    return worker


def plan(end: str, dice: random.Random) -> None:
    if not end:
        return
    life, name = dice.uniform(*RANDOM_LIFE), AT_RANDOM
    if end != AT_RANDOM:
        die_at(end, passes=dice.randint(1, MOST_PASSES), say=say)
        life, name = LONGEST_LIFE, NOT_MET

    def count_down(**_: object) -> None:
        timer = Timer(life, lambda: die(name, say=say))
        timer.daemon = True
        timer.start()

    worker_ready.connect(count_down, weak=False)


def say(line: str) -> None:
    # The descriptor itself: Celery has put its logging in the place of sys.stdout.
    os.write(1, f"{line}\n".encode())


def work(queues: str) -> None:
    warnings.simplefilter("ignore")  # the test may run as root
    # Beat and its sweeps are the instance's own worker's.
    command = ["worker", "-l", "WARNING", "-P", "threads", "-c", THREADS, "-Q", queues]
    app.worker_main(["--quiet", *command, "--without-gossip", "--without-mingle"])


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
