"""Keeps one Celery worker alive by forking it anew: back in a moment, however often it is killed.

The worker is a real one with its own connections; only the import of the code is shared. Started
with the environment of an instance, whose own worker it asks to leave the queues alone.
"""

import os
import sys
import warnings

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
django.setup()

from helpdesk.celery import app  # noqa: E402 - after the set-up
from helpdesk.embedded.up import QUEUES, WORKER_THREADS  # noqa: E402


def main() -> None:
    app.loader.import_default_modules()
    app.finalize()
    with app.connection() as connection:  # its own: nothing of it may reach the forks
        for queue in QUEUES.split(","):
            app.control.cancel_consumer(queue, connection=connection, reply=True, timeout=5)
    while True:
        worker = os.fork()
        if not worker:
            work()
        sys.stdout.write(f"{worker}\n")
        sys.stdout.flush()
        os.waitpid(worker, 0)


def work() -> None:
    warnings.simplefilter("ignore")  # the test may run as root
    command = ["-q", "worker", "-l", "WARNING", "-P", "threads", "-c", WORKER_THREADS, "-Q", QUEUES]
    app.worker_main(["--quiet", *command[1:], "--without-gossip", "--without-mingle"])
    os._exit(1)


if __name__ == "__main__":
    main()
