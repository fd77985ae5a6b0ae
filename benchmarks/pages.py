"""The pages that the load test asks for, and the requests that a reader's browser would send for them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from steerco.apps.access.models import User
from steerco.apps.initiatives.models import Initiative, Post
from steerco.apps.initiatives.policy import actor_for
from steerco.kit.permissions import Actor, Via
from steerco.kit.registers.forms import RecordForm
from steerco.kit.registers.register import register_of

TOKEN = "b" * 32  # what the browser's cookie and the request's header say alike


@dataclass(frozen=True)
class Page:
    """A page of the product: its name, the budget for its 95th percentile in milliseconds, its address."""

    name: str
    budget: int
    path: str


@dataclass(frozen=True)
class Sent:
    """One request: method, path, form body ("" for none)."""

    method: str
    path: str
    body: str = ""


@dataclass(frozen=True)
class Reader:
    """Who reads: the name in the tables, the actor, the session's cookies, and the places they look at."""

    name: str
    actor: Actor
    cookies: str
    portfolio: str
    project: str
    risk: int

    @property
    def headers(self) -> dict[str, str]:
        """What every request of this reader's browser carries."""
        return {"Cookie": self.cookies, "X-CSRFToken": TOKEN, "Accept-Language": "en"}


LIST, SAVE, DASHBOARD = 300, 200, 500


def pages_for(reader: Reader) -> list[Page]:
    """The pages that `reader` may open, the cheap ones first."""
    risks = "/registers/risks/"
    pages = [
        Page("home", DASHBOARD, "/"),
        Page("risk list", LIST, risks),
        Page("risk list, filtered", LIST, f"{risks}?direction=threat&response=reduce&score_min=12"),
        Page("risk list, sorted by review", LIST, f"{risks}?sort=next_review"),
        Page("risk list, sorted by owner", LIST, f"{risks}?sort=owner"),
        Page("risk list, searched", LIST, f"{risks}?q=insolvency+ferry"),
        Page("risk list, grouped", LIST, f"{risks}?by=category"),
        Page("risk list, compared", LIST, f"{risks}?compare=2026-10-20"),
        Page("risk matrix", DASHBOARD, f"{risks}matrix/"),
        Page("people", LIST, "/registers/people/"),
        Page("initiatives as a list", LIST, "/registers/initiatives/"),
        Page("portfolio tree", LIST, "/portfolio/"),
        Page("search", LIST, "/search/?q=insolvency"),
        Page("API list of risks", LIST, "/api/v1/risks/"),
    ]
    if reader.project:
        scope = urlencode({"in": reader.portfolio or reader.project})
        pages += [
            Page("risk list of a place", LIST, f"{risks}?{scope}"),
            Page("risk page", LIST, f"{risks}{reader.risk}/"),
            Page("project page", DASHBOARD, f"/portfolio/{reader.project}/"),
        ]
    if reader.portfolio:
        pages += [
            Page("portfolio dashboard", DASHBOARD, f"/portfolio/{reader.portfolio}/"),
            Page("reports below a portfolio", LIST, f"/figures/{reader.portfolio}/initiatives/"),
        ]
    if reader.name == "all":
        pages.append(Page("dashboard over everything", DASHBOARD, "/portfolio/ALL-00001/"))
    return pages


def readers() -> list[Reader]:
    """The four readers of the generated organisation, signed in."""
    emails = [f"{name}@large.example" for name in ("portfolio", "project")]
    held = {
        p.holdings.get().person.email.partition("@")[0]: p.initiative
        for p in Post.objects.filter(holdings__person__email__in=emails)
    }
    portfolio, project = held["portfolio"], held["project"]
    if portfolio is None or project is None:
        raise LookupError("the readers hold no posts: generate the organisation anew")
    inside = Initiative.objects.filter(
        above__ancestor=portfolio, type=Initiative.Type.PROJECT, restricted_by=None
    )
    places = {
        "all": (portfolio.code, project),
        "portfolio": (portfolio.code, inside.filter(risks__deleted=False).order_by("code").first()),
        "project": ("", project),
        "none": ("", None),
    }
    return [_signed_in(name, *place) for name, place in places.items()]


def _signed_in(name: str, portfolio: str, project: Initiative | None) -> Reader:
    user = User.objects.get(email=f"{name}@large.example")
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    cookies = f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
    actor = actor_for(user, Via.SESSION)
    risk = 0
    if project is not None:
        risk = (
            register_of("risk").rows(actor).filter(initiative=project).order_by("pk").values_list("pk")[0][0]
        )
    return Reader(name, actor, cookies, portfolio, project.code if project else "", risk)


def saves(reader: Reader, kind: str, count: int) -> Iterator[Sent]:
    """`count` requests that each change another risk that `reader` may edit: one cell, or the whole form."""
    register = register_of("risk")
    rows = register.rows(reader.actor).filter(restricted_by=None).exclude(state="closed").order_by("-pk")
    if reader.project and not reader.portfolio:
        rows = rows.filter(initiative__code=reader.project)
    chosen = list(rows[:count])
    for number in range(count):
        row = chosen[number % len(chosen)]
        version = row.version + number // len(chosen)
        title = f"{row.title.partition(' / ')[0]} / {row.version}.{number}"
        if kind == "cell":
            values: dict[str, Any] = {"title": title, "version": version}
            yield Sent("POST", f"/registers/risks/{row.pk}/cell/title/", urlencode(values))
            continue
        form = RecordForm(register, reader.actor, None, row=row)
        values = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
        values = {name: value for name, value in values.items() if value is not None}
        values |= {
            "title": title,
            "version": version,
            "idempotency_key": f"{kind}-{row.pk}-{row.version}-{number}",
        }
        yield Sent("POST", f"/registers/risks/{row.pk}/edit/", urlencode(values))
