"""Files that a page gives out: with their type and name, kept by nobody on the way."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

OFFICE = "application/vnd.openxmlformats-officedocument."
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "docx": f"{OFFICE}wordprocessingml.document",
    "ics": "text/calendar; charset=utf-8",
    "pdf": "application/pdf",
    "pptx": f"{OFFICE}presentationml.presentation",
    "xlsx": f"{OFFICE}spreadsheetml.sheet",
}


def type_of(name: str) -> str:
    """The media type of a file by how its name ends. Raises KeyError for an ending that no page gives out."""
    return TYPES[name.rpartition(".")[2]]


def download(content: bytes, name: str) -> HttpResponse:
    """`content` as a file that is saved, never shown, under `name`. Raises KeyError for an unknown ending."""
    answer = HttpResponse(content, content_type=type_of(name))
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer["Cache-Control"] = "private, no-store"
    return answer
