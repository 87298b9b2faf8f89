"""A disk of a few megabytes that can be full without harm to any other."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

MOUNT, UNMOUNT = shutil.which("mount") or "", shutil.which("umount") or ""
_CHUNK = b"\0" * 65_536


class SmallDisk:
    """A file system of its own, and the one file that fills it."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._filler = place / "filler"

    @property
    def free(self) -> int:
        return shutil.disk_usage(self.place).free

    def fill(self, *, left: int) -> None:
        """Leave only so many bytes, as near as its blocks allow."""
        with self._filler.open("ab") as file:
            try:
                while (room := self.free - left) > 0:
                    file.write(_CHUNK[:room])
                    file.flush()
            except OSError:
                return

    def clear(self) -> None:
        self._filler.unlink(missing_ok=True)


@contextmanager
def small_disk(place: Path, *, megabytes: int) -> Iterator[SmallDisk]:
    """Mount one at a directory, which is made; skips where mounting is not allowed."""
    place.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place)]
    allowed = os.geteuid() == 0 and MOUNT
    if not allowed or subprocess.run([MOUNT, *options], check=False).returncode:  # noqa: S603
        pytest.skip("a small disk cannot be mounted here: it takes root outside of a container")
    try:
        yield SmallDisk(place)
    finally:
        subprocess.run([UNMOUNT, "-l", place], check=True)  # noqa: S603
