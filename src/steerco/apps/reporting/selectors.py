"""Reads of packs across initiatives."""

from steerco.apps.reporting.models import PackFile, PackTemplate


def file_paths() -> list[str]:
    """The paths below the media folder that packs and templates name: for the comparison of files with rows."""
    packs = PackFile.objects.values_list("path", flat=True)
    return [*packs, *PackTemplate.objects.values_list("path", flat=True)]
