"""The promise of the journal, seen from outside: a slice of the long fault run."""

import pytest

from tests.embedded.instance import Instance
from tests.faults.kill_workers import FaultRun

pytestmark = pytest.mark.xdist_group("embedded")


def test_killed_workers_lose_and_double_nothing(tmp_path_factory: pytest.TempPathFactory) -> None:
    instance = Instance(tmp_path_factory.mktemp("faults") / "var")
    instance.start()
    try:
        instance.await_ready()
        found = FaultRun(instance, mails=80, kills=8, peace=(0.1, 1.0)).run()
    finally:
        instance.kill_tree()

    assert found["faults"] == []
