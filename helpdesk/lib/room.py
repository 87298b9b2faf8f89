"""Room on the disks of this machine. Mail is refused while there is still some left.

The sender of a mail keeps it and tries again; a database whose disk is full may not even start. So
the last bytes are for what nobody else keeps: forms, answers, and the mail that is here already.
"""

import shutil
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from helpdesk.lib.errors import TransientError


class NoRoom(TransientError, OSError):
    """A disk is nearly full."""


def has_room(size: int = 0) -> bool:
    """Whether DISK_RESERVE bytes would be left if so many more were written."""
    reserve: int = settings.DISK_RESERVE
    return min(map(_free, _places())) - size >= reserve


def require_room(size: int) -> None:
    """Refuse mail of so many bytes while the disk is nearly full. Raises NoRoom."""
    if not has_room(size):
        raise NoRoom(_("The disk is nearly full: no mail is taken until there is room."))


def _places() -> set[Path]:
    """Where the embedded database lies, and the files, if they are on a disk of this machine."""
    files = getattr(default_storage, "location", None)
    return {Path(place) for place in (settings.VAR_DIR, files) if place}


def _free(place: Path) -> int:
    """What is free where a directory is, or is to be made."""
    existing = next(path for path in (place, *place.parents) if path.exists())
    return shutil.disk_usage(existing).free
