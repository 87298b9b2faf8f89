"""The whole instance from outside: what a person at a terminal sees and a power cut leaves."""

import os
import signal
import socket
import stat
import time
from pathlib import Path

import pytest

from helpdesk.embedded.reach import await_server
from tests.embedded.instance import Instance, await_true, free_port

pytestmark = pytest.mark.xdist_group("embedded")


def test_an_instance_serves_pages_and_reaches_its_databases(instance: Instance) -> None:
    assert instance.get("/healthz") == 200
    assert instance.get("/readyz") == 200


def test_secrets_and_sockets_are_for_the_owner_alone(instance: Instance) -> None:
    for name in ("pg.secret", "secret.key", "beforehand.log"):
        assert stat.S_IMODE((instance.var / name).stat().st_mode) == 0o600
    assert stat.S_IMODE((instance.var / "run").stat().st_mode) == 0o700


def test_a_second_instance_on_the_same_data_is_refused(instance: Instance) -> None:
    second = instance.command("up")

    assert second.returncode == 1
    assert f"already running on {instance.var}" in second.stderr
    assert "VAR_DIR" in second.stderr


@pytest.mark.parametrize("variable", ["WEB_PORT", "SMTP_INTAKE_PORT"])
def test_a_busy_port_is_named_with_the_variable_that_changes_it(var: Path, variable: str) -> None:
    other = Instance(var)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        if variable == "WEB_PORT":
            other.web_port = port
        else:
            other.smtp_port = port
        refused = other.command("up")

    assert refused.returncode == 1
    assert f"Port {port}" in refused.stderr
    assert variable in refused.stderr


def test_a_data_directory_that_cannot_be_made_is_named(var: Path) -> None:
    (var / "file").touch()

    refused = Instance(var / "file" / "var").command("up")

    assert refused.returncode == 1
    assert "Cannot write to the data directory" in refused.stderr
    assert "VAR_DIR" in refused.stderr


def test_a_database_that_cannot_be_reached_is_named_without_its_password() -> None:
    url = f"postgres://ana:hunter2@127.0.0.1:{free_port()}/desk"

    sentence = await_server("DATABASE_URL", url, patience=0)

    assert "DATABASE_URL names postgres://ana:…@127.0.0.1" in sentence
    assert "hunter2" not in sentence


@pytest.mark.parametrize("worker", ["worker", "reader"])
def test_a_killed_worker_is_started_again(instance: Instance, worker: str) -> None:
    before = instance.pid_of(f" -n {worker}@")

    os.kill(before, signal.SIGKILL)

    await_true(lambda: instance.pid_of(f" -n {worker}@") not in {0, before})
    assert f"{worker} ended with code -9" in instance.log


def test_data_survives_the_kill_of_everything(instance: Instance) -> None:
    instance.add_group("before the power cut")

    instance.kill_tree()
    instance.start()
    instance.await_ready()

    assert "before the power cut" in instance.groups()


def test_ctrl_c_stops_everything_and_leaves_no_process(instance: Instance) -> None:
    began = time.monotonic()

    instance.process.send_signal(signal.SIGINT)

    assert instance.process.wait(10) == 0
    assert time.monotonic() - began < 10
    assert instance.tree() == []
