"""Keeps one Celery worker alive by forking it anew: back in a moment, however often it is killed.

Each worker says its process id once it takes work. It is a real one with its own connections; only
the import of the code is shared. Started with the environment of an instance, whose own worker it
asks to leave the queues alone.
"""

import os
import warnings

import django
from celery.signals import worker_ready

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
        os.waitpid(worker, 0)


def say_ready(**_: object) -> None:
    # The descriptor itself: Celery has put its logging in the place of sys.stdout.
    os.write(1, f"{os.getpid()}\n".encode())


def work() -> None:
    worker_ready.connect(say_ready)
    warnings.simplefilter("ignore")  # the test may run as root
    command = ["-q", "worker", "-l", "WARNING", "-P", "threads", "-c", WORKER_THREADS, "-Q", QUEUES]
    app.worker_main(["--quiet", *command[1:], "--without-gossip", "--without-mingle"])
    os._exit(1)


if __name__ == "__main__":
    main()
