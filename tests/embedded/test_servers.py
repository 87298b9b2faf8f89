from collections.abc import Iterator
from pathlib import Path

import pytest

from helpdesk.embedded.child import Child, Interrupted
from helpdesk.embedded.journal import Journal
from helpdesk.embedded.places import Places, Refusal, secret, socket_directory
from helpdesk.embedded.postgres import THROW_AWAY, Postgres
from helpdesk.embedded.supervisor import Supervisor


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(tmp_path / "log", quiet=True)
    yield journal
    journal.close()


@pytest.fixture
def supervisor(journal: Journal) -> Iterator[Supervisor]:
    supervisor = Supervisor(journal)
    yield supervisor
    supervisor.stop()


def test_a_half_made_cluster_is_thrown_away(var: Path, journal: Journal) -> None:
    var.chmod(0o711)
    postgres = Postgres(var, THROW_AWAY)
    half = postgres.data.with_name(postgres.data.name + ".new")
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")

    assert not postgres.exists()
    postgres.make()

    assert postgres.exists()
    assert not half.exists()


def test_a_lock_file_with_a_reused_process_id_is_not_in_the_way(
    var: Path, journal: Journal, supervisor: Supervisor
) -> None:
    var.chmod(0o711)
    postgres = Postgres(var, THROW_AWAY)
    postgres.make()
    (postgres.data / "postmaster.pid").write_text(f"1\n{postgres.data}\n")

    supervisor.start([postgres.child(journal)])

    assert postgres.answers()


def test_a_cluster_of_another_major_version_is_refused(var: Path) -> None:
    postgres = Postgres(var, THROW_AWAY)
    (postgres.data.with_name("pg12")).mkdir(parents=True)

    with pytest.raises(Refusal, match="was made by PostgreSQL 12"):
        postgres.make()


def test_what_a_failing_start_said_is_in_the_refusal(
    journal: Journal, supervisor: Supervisor
) -> None:
    failing = Child("web", ["/bin/sh", "-c", "echo no such table; exit 3"], journal, ready=never)

    with pytest.raises(Refusal, match="web ended at once with code 3"):
        supervisor.start([failing])


def test_a_stop_is_heard_while_something_starts(journal: Journal) -> None:
    slow = Child("web", ["/bin/sleep", "60"], journal, ready=never)
    slow.start()

    with pytest.raises(Interrupted):
        slow.await_ready(60, interrupted=lambda: True)
    slow.begin_stop()
    slow.finish_stop()

    assert slow.exit_code == -15


def test_what_keeps_ending_stops_everything(journal: Journal, supervisor: Supervisor) -> None:
    supervisor.start([Child("web", ["/bin/false"], journal)])

    assert supervisor.watch() == 1


def test_a_long_data_path_keeps_its_sockets_in_a_short_one(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 90)

    directory = socket_directory(deep)

    assert len(str(directory)) < 80
    assert directory == socket_directory(deep)
    directory.rmdir()


def test_a_secret_is_made_once(var: Path) -> None:
    assert secret(var / "key") == secret(var / "key")
    assert len(secret(var / "key")) == 64


def test_a_port_that_is_no_number_is_refused_by_name() -> None:
    with pytest.raises(Refusal, match="WEB_PORT must be a port number"):
        Places.from_environment({"WEB_PORT": "http"})


def never() -> bool:
    return False
