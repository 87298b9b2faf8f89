"""A database and a broker of the benchmark's own, beside those of the instance."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection
from django.test.utils import override_settings

from helpdesk.celery import app

QUIET_DATABASE = 14  # of the sixteen a Valkey has


@contextmanager
def own_database(name: str) -> Iterator[str]:
    """Work in a new, migrated database of this name, dropped at the end; yields its address."""
    before = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = name
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        parts = urlsplit(os.environ["DATABASE_URL"])
        yield urlunsplit(parts._replace(path=f"/{name}"))
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)


@contextmanager
def own_queues() -> Iterator[str]:
    """Send tasks to queues that nobody works on, emptied at the end; yields the broker's address.

    The cache gets a prefix of its own as well.
    """
    broker = _beside(settings.CELERY_BROKER_URL)
    caches = {"default": settings.CACHES["default"] | {"KEY_PREFIX": "bench"}}
    before, app.conf.broker_url = app.conf.broker_url, broker
    try:
        with override_settings(CACHES=caches):
            yield broker
    finally:
        with app.connection_for_write(broker) as there:
            for queue in ("default", "intake", "delivery"):
                there.default_channel.queue_purge(queue)
        app.conf.broker_url = before


def _beside(broker: str) -> str:
    if found := re.fullmatch(r"(redis\+socket://.*[?&]virtual_host=)\d+", broker):
        return f"{found[1]}{QUIET_DATABASE}"
    if found := re.fullmatch(r"(rediss?://[^/]+)(?:/\d*)?", broker):
        return f"{found[1]}/{QUIET_DATABASE}"
    return "memory://"
