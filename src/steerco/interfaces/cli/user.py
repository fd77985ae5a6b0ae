"""Accounts and the posts that give them rights."""

import argparse
import json
import secrets
import sys

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.apps.access.models import User
from steerco.apps.access.roles import ROLES
from steerco.apps.initiatives.models import Holding, Initiative
from steerco.apps.initiatives.posts import appoint, create_post
from steerco.apps.people.models import Person
from steerco.apps.people.services import write_people
from steerco.interfaces.cli.parsing import Manual, add_json
from steerco.interfaces.cli.prepare import require_prepared
from steerco.interfaces.cli.refusal import Refused
from steerco.kit.history import Change
from steerco.kit.history.writes import append_events
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor

OPERATOR = "steerco user"


MANUAL = Manual(
    gettext_lazy("Accounts and the posts that give them rights."),
    (
        'steerco user add ann@example.org --name "Ann Hill" --role pmo_manager',
        'steerco user add bob@example.org --name "Bob Oak" --role project_manager --on P-12',
        "steerco user role bob@example.org sponsor --on P-7",
        (
            "steerco user password ann@example.org",
            gettext_lazy("reads the new one from standard input, or makes one"),
        ),
        "steerco user disable bob@example.org",
        "steerco user list --json",
    ),
    gettext_lazy(
        "A role is held on an initiative and everything below it (--on CODE), or on the whole organisation."
    ),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-command each for add, list, role, password, disable."""
    words = parser.add_subparsers(dest="word", required=True, metavar="add|list|role|password|disable")
    add = words.add_parser("add", help=_("make an account"))
    add.add_argument("email", metavar=_("email"))
    add.add_argument("--name", metavar=_("NAME"), help=_("the person's name (default: the address)"))
    add.add_argument("--role", choices=sorted(ROLES), help=_("a role to give at once"))
    add.add_argument(
        "--on", metavar=_("CODE"), help=_("the initiative that the role is held on (default: everything)")
    )
    add.add_argument(
        "--password-stdin", action="store_true", help=_("read the password instead of making one")
    )
    listing = words.add_parser("list", help=_("all accounts with their posts"))
    add_json(listing)
    role = words.add_parser("role", help=_("give a role"))
    role.add_argument("email", metavar=_("email"))
    role.add_argument("role", choices=sorted(ROLES), help=_("the role to give"))
    role.add_argument(
        "--on",
        metavar=_("CODE"),
        help=_("the initiative that the role is held on (default: everything)"),
    )
    password = words.add_parser("password", help=_("set a password; all sessions of the account end"))
    password.add_argument("email", metavar=_("email"))
    password.add_argument("--password-stdin", action="store_true", help=_("read it instead of making one"))
    disable = words.add_parser("disable", help=_("close an account, with effect on the next request"))
    disable.add_argument("email", metavar=_("email"))


def run(args: argparse.Namespace) -> int:
    """Do what the word says."""
    require_prepared()
    with transaction.atomic():
        match args.word:
            case "add":
                _add(args)
            case "list":
                _list(args.json)
            case "role":
                _give(_person(_user(args.email)), args.role, args.on)
                place = args.on or _("the whole organisation")
                said = {"address": args.email, "role": args.role, "place": place}
                print(_("%(address)s is now %(role)s on %(place)s") % said)
            case "password":
                user = _user(args.email)
                _set_password(user, args.password_stdin)
                _record("user.password_set", user)
            case "disable":
                user = _user(args.email)
                User.objects.filter(pk=user.pk).update(is_active=False)
                _record("user.disabled", user)
                print(_("%(address)s can no longer sign in") % {"address": user.email})
    return 0


def _user(email: str) -> User:
    user = User.objects.filter(email=email.lower()).first()
    if user is None:
        raise Refused(_("there is no account %(address)s") % {"address": email})
    return user


def _person(user: User) -> Person:
    person = Person.objects.filter(user=user).first()
    if person is None:
        raise Refused(
            _("%(address)s is nobody's account yet: link it to a person first") % {"address": user.email}
        )
    return person


def _add(args: argparse.Namespace) -> None:
    email = args.email.lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise Refused(_("%(address)s is no e-mail address") % {"address": args.email}) from error
    if User.objects.filter(email=email).exists():
        raise Refused(_("there is an account %(address)s already") % {"address": email})
    user = User.objects.create_user(email)
    known = Person.objects.filter(email__iexact=email, user=None).first()
    values = (
        {"user": user, "email": email}
        if known
        else {"user": user, "email": email, "name": args.name or email}
    )
    person = write_people(Actor.operator(OPERATOR), [Change(values, pk=known.pk if known else None)])[0]
    _record("user.created", user)
    if args.role:
        _give(person, args.role, args.on)
    _set_password(user, args.password_stdin)


def _set_password(user: User, from_stdin: bool) -> None:
    password = sys.stdin.readline().rstrip("\n") if from_stdin else secrets.token_urlsafe(12)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    user.set_password(password)
    user.save(update_fields=["password"])
    said = {"address": user.email, "password": password}
    told = (
        _("%(address)s can sign in")
        if from_stdin
        else _("%(address)s can sign in with the password %(password)s")
    )
    print(told % said)


def _give(person: Person, role: str, code: str | None) -> None:
    initiative = None
    if code is not None:
        initiative = Initiative.objects.filter(code=code).first()
        if initiative is None:
            raise Refused(_("there is no initiative %(code)s") % {"code": code})
    operator = Actor.operator(OPERATOR)
    appoint(operator, create_post(operator, initiative, role), person)


def _record(kind: str, user: User) -> None:
    event = Event(kind=kind, model="access.user", object_id=user.pk, changes={"email": [None, user.email]})
    append_events(Actor.operator(OPERATOR), [event])


def _list(as_json: bool) -> None:
    posts: dict[int, list[str]] = {}
    held = Holding.objects.filter(Holding.in_force(), person__user__isnull=False)
    for user_id, role, code in held.values_list("person__user_id", "post__role", "post__initiative__code"):
        held_on = _("%(role)s on %(code)s") % {"role": role, "code": code} if code else role
        posts.setdefault(user_id or 0, []).append(held_on)
    accounts = [
        {
            "email": user.email,
            "active": user.is_active,
            "last_login": user.last_login.isoformat() if user.last_login else None,
            "posts": sorted(posts.get(user.pk, [])),
        }
        for user in User.objects.order_by("email")
    ]
    if as_json:
        print(json.dumps({"accounts": accounts}, indent=1, ensure_ascii=False))
        return
    for account in accounts:
        closed = "" if account["active"] else "  " + _("(closed)")
        print(f"{account['email']:<40}{', '.join(account['posts'])}{closed}")  # type: ignore[arg-type]
