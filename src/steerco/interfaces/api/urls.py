"""The addresses of the API: the same ones for every register, made from what is declared."""

from datetime import date
from typing import Any

from django.urls import URLPattern, path, re_path, register_converter
from django.urls.converters import get_converters

from steerco.interfaces.api.document import Document
from steerco.interfaces.api.files import RecordFile, RecordFileRestore, RecordFiles
from steerco.interfaces.api.own import Me, OneToken, Tokens
from steerco.interfaces.api.records import (
    RecordDetail,
    RecordHistory,
    RecordList,
    RecordRestore,
    RecordTransition,
    RegisterView,
)
from steerco.interfaces.api.snapshots import InitiativeSnapshot, InitiativeSnapshots, SnapshotList
from steerco.interfaces.api.views import NoSuchAddress
from steerco.kit.permissions.inventory import Decision
from steerco.kit.registers.register import Register, registers

app_name = "api"


class Day:
    """A date in a path: 2026-10-01."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        """The date; ValueError makes the address one that there is not."""
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        """The date as it stands in the path."""
        return value.isoformat()


if "day" not in get_converters():
    register_converter(Day, "day")


def routes_of(register: Register) -> list[URLPattern]:
    """The addresses of one register; what it cannot do has none."""
    slug, key, actions = register.slug, register.key, register.actions
    read = Decision(actions["view"], "the rows that the caller may read")
    own = Decision(actions["view"], "the row")
    create = Decision(actions["create"], "the place that the body names")
    edit = Decision(actions["edit"], "each row of the body")
    change = Decision(actions["edit"], "the row")
    detail = {"PATCH": change}
    methods = ["get", "patch", "head"]
    if register.has_deleted:
        detail["DELETE"] = Decision(actions["delete"], "the row")
        methods.append("delete")
    routes = [
        path(
            f"{slug}/",
            _view(RecordList, register, read, {"POST": create, "PATCH": edit}),
            name=f"{key}-list",
        ),
        path(
            f"{slug}/<int:pk>/",
            _view(RecordDetail, register, own, detail, http_method_names=methods),
            name=key,
        ),
        path(f"{slug}/<int:pk>/history/", _view(RecordHistory, register, own, {}), name=f"{key}-history"),
    ]
    if register.has_deleted:
        restore = Decision(actions["delete"], "the row")
        routes.append(
            path(
                f"{slug}/<int:pk>/restore/",
                _view(RecordRestore, register, restore, {"POST": restore}),
                name=f"{key}-restore",
            )
        )
    if register.is_records:
        files = f"{slug}/<int:pk>/files/"
        may = Decision("record.edit", "the row that the file hangs on")
        routes += [
            path(files, _view(RecordFiles, register, own, {}), name=f"{key}-files"),
            path(
                f"{files}<int:file>/",
                _view(RecordFile, register, may, {"DELETE": may}),
                name=f"{key}-file",
            ),
            path(
                f"{files}<int:file>/restore/",
                _view(RecordFileRestore, register, may, {"POST": may}),
                name=f"{key}-file-restore",
            ),
        ]
    if register.states is not None:
        take = Decision(actions["transition"], "the row; a transition may need another action")
        routes.append(
            path(
                f"{slug}/<int:pk>/transitions/<slug:key>/",
                _view(RecordTransition, register, take, {"POST": take}),
                name=f"{key}-transition",
            )
        )
    return routes


def _view(
    view: type[RegisterView],
    register: Register,
    decision: Decision,
    decisions: dict[str, Decision],
    **more: Any,
) -> Any:
    """The callback of `view` for one register."""
    name = f"{register.model.__name__}{view.__name__}"
    known = {"register": register, "decision": decision, "decisions": decisions, "__doc__": view.__doc__}
    made: type[RegisterView] = type(name, (view,), {**known, **more})
    return made.as_view()


urlpatterns = [
    path("schema/", Document.as_view(), name="schema"),
    path("me/", Me.as_view(), name="me"),
    path("tokens/", Tokens.as_view(), name="tokens"),
    path("tokens/<int:pk>/", OneToken.as_view(), name="token"),
    path("snapshots/", SnapshotList.as_view(), name="snapshots"),
    path("initiatives/<int:pk>/snapshots/", InitiativeSnapshots.as_view(), name="initiative-snapshots"),
    path(
        "initiatives/<int:pk>/snapshots/<day:as_of>/",
        InitiativeSnapshot.as_view(),
        name="initiative-snapshot",
    ),
    *(route for register in registers() for route in routes_of(register)),
    re_path("", NoSuchAddress.as_view(), name="no-such-address"),
]
