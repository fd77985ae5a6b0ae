"""What was found in an uploaded template: asked of the exchange once, kept as codes, told in the reader's words."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.exchange.packs.docx.report import describe_document
from steerco.exchange.packs.pptx.house import describe_template

PROBLEMS = {
    "not-a-zip": gettext_lazy("the file is damaged"),
    "doctype": gettext_lazy("it holds XML that is not let in"),
    "too-many-parts": gettext_lazy("it has too many parts"),
    "too-large": gettext_lazy("it is too large when unpacked"),
    "unsafe-name": gettext_lazy("it names a part outside itself"),
    "encrypted": gettext_lazy("it has a password"),
    "macros": gettext_lazy("it holds macros; save it without"),
    "nested-archive": gettext_lazy("it holds an archive"),
    "not-a-presentation": gettext_lazy("it is no PowerPoint file"),
    "no-layouts": gettext_lazy("it has no layouts"),
    "page-too-small": gettext_lazy("its pages are too small"),
    "not-a-document": gettext_lazy("it is no Word file"),
    "no-fields": gettext_lazy("it names no field of the pack"),
}
# Codes that carry a word: what stands before the colon.
PROBLEMS_OF = {
    "theme-font-unknown": gettext_lazy("%s: a typeface whose widths are not known; lines may break early"),
    "own-geometry": gettext_lazy("%s: the layout leaves too little room; our own geometry stands on it"),
    "syntax": gettext_lazy("a field is written wrongly: %s"),
    "unknown-field": gettext_lazy("%s: no field of the pack; nothing is printed there"),
}
ROLES = {
    "cover": gettext_lazy("cover"),
    "page": gettext_lazy("page"),
    "project": gettext_lazy("project page"),
    "blank": gettext_lazy("blank page"),
}


def examined(kind: str, data: bytes) -> tuple[bool, dict[str, list[str]]]:
    """Whether a pack can stand on the .pptx or .docx `data`, and what was found: lists of names and codes.

    Keys: "found" (layouts) or "used" (fields), "missing" (roles of layouts), "problems".
    """
    with tempfile.NamedTemporaryFile(suffix=f".{kind}", dir=settings.FILE_UPLOAD_TEMP_DIR) as file:
        file.write(data)
        file.flush()
        path = Path(file.name)
        if kind == "docx":
            document = describe_document(path)
            return document.usable, {"used": list(document.used), "problems": list(document.problems)}
        deck = describe_template(path)
    found = {"found": list(deck.found), "missing": list(deck.missing), "problems": list(deck.problems)}
    return deck.usable, found


def problem_text(code: str) -> str:
    """A problem's code in the reader's words. Raises KeyError for a code that has none."""
    if code in PROBLEMS:
        return str(PROBLEMS[code])
    kind, _colon, what = code.partition(":")
    return str(PROBLEMS_OF[kind]) % str(ROLES.get(what, what))


def told(report: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """A stored report as (heading, items), for the page."""
    parts = [
        (_("Layouts found"), list(report.get("found", []))),
        (_("Fields of the pack in use"), list(report.get("used", []))),
        (
            _("Not there; our own geometry stands on its blank layout instead"),
            [str(ROLES[role]) for role in report.get("missing", [])],
        ),
        (_("To look at"), [problem_text(code) for code in report.get("problems", [])]),
    ]
    return [(heading, items) for heading, items in parts if items]
