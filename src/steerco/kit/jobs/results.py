"""Files that jobs leave behind: stored under the hash of their content, whole or not at all."""

import hashlib
import os
import tempfile
from pathlib import Path

from django.conf import settings


def store_result(name: str, content: bytes) -> str:
    """Write `content` durably below the media folder; returns its path there.

    The same content is stored once. `name` is what a download is called; only its last part is used.
    """
    digest = hashlib.sha256(content).hexdigest()
    relative = Path("jobs") / digest[:2] / digest / Path(name).name
    target = Path(settings.MEDIA_ROOT) / relative
    if target.exists():
        return str(relative)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(file.name, target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the name itself must survive a power cut
    finally:
        os.close(folder)
    return str(relative)
