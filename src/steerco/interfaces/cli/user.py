"""Accounts and the posts that give them rights.

  steerco user add ann@example.org --name "Ann Hill" --role pmo_manager
  steerco user add bob@example.org --name "Bob Oak" --role project_manager --on P-12
  steerco user role bob@example.org sponsor --on P-7
  steerco user password ann@example.org          reads the new one from standard input, or makes one
  steerco user disable bob@example.org
  steerco user list --json

A role is held on an initiative and everything below it (--on CODE), or on the whole organisation.
"""

import argparse
import json
import secrets
import sys

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from steerco.apps.access.models import User
from steerco.apps.access.roles import ROLES
from steerco.apps.initiatives.models import Holding, Initiative
from steerco.apps.initiatives.posts import appoint, create_post
from steerco.apps.people.models import Person
from steerco.apps.people.services import write_people
from steerco.interfaces.cli.prepare import require_prepared
from steerco.interfaces.cli.refusal import Refused
from steerco.kit.history import Change
from steerco.kit.history.writes import append_events
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor

OPERATOR = "steerco user"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-command each for add, list, role, password, disable."""
    words = parser.add_subparsers(dest="word", required=True, metavar="add|list|role|password|disable")
    add = words.add_parser("add", help="make an account")
    add.add_argument("email")
    add.add_argument("--name", help="the person's name (default: the address)")
    add.add_argument("--role", choices=sorted(ROLES), help="a role to give at once")
    add.add_argument(
        "--on", metavar="CODE", help="the initiative that the role is held on (default: everything)"
    )
    add.add_argument("--password-stdin", action="store_true", help="read the password instead of making one")
    listing = words.add_parser("list", help="all accounts with their posts")
    listing.add_argument("--json", action="store_true")
    role = words.add_parser("role", help="give a role")
    role.add_argument("email")
    role.add_argument("role", choices=sorted(ROLES))
    role.add_argument("--on", metavar="CODE")
    password = words.add_parser("password", help="set a password; all sessions of the account end")
    password.add_argument("email")
    password.add_argument("--password-stdin", action="store_true", help="read it instead of making one")
    disable = words.add_parser("disable", help="close an account, with effect on the next request")
    disable.add_argument("email")


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
                print(f"{args.email} is now {args.role} on {args.on or 'the whole organisation'}")
            case "password":
                user = _user(args.email)
                _set_password(user, args.password_stdin)
                _record("user.password_set", user)
            case "disable":
                user = _user(args.email)
                User.objects.filter(pk=user.pk).update(is_active=False)
                _record("user.disabled", user)
                print(f"{user.email} can no longer sign in")
    return 0


def _user(email: str) -> User:
    user = User.objects.filter(email=email.lower()).first()
    if user is None:
        raise Refused(f"there is no account {email}")
    return user


def _person(user: User) -> Person:
    person = Person.objects.filter(user=user).first()
    if person is None:
        raise Refused(f"{user.email} is nobody's account yet: link it to a person first")
    return person


def _add(args: argparse.Namespace) -> None:
    email = args.email.lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise Refused(f"{args.email} is no e-mail address") from error
    if User.objects.filter(email=email).exists():
        raise Refused(f"there is an account {email} already")
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
    print(f"{user.email} can sign in" + ("" if from_stdin else f" with the password {password}"))


def _give(person: Person, role: str, code: str | None) -> None:
    initiative = None
    if code is not None:
        initiative = Initiative.objects.filter(code=code).first()
        if initiative is None:
            raise Refused(f"there is no initiative {code}")
    operator = Actor.operator(OPERATOR)
    appoint(operator, create_post(operator, initiative, role), person)


def _record(kind: str, user: User) -> None:
    event = Event(kind=kind, model="access.user", object_id=user.pk, changes={"email": [None, user.email]})
    append_events(Actor.operator(OPERATOR), [event])


def _list(as_json: bool) -> None:
    posts: dict[int, list[str]] = {}
    held = Holding.objects.filter(Holding.in_force(), person__user__isnull=False)
    for user_id, role, code in held.values_list("person__user_id", "post__role", "post__initiative__code"):
        posts.setdefault(user_id or 0, []).append(f"{role} on {code}" if code else role)
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
        closed = "" if account["active"] else "  (closed)"
        print(f"{account['email']:<40}{', '.join(account['posts'])}{closed}")  # type: ignore[arg-type]
