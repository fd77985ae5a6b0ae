"""Stored files against their names and their rows."""

import hashlib
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models

from steerco.kit.backup.archive import CHUNK
from steerco.kit.backup.rows import tables
from steerco.kit.jobs.models import Job

HASH = re.compile(r"[0-9a-f]{64}")

# Given nothing, the paths below the media folder that an app's rows name.
Paths = Callable[[], Iterable[str]]
_sources: list[Paths] = []


def name_files(source: Paths) -> None:
    """Have `verify_media` expect the files that an app's rows name."""
    _sources.append(source)


def verify_media() -> dict[str, Any]:
    """Read every stored file. Returns the counts `files` and `named`, and the paths that are `missing` (named by a
    row, not there), `damaged` (content is not the hash in the path) and `unnamed`."""
    media = Path(settings.MEDIA_ROOT)
    stored = {p.relative_to(media).as_posix() for p in media.rglob("*") if p.is_file()}
    named = set(named_paths())
    return {
        "files": len(stored),
        "named": len(stored & named),
        "missing": sorted(named - stored),
        "damaged": sorted(path for path in stored if not _is_whole(media / path)),
        "unnamed": sorted(stored - named),
    }


def named_paths() -> list[str]:
    """The paths that rows name: every file field, what jobs left behind, what the apps declared."""
    paths = [path for source in _sources for path in source()]
    paths += list(Job.objects.exclude(result_file="").values_list("result_file", flat=True))
    for model in tables():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.FileField):
                rows = model._base_manager.exclude(**{field.name: ""}).values_list(field.name, flat=True)
                paths += [path for path in rows if path]
    return paths


def _is_whole(path: Path) -> bool:
    """Whether a content-addressed file has the hash that its path names; others cannot be judged."""
    named = [part for part in path.with_suffix("").parts if HASH.fullmatch(part)]
    if not named:
        return True
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest() == named[-1]
