"""Waits for the servers that DATABASE_URL, VALKEY_URL and BROKER_URL name.

A process of its own, so that their client libraries stay out of the supervisor.
"""

import os
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import psycopg
import redis
from kombu.connection import Connection

PATIENCE_SECONDS = 30.0
TRY_SECONDS = 3
POLL_SECONDS = 0.5
FINAL_SQLSTATES = ("28", "3D")  # refused sign-in, no such database: waiting does not help


def reach_database(url: str) -> None:
    psycopg.connect(url, connect_timeout=TRY_SECONDS).close()


def reach_valkey(url: str) -> None:
    with redis.Redis.from_url(url, socket_connect_timeout=TRY_SECONDS) as client:
        client.ping()


def reach_broker(url: str) -> None:
    open_connection: Any = Connection  # untyped upstream
    with open_connection(url, connect_timeout=TRY_SECONDS) as connection:
        connection.ensure_connection(max_retries=1, interval_start=0, timeout=TRY_SECONDS)


REACHES: dict[str, Callable[[str], None]] = {
    "DATABASE_URL": reach_database,
    "VALKEY_URL": reach_valkey,
    "BROKER_URL": reach_broker,
}


def await_server(variable: str, url: str, *, patience: float = PATIENCE_SECONDS) -> str:
    """Try until the server of `variable` answers; return "" or the sentence that says why not."""
    end = time.monotonic() + patience
    while True:
        try:
            REACHES[variable](url)
        except Exception as error:  # each client library has its own family of errors
            state = getattr(error, "sqlstate", None) or ""
            if time.monotonic() < end and not state.startswith(FINAL_SQLSTATES):
                time.sleep(POLL_SECONDS)
                continue
            reason = " ".join(str(error).split())
            return f"{variable} names {without_password(url)}, which cannot be used: {reason}"
        return ""


def without_password(url: str) -> str:
    password = urlsplit(url).password
    return url.replace(f":{password}@", ":…@") if password else url


def main() -> int:
    for variable in REACHES:
        url = os.environ.get(variable, "")
        if url and (complaint := await_server(variable, url)):
            print(complaint, flush=True)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
