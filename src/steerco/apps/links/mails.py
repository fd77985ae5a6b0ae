"""The mail to somebody who was named in a comment, written when it is sent: for what they may read then."""

from collections.abc import Iterable

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from steerco.apps.access.models import User
from steerco.apps.initiatives.policy import actor_for
from steerco.apps.links.models import Comment
from steerco.apps.links.prose import as_plain, mentioned
from steerco.apps.links.references import address, text
from steerco.apps.notices.mail import headers
from steerco.apps.notices.replies import reply_address
from steerco.apps.organisation.selectors import organisation
from steerco.apps.people.models import Party, Person
from steerco.exchange.mails.letters import CUT
from steerco.kit.journal.models import OutboxMessage
from steerco.kit.journal.outbox import Mail, put, use_render
from steerco.kit.permissions import Via

KIND = "comment.mentioned"


def tell_mentioned(comment: Comment, parties: Iterable[int]) -> None:
    """Ask, in the comment's transaction, for a mail to each of these people who has an open account."""
    people = Person.objects.filter(party__in=parties, user__is_active=True).exclude(user=comment.author_id)
    for email in people.values_list("user__email", flat=True):
        put(email, KIND, str(comment.pk))


def _render(message: OutboxMessage) -> Mail | None:
    user = User.objects.filter(email__iexact=message.recipient, is_active=True).first()
    if user is None:
        return None
    actor = actor_for(user, Via.JOB)
    rows = Comment.objects.visible_to(actor).select_related("entry__initiative")
    comment = rows.filter(pk=int(message.object_key), deleted=False).first()
    if comment is None or not mentioned(comment.text) & actor.parties:
        return None
    known = Party.objects.visible_to(actor).filter(pk__in=mentioned(comment.text))
    said = as_plain(comment.text, dict(known.values_list("pk", "name")))
    with translation.override(user.language or organisation().language):
        url = f"{settings.PUBLIC_URL.rstrip('/')}{address(comment.entry)}"
        person = Person.objects.filter(user=user).first()
        reply = reply_address(person, comment.entry_id) if person else ""
        values = {"who": comment.author_label, "what": text(comment.entry)}
        return Mail(
            subject=_("%(who)s named you: %(what)s") % values,
            text="\n\n".join(part for part in (_above(reply), said, f"{url}?part=comments") if part) + "\n",
            headers=headers(reply),
        )


def _above(reply: str) -> str:
    return f"{CUT} {_('Write above this line to comment')} {CUT}" if reply else ""


use_render(KIND, _render)
