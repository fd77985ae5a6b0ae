"""Pages made of panels. A lower app owns the page, upper apps add panels to it; neither knows the other."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.http import HttpRequest, QueryDict
from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from steerco.kit import clock
from steerco.kit.journal.unchanged import watch, while_unchanged
from steerco.kit.pages.words import words_now
from steerco.kit.permissions import Actor, reach


@dataclass(frozen=True)
class PageState:
    """What the address says: the date looked at, the date compared with, and everything else."""

    as_of: date | None
    compare: date | None
    query: QueryDict

    @classmethod
    def of(cls, request: HttpRequest) -> "PageState":
        """The state in the request's address; words that are no date count as none."""
        return cls(
            as_of=_date(request.GET.get("as_of", "")),
            compare=_date(request.GET.get("compare", "")),
            query=request.GET,
        )


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


Loader = Callable[[Actor, Any, PageState], dict[str, Any] | None]


@dataclass(frozen=True)
class Panel:
    """A part of a page at `place`. `load` returns the template's context, or None to leave the panel out.

    `width` is in twelfths of the page. Panels stand in the order of `rank`.
    `reads` are the models ("raid.risk") that it shows. A panel that names them is kept as it was made, for everybody
    with the same rights, until one of them is written; so it holds no form that posts, and nothing of the request but
    its address. `personal`: it shows what is the actor's own, and is kept for them alone. `stamp` tells states apart of
    what is computed beside the journal.
    """

    key: str
    place: str
    rank: int
    template: str
    load: Loader
    title: str | Promise = ""
    width: int = 12
    reads: tuple[str, ...] | Callable[[], tuple[str, ...]] = ()
    personal: bool = False
    stamp: Callable[[], Hashable] | None = None


_panels: dict[str, Panel] = {}
_read_by_all: list[str] = []


def every_panel_reads(*models: str) -> None:
    """Name models that any panel may show: settings, words, people."""
    _read_by_all[:] = sorted({*_read_by_all, *models})
    watch(*models)


def declare_panel(panel: Panel) -> None:
    """Add a panel. Raises ValueError when its key is taken."""
    if _panels.get(panel.key, panel) != panel:
        raise ValueError(f"panel declared twice: {panel.key}")
    _panels[panel.key] = panel
    if isinstance(panel.reads, tuple):
        watch(*panel.reads)


def panels_at(place: str) -> list[Panel]:
    """The panels of a place in order."""
    return sorted((p for p in _panels.values() if p.place == place), key=lambda p: (p.rank, p.key))


@dataclass(frozen=True)
class RenderedPanel:
    """A panel ready to stand on its page."""

    key: str
    title: str | Promise
    width: int
    html: SafeString


def render_panels(place: str, request: HttpRequest, actor: Actor, subject: Any) -> list[RenderedPanel]:
    """The panels of `place` for `subject`, those with something to say."""
    rendered = []
    key: tuple[Any, ...] = ()
    for panel in panels_at(place):
        make = partial(_html, panel, request, actor, subject)
        reads = panel.reads() if callable(panel.reads) else panel.reads
        if reads:
            key = key or (get_language(), get_script_prefix(), clock.today(), words_now(), reach(actor))
            asked = ("panel", panel.key, getattr(subject, "pk", None), request.GET.urlencode())
            own = (actor.user_id, actor.parties) if panel.personal else None
            stamp = panel.stamp() if panel.stamp else None
            html = while_unchanged((*reads, *_read_by_all), (*asked, *key, own, stamp), make)
        else:
            html = make()
        if html is not None:
            rendered.append(RenderedPanel(panel.key, panel.title, panel.width, html))
    return rendered


def _html(panel: Panel, request: HttpRequest, actor: Actor, subject: Any) -> SafeString | None:
    state = PageState.of(request)
    context = panel.load(actor, subject, state)
    if context is None:
        return None
    return render_to_string(panel.template, {**context, "subject": subject, "state": state}, request=request)


@dataclass(frozen=True)
class Button:
    """A button that an upper app adds to a page: `address` returns "" where it must not be shown.

    `main`: what people come to the page for. At most one on a page. `posts`: one click does it, on the page of a
    record: the address gets the version that the page shows.
    """

    place: str
    label: str | Promise
    address: Callable[[Actor, Any], str]
    main: bool = False
    posts: bool = False


@dataclass(frozen=True)
class ShownButton:
    """A button ready to stand on its page."""

    label: str | Promise
    url: str
    main: bool
    posts: bool = False


_buttons: list[Button] = []


def declare_button(button: Button) -> None:
    """Add a button to a page."""
    _buttons.append(button)


def buttons_at(place: str, actor: Actor, subject: Any) -> list[ShownButton]:
    """The buttons of `place` that `actor` may use on `subject`."""
    at_place = (b for b in _buttons if b.place == place)
    found = [ShownButton(b.label, b.address(actor, subject), b.main, b.posts) for b in at_place]
    return [b for b in found if b.url]
