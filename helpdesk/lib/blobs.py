"""Files stored once under the SHA-256 of their bytes: no name from outside ever reaches a path."""

import hashlib
import os
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import IO

from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, default_storage

UNFINISHED = "blobs/new"


def path_of(sha256: str) -> str:
    return f"blobs/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def store_blob(data: bytes) -> str:
    """Store bytes and return their SHA-256. Bytes already there are not written again.

    On a local disk the file appears under its name only when it is whole and synced, so that a
    crash or a full disk leaves no half file behind a name that promises its content.

    Raises OSError.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    name = path_of(sha256)
    if default_storage.exists(name):
        return sha256
    if _is_on_disk():
        _write_whole(Path(default_storage.path(name)), data)
    else:
        default_storage.save(name, ContentFile(data))
    return sha256


def store_file(path: Path) -> str:
    """Store a whole file, which is gone from its place then, and return its SHA-256.

    Reads it piece by piece, however large it is. The file comes from begin_file. Raises OSError.
    """
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
        name = path_of(sha256)
        if not default_storage.exists(name):
            if _is_on_disk():
                _name(path, Path(default_storage.path(name)))
            else:
                file.seek(0)
                default_storage.save(name, File(file))
    path.unlink(missing_ok=True)
    return sha256


def begin_file() -> Path:
    """Return the path of a new empty file to write, beside the blobs where they are on a disk.

    What is left of it after a crash is cleared with other unfinished files.
    """
    begun = Path(default_storage.path(UNFINISHED)) if _is_on_disk() else None
    if begun is not None:
        begun.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=begun)
    os.close(handle)
    return Path(name)


def open_blob(sha256: str) -> IO[bytes]:
    """Return the stored bytes as an open file. Raises FileNotFoundError."""
    return default_storage.open(path_of(sha256), "rb")


def remove_blob(sha256: str) -> None:
    """Delete stored bytes; the caller knows that nothing else names them. Twice is once."""
    default_storage.delete(path_of(sha256))


def clear_unfinished(*, older: timedelta) -> int:
    """Remove what processes that were killed had begun to write; return how many files."""
    if not _is_on_disk():
        return 0
    begun = Path(default_storage.path(UNFINISHED))
    until = time.time() - older.total_seconds()
    left = [path for path in begun.glob("*") if path.stat().st_mtime < until]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def _is_on_disk() -> bool:
    return isinstance(default_storage, FileSystemStorage) or hasattr(default_storage, "location")


def _write_whole(path: Path, data: bytes) -> None:
    temporary = begin_file()
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _name(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _name(whole: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    whole.replace(path)
