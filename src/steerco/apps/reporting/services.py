"""Writes of packs: ask for one, build it, and keep the organisation's templates."""

import hashlib
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from steerco.apps.cycles.models import FrozenReport
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.readers import as_readers
from steerco.apps.reporting.content import pack_content
from steerco.apps.reporting.models import Pack, PackFile, PackTemplate
from steerco.apps.reporting.published import published_content
from steerco.apps.reporting.template_report import examined, problem_text
from steerco.exchange.packs.content import PackContent
from steerco.exchange.packs.formats import FORMATS
from steerco.exchange.packs.printable import fingerprint
from steerco.kit import clock
from steerco.kit.history import Invalid
from steerco.kit.history.writes import append_events
from steerco.kit.jobs.results import store_result
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, require

Progress = Callable[[int, int, str], None]
TEMPLATE_LIMIT = 10 * 1024 * 1024


def request_pack(
    actor: Actor,
    initiative: Initiative,
    *,
    as_of: date | None = None,
    compare: date | None = None,
    formats: Sequence[str] = ("pptx",),
    audience: str = Pack.Audience.READERS,
    frozen: FrozenReport | None = None,
) -> Pack:
    """Record that a pack is wanted, of `frozen` alone if given; whoever asked enqueues or builds it.

    Raises Denied, Invalid.
    """
    require(actor, "pack.build", initiative)
    unknown = sorted(set(formats) - FORMATS.keys())
    if unknown or not formats:
        message = _("Choose among %(known)s.") % {"known": ", ".join(FORMATS)}
        raise Invalid({0: {"formats": [message]}})
    with transaction.atomic():
        pack = Pack.objects.create(
            initiative=initiative,
            frozen=frozen,
            title=initiative.name,
            as_of=as_of or clock.today(),
            compare=compare,
            audience=audience,
            formats=list(dict.fromkeys(formats)),
            language=translation.get_language() or "en",
            requested_by_id=actor.user_id,
            requested_label=actor.label[:200],
            requested_at=clock.now(),
        )
        _note(actor, pack, "pack.requested")
    return pack


def build_pack(actor: Actor, pack: Pack, progress: Progress) -> Pack:
    """Build every format of `pack` as its audience reads it and keep the files. Raises Denied.

    `progress` is told (done, total, what) and may raise to cancel: then nothing of the pack is kept.
    """
    require(actor, "pack.build", pack.initiative)
    started = time.monotonic()
    reader = actor if pack.audience == Pack.Audience.OWN else as_readers(actor, pack.initiative)
    with translation.override(pack.language):
        told = {
            "audience": str(Pack.Audience(pack.audience).label)
            if pack.audience == Pack.Audience.READERS
            else actor.label,
            "attribution": attribution(reader, pack.initiative),
        }
        if pack.frozen is not None:
            content = published_content(pack.frozen, **told)
        else:
            content = pack_content(reader, pack.initiative, pack.as_of, pack.compare, **told)
        files = [_render(content, name, progress) for name in pack.formats]
    with transaction.atomic():
        PackFile.objects.filter(pack=pack).delete()
        PackFile.objects.bulk_create([replace_pack(file, pack) for file in files])
        pack.title, pack.as_of, pack.compare = content.initiative_name, content.as_of, content.compare
        pack.fingerprint, pack.state = fingerprint(content), Pack.State.READY
        pack.seconds = round(time.monotonic() - started, 2)
        pack.save(update_fields=["title", "as_of", "compare", "fingerprint", "state", "seconds"])
        _note(actor, pack, "pack.built")
    return pack


def replace_pack(file: PackFile, pack: Pack) -> PackFile:
    """`file` as part of `pack`."""
    file.pack = pack
    return file


def attribution(actor: Actor, initiative: Initiative) -> str:
    """Where published figures come from, printed on every page that shows them."""
    return ATTRIBUTIONS.get(initiative.example, "")


ATTRIBUTIONS = {
    "gmpp": "Contains public sector information licensed under the Open Government Licence v3.0 "
    "(Infrastructure and Projects Authority, Cabinet Office)."
}


def _render(content: PackContent, name: str, progress: Progress) -> PackFile:
    """One format, rendered to a file and kept by content."""
    template = PackTemplate.objects.filter(format=name, active=True).first()
    source = Path(settings.MEDIA_ROOT) / template.path if template else None
    with tempfile.TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as folder:
        path = Path(folder) / f"pack.{name}"
        FORMATS[name](
            content, path, template=source, progress=lambda done, total: progress(done, total, name)
        )
        data = path.read_bytes()
    compare = f"-against-{content.compare.isoformat()}" if content.compare else ""
    file_name = f"{content.initiative_code}-{content.as_of.isoformat()}{compare}.{name}"
    return PackFile(
        format=name,
        path=store_result(file_name, data),
        name=file_name,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
    )


def fail_pack(pack: Pack, problem: str) -> None:
    """Say why a pack could not be built."""
    Pack.objects.filter(pk=pack.pk, state=Pack.State.WAITING).update(
        state=Pack.State.FAILED, problem=problem[:300]
    )


def add_template(actor: Actor, name: str, data: bytes) -> PackTemplate:
    """Use the organisation's own .pptx or .docx from now on. Raises Denied, Invalid with what is wrong with it."""
    require(actor, "pack.template")
    kind = Path(name).suffix.lower().removeprefix(".")
    if kind not in {"pptx", "docx"}:
        raise Invalid({0: {"file": [_("Choose a .pptx or a .docx file.")]}})
    if len(data) > TEMPLATE_LIMIT:
        raise Invalid({0: {"file": [_("The file is larger than 10 MB.")]}})
    usable, report = examined(kind, data)
    if not usable:
        why = ", ".join(problem_text(code) for code in report["problems"])
        raise Invalid({0: {"file": [_("No pack can stand on this file: %(why)s.") % {"why": why}]}})
    with transaction.atomic():
        PackTemplate.objects.filter(format=kind, active=True).update(active=False)
        template = PackTemplate.objects.create(
            format=kind,
            name=name[:200],
            path=store_result(name, data),
            sha256=hashlib.sha256(data).hexdigest(),
            report=report,
            added_at=clock.now(),
            added_by=actor.label,
        )
        _event(actor, "template.added", None, template._meta.label_lower, template.pk, {"name": [None, name]})
    return template


def drop_template(actor: Actor, template: PackTemplate) -> None:
    """Go back to our own template. Raises Denied."""
    require(actor, "pack.template")
    PackTemplate.objects.filter(pk=template.pk).update(active=False)
    _event(
        actor,
        "template.dropped",
        None,
        template._meta.label_lower,
        template.pk,
        {"name": [template.name, None]},
    )


def _note(actor: Actor, pack: Pack, kind: str) -> None:
    changes = {"formats": [None, pack.formats], "fingerprint": [None, pack.fingerprint]}
    _event(actor, kind, pack.initiative.entry_id, pack._meta.label_lower, pack.pk, changes)


def _event(actor: Actor, kind: str, entry: int | None, model: str, pk: int, changes: dict[str, Any]) -> None:
    append_events(actor, [Event(kind=kind, entry_id=entry, model=model, object_id=pk, changes=changes)])
