"""Accounts: an administrator invites people, sends a link to set a password, closes and opens accounts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from steerco.apps.access.models import User
from steerco.apps.access.roles import ROLES
from steerco.kit import clock
from steerco.kit.history import Invalid
from steerco.kit.history.writes import append_events
from steerco.kit.journal import outbox
from steerco.kit.journal.models import Event, OutboxMessage
from steerco.kit.permissions import Actor, Denied, require


class AccountPeople(Protocol):
    """What `initiatives` knows of accounts: the people behind them and the posts that they hold."""

    def names(self, user_ids: Iterable[int]) -> Mapping[int, str]:
        """Names by user."""

    def posts(self, user_ids: Iterable[int]) -> Mapping[int, Sequence[str]]:
        """What each user holds at present, in words."""

    def matching(self, text: str) -> QuerySet[User]:
        """The users whose person has `text` in the name."""

    def settle(self, actor: Actor, user: User, name: str, role: str) -> None:
        """Make the account that of a person (one with that address, or a new one); `role`: for the organisation."""


_people: list[AccountPeople] = []


def use_account_people(source: AccountPeople) -> None:
    """Install what knows the people behind accounts."""
    _people[:] = [source]


def people() -> AccountPeople:
    """What knows the people behind accounts."""
    return _people[0]


def accounts(actor: Actor, text: str = "") -> QuerySet[User]:
    """Every account, or those whose address or person has `text` in it. Raises Denied."""
    require(actor, "user.edit")
    rows = User.objects.order_by("email")
    if text:
        rows = rows.filter(Q(email__icontains=text) | Q(pk__in=people().matching(text).values("pk")))
    return rows


def invite_user(actor: Actor, email: str, name: str, role: str = "") -> User:
    """A new account with its person, without a password yet. Raises Denied, Invalid.

    `role` "" gives no post: the person then reads what staff read. The link to set the password goes by mail where
    mail is set up; `password_link` shows it too.
    """
    require(actor, "user.edit")
    email = email.strip().lower()
    errors: dict[str, list[str]] = {}
    try:
        validate_email(email)
    except ValidationError as error:
        errors["email"] = list(error.messages)
    if User.objects.filter(email__iexact=email).exists():
        errors["email"] = [_("There is an account with this address already.")]
    if not name.strip():
        errors["name"] = [_("Say who it is.")]
    if role and role not in ROLES:
        errors["role"] = [_("There is no such role.")]
    if errors:
        raise Invalid({0: errors})
    with transaction.atomic():
        user = User.objects.create_user(email)
        append_events(
            actor, [_event("account.invited", user, {"email": [None, email], "role": [None, role]})]
        )
        people().settle(actor, user, name.strip(), role)
        _mail_link(user)
    return user


def make_account(actor: Actor, email: str, name: str) -> User:
    """The account of somebody whom single sign-on vouches for, with its person and no post. Raises Denied, Invalid.

    It has no password; `email` is in lower case and free.
    """
    require(actor, "user.edit")
    with transaction.atomic():
        user = User.objects.create_user(email)
        append_events(actor, [_event("account.created", user, {"email": [None, email]})])
        people().settle(actor, user, name, "")
    return user


def renew_link(actor: Actor, user: User) -> None:
    """Send a new link to set a password. The old password holds until it is set. Raises Denied."""
    require(actor, "user.edit")
    with transaction.atomic():
        append_events(actor, [_event("account.link_renewed", user, {})])
        _mail_link(user)


def password_link(user: User) -> str:
    """The address at which the user sets a password, once; it ends with the next sign-in and after three days."""
    key = default_token_generator.make_token(user)
    where = {"uidb36": user_pk_to_url_str(user), "key": key}
    return settings.PUBLIC_URL.rstrip("/") + reverse("account_reset_password_from_key", kwargs=where)


def set_open(actor: Actor, user: User, is_open: bool) -> None:
    """Close an account, at once for its sessions and tokens too, or open it again. Raises Denied, Invalid."""
    require(actor, "user.edit")
    if user.pk == actor.user_id:
        raise Invalid({0: {"__all__": [_("You cannot close your own account.")]}})
    with transaction.atomic():
        if User.objects.filter(pk=user.pk, is_active=not is_open).update(is_active=is_open):
            append_events(actor, [_event("account.changed", user, {"is_active": [not is_open, is_open]})])


def own_account(actor: Actor) -> User | None:
    """The actor's own account; None for an actor without one."""
    return None if actor.user_id is None else User.objects.filter(pk=actor.user_id).first()


def change_own_account(actor: Actor, language: str, palette: str) -> None:
    """The actor's own language and colours."""
    user = own_account(actor)
    if user is None:
        raise Denied("person.view")
    changes: dict[str, list[object]] = {
        "language": [user.language, language],
        "palette": [user.palette, palette],
    }
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(language=language, palette=palette)
        append_events(actor, [_event("account.changed", user, changes)])


def _event(kind: str, user: User, changes: dict[str, list[object]]) -> Event:
    return Event(kind=kind, model="access.user", object_id=user.pk, changes=changes)


KIND = "account.link"


def _mail_link(user: User) -> None:
    outbox.put(user.email, KIND, str(user.pk), period=clock.now().isoformat(timespec="seconds"))


def _render(message: OutboxMessage) -> outbox.Mail | None:
    """The link is made when the mail is sent: it stands in no table."""
    user = User.objects.filter(pk=int(message.object_key), email=message.recipient, is_active=True).first()
    if user is None:
        return None
    text = _("Set your password here: %(link)s\n\nThe link works once, for three days.") % {
        "link": password_link(user)
    }
    return outbox.Mail(subject=_("Your account"), text=text)


outbox.use_render(KIND, _render)
