from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.embedded.instance import Instance


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """A whole instance as `make run` starts it, on its own data directory and free ports."""
    running = Instance(tmp_path_factory.mktemp("instance") / "var")
    running.start()
    running.await_ready()
    yield running
    running.kill_tree()


@pytest.fixture
def var(tmp_path: Path) -> Path:
    directory = tmp_path / "var"
    directory.mkdir()
    return directory
