"""Every address of the product with objects to try it on: one's own, a foreign one, a restricted one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from tests.permissions.world import World

from steerco.kit.permissions.inventory import Decision
from steerco.kit.registers.register import registers

# Addresses that are not ours: the sign-in library decides there.
THIRD_PARTY = ("social/", "account_", "mfa_", "socialaccount_", "openid_connect_", "usersessions_")
PUBLIC = frozenset({"health-live", "health-ready", "metrics"})
PLACES = {"own": "A11", "foreign": "B1", "restricted": "HID"}
PAGE_METHODS = ("GET", "POST")
API_METHODS = ("GET", "POST", "PATCH", "DELETE")


@dataclass(frozen=True)
class Route:
    """One address: its full name, its parameters, and what it says that it decides."""

    name: str
    parameters: tuple[str, ...]
    callback: Any

    @property
    def decision(self) -> Decision | None:
        """What the view entered in the inventory."""
        own = getattr(self.callback, "decision", None)
        return own or getattr(getattr(self.callback, "cls", None), "decision", None)


def routes() -> list[Route]:
    """Every address by walking the resolver; a name may stand for several."""
    return list(_walk(get_resolver(), ""))


def _walk(resolver: URLResolver, namespace: str) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern, inner)
        elif isinstance(pattern, URLPattern):
            parameters = tuple(pattern.pattern.regex.groupindex)
            yield Route(f"{namespace}{pattern.name or pattern.pattern}", parameters, pattern.callback)


def is_third_party(route: Route) -> bool:
    """Whether the address belongs to the sign-in library or to Django."""
    return route.name.startswith(THIRD_PARTY) or route.name in {"set_language"}


@dataclass(frozen=True)
class Address:
    """An address to try: the route's full name, what it is called in the matrix and the sample that it is tried on.

    "registers:edit" on "risks"; of the API "api:history" on "risks". `methods` are those to try, "-" for one that the
    address does not have.
    """

    name: str
    route: str
    sample: str
    url: str
    methods: tuple[str, ...]

    @property
    def is_api(self) -> bool:
        """Whether it is an address of the API."""
        return self.name.startswith("api:")


def addresses(world: World, place: str) -> list[Address]:
    """Every address that can be tried on the objects of `place`; those of registers once per register."""
    code = PLACES[place]
    found = []
    for route in routes():
        if is_third_party(route):
            continue
        for sample, values in _samples(route, world, code):
            called, own = _in_matrix(route)
            url = reverse(route.name, kwargs=values)
            found.append(Address(route.name, called, own or sample, url, _methods(route)))
    return found


def _in_matrix(route: Route) -> tuple[str, str]:
    """(route, sample) in the matrix of an API address of a register: "api:risk-history" is "api:history" on "risks"."""
    app, _, rest = route.name.partition(":")
    for register in registers() if app == "api" else ():
        key, _, what = rest.partition("-")
        if key == register.key and not what.startswith("snapshot"):
            return f"api:{what or 'record'}", register.slug
    return route.name, ""


def _methods(route: Route) -> tuple[str, ...]:
    view = getattr(route.callback, "cls", None)
    if view is None:
        return PAGE_METHODS
    # A view without methods (what is no address) refuses all of them before it looks which one it is.
    known = {name.upper() for name in view.http_method_names if hasattr(view, name)}
    return tuple(method if method in known or not known else "-" for method in API_METHODS)


def _samples(route: Route, world: World, code: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(label, parameters) to try a route with. A route whose parameters are not known here fails the test."""
    if not route.parameters:
        yield "", {}
        return
    name = route.name
    if name.startswith(("registers:", "imports:")) and "slug" in route.parameters:
        for register in registers():
            values = _register_values(route, world, register.key, code)
            if values is not None:
                yield register.slug, {"slug": register.slug, **values}
        return
    known = world.samples(name, code)
    if known is None:
        raise LookupError(f"say in World.samples what {name}{route.parameters} is tried with")
    for label, values in known:
        yield label, values


def _register_values(route: Route, world: World, key: str, code: str) -> dict[str, Any] | None:
    rest = set(route.parameters) - {"slug"}
    values: dict[str, Any] = {}
    if "pk" in rest:
        row = world.row(key, code)
        if row is None:
            return None
        values["pk"] = world.saved_view(key, code) if route.name == "registers:remove_view" else row.pk
    if "name" in rest:
        values["name"] = "title" if (key, code) in world.records else "name"
    if "form" in rest:
        values["form"] = "csv"
    if "key" in rest:
        values["key"] = "close"
    return values if values.keys() == rest else None
