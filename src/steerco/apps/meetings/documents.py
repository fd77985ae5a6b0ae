"""The agenda or the minutes of a meeting as PDF, with what its reader may see."""

from datetime import timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from steerco.apps.meetings.models import Item, Meeting
from steerco.apps.meetings.selectors import HELD, Line, agenda, attendees_of, quorum
from steerco.apps.organisation.selectors import organisation
from steerco.exchange.agendas.content import Paper, Point
from steerco.exchange.agendas.render import render_paper
from steerco.kit.permissions import Actor, Via


def paper_of(reader: Actor | None, row: Meeting) -> bytes:
    """The agenda, after the meeting the minutes, as a tagged PDF; `reader` None: somebody without an account, who sees
    no item about an entry."""
    actor = reader or Actor(user_id=None, label="", via=Via.JOB)
    settings, lines, attendees = organisation(), agenda(actor, row), attendees_of(row)
    is_over = row.state in HELD
    found = quorum(row, attendees)

    def names(seat: str) -> str:
        return ", ".join(one.shown_name for one in attendees if one.seat == seat)

    facts = [
        (_("When"), f"{date_format(row.day, 'l')}, {date_format(row.day, 'DATE_FORMAT')}, {row.begins}"),
        (_("Length"), _("%(n)s minutes") % {"n": row.minutes}),
        (_("Where"), "\n".join(part for part in (row.place, row.link) if part)),
        (_("Chair"), names("chair") or (row.chair.name if row.chair else "")),
        (_("Secretary"), names("secretary") or (row.owner.name if row.owner else "")),
        (_("Quorum"), _("%(there)s of %(needed)s needed") % vars_of(found) if found and is_over else ""),
    ]
    return render_paper(
        Paper(
            language=(get_language() or "en")[:2],
            kind=_("Minutes of the meeting") if is_over else _("Agenda"),
            title=row.title,
            organisation=settings.name,
            marking=settings.marking,
            state=str(row.states.by_key[row.state].label),
            made_at=row.changed_at,
            facts=tuple((label, text) for label, text in facts if text),
            people=tuple(
                (one.shown_name, str(one.get_presence_display() if is_over else one.get_reply_display()))
                for one in attendees
            ),
            points=tuple(_point(row, number, line, is_over) for number, line in enumerate(lines, 1)),
            words={"people": _("Who comes") if not is_over else _("Who was there"), "points": _("Items")},
        )
    )


def vars_of(found: object) -> dict[str, object]:
    """The figures of a quorum for a sentence."""
    return {"there": getattr(found, "there", 0), "needed": getattr(found, "needed", 0)}


def _point(row: Meeting, number: int, line: Line, is_over: bool) -> Point:
    item = line.item
    starts = timezone.localtime(row.starts) + timedelta(minutes=line.begins)
    about = [str(item.get_kind_display()), item.presenter]
    return Point(
        number=str(number),
        title=line.title,
        about=" · ".join(part for part in about if part),
        time="" if is_over else f"{starts:%H:%M} · {item.minutes} min",
        text=item.text if is_over else "",
        outcome=str(Item.Outcome(item.outcome).label) if is_over and item.outcome else "",
    )


def paper_name(row: Meeting) -> str:
    """The name of its file."""
    what = _("Minutes of the meeting") if row.state in HELD else _("Agenda")
    return f"{slugify(f'{row.title} {row.day.isoformat()} {what}') or 'meeting'}.pdf"
