"""Files of the contact form: stored at once, so that nobody must choose them again.

What has been stored is carried in the form as a signed list of references: a writer can only
name files they sent themselves.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from helpdesk.lib.blobs import store_blob
from helpdesk.lib.text import clean_line

MOST_FILES = 5
MOST_BYTES = 10 * 1024 * 1024
KEPT_SECONDS = 24 * 3600
_SALT = "webform.files"


@dataclass(frozen=True)
class KeptFile:
    """A file somebody sent, its bytes already stored under their SHA-256."""

    name: str
    content_type: str
    size: int
    sha256: str

    def reference(self) -> dict[str, Any]:
        return asdict(self)


def keep_files(
    uploads: Sequence[UploadedFile], before: Sequence[KeptFile]
) -> tuple[list[KeptFile], list[str]]:
    """Store what was sent beside what was kept before; return all of it and what was wrong.

    A file that is too large, empty or one too many is named in the complaint and left out.
    """
    kept, complaints = list(before), []
    for upload in uploads:
        name = clean_line(upload.name or "", limit=200) or _("file")
        if (upload.size or 0) > MOST_BYTES:
            complaints.append(_("“%(name)s” is larger than 10 MB.") % {"name": name})
        elif not upload.size:
            complaints.append(_("“%(name)s” is empty.") % {"name": name})
        elif len(kept) >= MOST_FILES:
            complaints.append(
                _("You can add up to 5 files; “%(name)s” is one too many.") % {"name": name}
            )
        else:
            kept.append(_stored(upload, name))
    return list(dict.fromkeys(kept)), complaints


def _stored(upload: UploadedFile, name: str) -> KeptFile:
    kind = clean_line(upload.content_type or "", limit=120) or "application/octet-stream"
    return KeptFile(name, kind, upload.size or 0, store_blob(upload.read()))


def sign_files(files: Sequence[KeptFile]) -> str:
    """Return the list as text that comes back unchanged or not at all."""
    return signing.dumps([file.reference() for file in files], salt=_SALT) if files else ""


def read_files(text: str) -> list[KeptFile]:
    """Return the files a signed list names; none when it is forged or older than a day."""
    if not text:
        return []
    try:
        rows = signing.loads(text, salt=_SALT, max_age=KEPT_SECONDS)
    except signing.BadSignature:
        return []
    return [KeptFile(**row) for row in rows][:MOST_FILES]
