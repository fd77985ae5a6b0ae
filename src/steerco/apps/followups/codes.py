"""A code in a mail of its own, where the link from a mail is not enough.

It shows that whoever answers reads the mails of that address now. Like the link it stands in no table; it is derived
from the link and the moment of its sending.
"""

from datetime import timedelta

from django.db.models import F
from django.utils import translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from steerco.apps.followups.links import may_open
from steerco.apps.followups.models import AnswerLink
from steerco.apps.organisation.selectors import organisation
from steerco.kit import clock
from steerco.kit.history import Invalid
from steerco.kit.journal import outbox
from steerco.kit.journal.models import OutboxMessage

MAIL = "followups.code"
LIFETIME = timedelta(minutes=15)
MOST_SENT = 6  # codes for one link
MOST_TRIES = 5  # answers with one code
DIGITS = 6


def code_is_out(link: AnswerLink) -> bool:
    """Whether a code was sent that may still be typed."""
    sent = link.code_sent_at
    return sent is not None and clock.now() < sent + LIFETIME and link.code_tries < MOST_TRIES


def send_code(link: AnswerLink) -> None:
    """Send a new code to the link's person; the one before is void. Raises Invalid when too many were asked for."""
    if not link.person.email:
        raise Invalid({0: {"code": [_("There is no address to send a code to.")]}})
    now = clock.now()
    free = AnswerLink.objects.filter(pk=link.pk, codes_sent__lt=MOST_SENT)
    if not free.update(code_sent_at=now, code_tries=0, codes_sent=F("codes_sent") + 1):
        raise Invalid({0: {"code": [_("Too many codes were asked for. Sign in, or ask for a new mail.")]}})
    link.refresh_from_db(fields=["code_sent_at", "code_tries", "codes_sent"])
    outbox.put(link.person.email, MAIL, str(link.pk), period=now.isoformat())


def check_code(link: AnswerLink, typed: str) -> None:
    """Raises Invalid unless `typed` is the code that was sent last. A wrong one counts as a try."""
    open_ = AnswerLink.objects.filter(pk=link.pk, code_tries__lt=MOST_TRIES)
    if not code_is_out(link) or not open_.update(code_tries=F("code_tries") + 1):
        raise Invalid({0: {"code": [_("This code is no longer valid. Ask for a new one.")]}})
    if not constant_time_compare(_code(link), "".join(typed.split())):
        raise Invalid({0: {"code": [_("This is not the code that was sent.")]}})


def _code(link: AnswerLink) -> str:
    sent = link.code_sent_at.isoformat() if link.code_sent_at else ""
    value = f"{link.pk}:{link.nonce}:{sent}"
    digest = salted_hmac("steerco.followups.code", value, algorithm="sha256").hexdigest()
    return str(int(digest, 16) % 10**DIGITS).zfill(DIGITS)


def _render(message: OutboxMessage) -> outbox.Mail | None:
    """The code that was asked for; None when a newer one was, or the link is closed."""
    rows = AnswerLink.objects.select_related("follow_up__entry__initiative", "person__party", "person__user")
    link = rows.filter(pk=int(message.object_key)).first()
    if link is None or link.code_sent_at is None or link.code_sent_at.isoformat() != message.period:
        return None
    if not may_open(link) or link.person.email != message.recipient or not code_is_out(link):
        return None
    user = link.person.user
    with translation.override((user and user.language) or organisation().language):
        code = _code(link)
        lines = (
            _("Your code: %(code)s") % {"code": code},
            link.follow_up.question,
            _(
                "It is valid for %(minutes)s minutes. Nobody else may know it. If you did not ask for it, "
                "you need do nothing."
            )
            % {"minutes": LIFETIME.seconds // 60},
        )
        return outbox.Mail(subject=_("%(code)s is your code") % {"code": code}, text="\n\n".join(lines))


outbox.use_render(MAIL, _render)
