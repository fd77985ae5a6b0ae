"""The mail that carries notices: one screen of plain words, what is owed first, a reason for each line."""

from dataclasses import replace
from itertools import groupby

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from steerco.apps.initiatives.policy import actor_for
from steerco.apps.notices.lines import Line, line_of
from steerco.apps.notices.models import Notice
from steerco.apps.notices.replies import reply_address
from steerco.apps.notices.services import MAIL
from steerco.apps.organisation.selectors import organisation
from steerco.apps.people.models import Person
from steerco.exchange.mails.letters import CUT
from steerco.kit.journal import outbox
from steerco.kit.journal.models import OutboxMessage
from steerco.kit.permissions import Actor, Via


def reader_of(person: Person) -> Actor | None:
    """The actor that `person` is at this moment; None for somebody without an account."""
    return actor_for(person.user, Via.JOB) if person.user else None


def _render(message: OutboxMessage) -> outbox.Mail | None:
    """The mail as its reader may see it now; None when everything in it is settled or out of their sight."""
    person = Person.objects.select_related("user").filter(pk=int(message.object_key)).first()
    if person is None or person.email != message.recipient:
        return None
    language = person.user.language if person.user and person.user.language else organisation().language
    with translation.override(language):
        reader = reader_of(person)
        notices = (
            Notice.objects.filter(pk__in=message.payload["notices"], person=person)
            .select_related("entry")
            .order_by("pk")
        )
        lines = [
            replace(line, reply=reply_address(person, notice.entry_id))
            for notice in notices
            if (line := line_of(notice, reader))
        ]
        return _mail(person, _once(lines)) if lines else None


def _once(lines: list[Line]) -> list[Line]:
    """Each thing once, with all the reasons for it: what was asked on Saturday and is due on Monday is one thing."""
    found: dict[tuple[str, str, str], Line] = {}
    for line in lines:
        key = (str(line.section), line.text, line.url)
        first = found.setdefault(key, line)
        if line.reason not in first.reason:
            found[key] = replace(first, reason=f"{first.reason} {line.reason}")
    return list(found.values())


def _mail(person: Person, lines: list[Line]) -> outbox.Mail:
    asked = {str(line.section) for line in lines if line.answers}
    lines.sort(key=lambda line: (str(line.section) not in asked, str(line.section)))
    sections = [(name, list(group)) for name, group in groupby(lines, key=lambda line: str(line.section))]
    first = lines[0].text if len(lines) == 1 else _("%(count)s things for you") % {"count": len(lines)}
    context = {
        "person": person,
        "sections": sections,
        "account": bool(person.user),
        "site": settings.PUBLIC_URL.rstrip("/"),
    }
    replies = {line.reply for line in lines}
    if len(replies) == 1 and replies != {""}:
        context["cut"] = CUT
    return outbox.Mail(
        subject=first[:200],
        text=render_to_string("notices/mail.txt", context),
        html=render_to_string("notices/mail.html", context),
        headers=headers(next(iter(replies)) if len(replies) == 1 else ""),
    )


def headers(reply: str = "") -> dict[str, str]:
    """The head of every mail: a machine sent it, so that no machine answers; and where people do."""
    return {"Auto-Submitted": "auto-generated", **({"Reply-To": reply} if reply else {})}


outbox.use_render(MAIL, _render)
