import os
import resource
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from helpdesk.lib import blobs
from helpdesk.lib.blobs import clear_unfinished, open_blob, store_blob

HOUR = timedelta(hours=1)
DATA = b"a statement" * 10_000


@pytest.fixture
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def no_room() -> Iterator[None]:
    """No file may grow beyond half of DATA, as on a disk that is full there."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(DATA) // 2, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def files(media: Path) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file()]


def test_a_blob_is_one_file_however_often_it_is_stored(media: Path) -> None:
    assert store_blob(DATA) == store_blob(DATA)

    assert len(files(media)) == 1
    with open_blob(store_blob(DATA)) as stored:
        assert stored.read() == DATA


def test_a_disk_without_room_leaves_no_half_file(media: Path, no_room: None) -> None:
    with pytest.raises(OSError, match="too large"):
        store_blob(DATA)

    assert files(media) == []


def test_what_a_killed_process_had_begun_is_removed_in_time(media: Path) -> None:
    store_blob(DATA)
    begun = media / blobs.UNFINISHED
    for name, age in (("old", 2 * HOUR), ("new", HOUR / 2)):
        (begun / name).write_bytes(DATA[:100])
        at = time.time() - age.total_seconds()
        os.utime(begun / name, (at, at))

    assert clear_unfinished(older=HOUR) == 1

    assert [path.name for path in begun.iterdir()] == ["new"]
    assert len(files(media)) == 2
