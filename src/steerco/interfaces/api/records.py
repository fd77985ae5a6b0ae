"""Every register over REST: list, create, read, change, delete, restore, transitions, history, as it was.

The classes are made per register by `urls`; nothing here knows one of them.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from steerco.interfaces.api import described
from steerco.interfaces.api.errors import BadParameters, Changed, VersionRequired
from steerco.interfaces.api.operations import Operation
from steerco.interfaces.api.paging import Listed
from steerco.interfaces.api.parameters import check, refuse_unknown
from steerco.interfaces.api.representation import present
from steerco.interfaces.api.values import (
    EXPECTED,
    REASON_LENGTH,
    GivenReference,
    Known,
    Refused,
    change_of,
)
from steerco.interfaces.api.views import ApiView
from steerco.kit.history import Change, Conflict, Invalid
from steerco.kit.permissions import Actor, Denied, require
from steerco.kit.registers.forms import BehalfForm
from steerco.kit.registers.listing import queryset_for, sort_keys
from steerco.kit.registers.recordpage import EVENT_LIMIT, held_at, history
from steerco.kit.registers.references import reference
from steerco.kit.registers.register import Register

ROWS_PER_CALL = 500
LARGEST_ID = 2**63 - 1


class RegisterView(ApiView):
    """A view on one register."""

    register: Register

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """The register as the caller sees it."""
        super().initial(request, *args, **kwargs)
        self.register = self.register.seen_by(self.actor)

    def find(self, pk: int, *, deleted: bool = False) -> Any:
        """The row that the caller may see. Raises Http404: hidden is missing."""
        row = self.register.find(self.actor, pk, deleted=deleted)
        if row is None:
            raise Http404
        return row

    def write(
        self, changes: Sequence[Change], circumstances: dict[str, Any], items: Sequence[Any]
    ) -> list[Any]:
        """Write through the register; the rows as the caller sees them now. Raises Changed, Invalid, Denied."""
        written = self.write_as(_acting(self.actor, circumstances), changes, circumstances, items)
        return self.fresh([row.pk for row in written]) or written

    def write_as(
        self, acting: Actor, changes: Sequence[Change], circumstances: dict[str, Any], items: Sequence[Any]
    ) -> list[Any]:
        """Write for whom the caller acts; the rows as the service left them. Raises Changed, Invalid, Denied."""
        try:
            return self.register.write(acting, changes, reason=circumstances.get("reason", ""))
        except Conflict as error:
            raise self._changed(error, changes, items) from error

    def fresh(self, pks: Sequence[int]) -> list[Any]:
        """The rows with those ids, in that order, as far as the caller sees them."""
        found = self.register.rows(self.actor).in_bulk(pks)
        return [found[pk] for pk in pks if pk in found]

    def _changed(self, error: Conflict, changes: Sequence[Change], items: Sequence[Any]) -> Changed:
        """The conflict with their values as they are read and mine as they were sent."""
        theirs = present(self.register, self.actor, [error.instance])[0]
        sent: Any = next((i for c, i in zip(changes, items, strict=True) if c.pk == error.instance.pk), {})
        fields = {
            f.name: {"theirs": theirs.get(f.name), "mine": sent.get(f.name, f.mine)} for f in error.fields
        }
        return Changed(id=error.instance.pk, version=error.instance.version, fields=fields)

    def answer(self, row: Any, status: int = 200) -> Response:
        """One row as the answer."""
        response = Response(present(self.register, self.actor, [row])[0], status=status)
        response["ETag"] = f'"{row.version}"'
        return response


class RecordList(RegisterView):
    """The list of a register."""

    def operations(self) -> dict[str, Operation]:
        """List, create, change several."""
        return described.of_list(self.register, ROWS_PER_CALL)

    def get(self, request: Request) -> Response:
        """The rows that the address means, one page of them."""
        query: QueryDict = request.query_params
        rows, _scope, filters = queryset_for(self.register, self.actor, query)
        columns = self.register.all_columns()
        size = check(self.register, columns, query, filters)
        keys = sort_keys(self.register, columns, query.get("sort", ""), "")
        told = Listed(request, rows, keys, size)
        return Response(told.answer(lambda page: present(self.register, self.actor, page)))

    def post(self, request: Request) -> Response:
        """A new row from an object; new rows from a list of them, all or none."""
        self._may_write("create")
        if isinstance(request.data, list):
            rows = self._write_all(request.data, [None] * len(request.data), [None] * len(request.data))
            return Response({"results": present(self.register, self.actor, rows)}, status=201)
        if not isinstance(request.data, dict):
            raise ParseError(_("An object is expected."))
        row = self._write_all([request.data], [None], [None])[0]
        response = self.answer(row, status=201)
        response["Location"] = reverse(f"api:{self.register.key}", args=[row.pk])
        return response

    def patch(self, request: Request) -> Response:
        """Change the rows that a list of objects names by `id`, each with its `version`; all or none."""
        self._may_write("edit")
        items = request.data
        if not isinstance(items, list):
            raise ParseError(_("A list of objects, each with its id, is expected."))
        ids = [item.get("id") if isinstance(item, dict) else None for item in items]
        usable = [pk for pk in ids if 0 < _whole(pk) <= LARGEST_ID]
        found = self.register.rows(self.actor).in_bulk(usable)
        missing = {
            i: {"id": [_("There is no such entry.")]} for i, pk in enumerate(ids) if not found.get(_whole(pk))
        }
        missing |= {i: {"id": [_("This stands here twice.")]} for i, pk in enumerate(ids) if pk in ids[:i]}
        if missing:
            raise Invalid(missing)
        versions = [expected_version(request, item) for item in items]
        rest = [{k: v for k, v in item.items() if k not in {"id", "version"}} for item in items]
        rows = self._write_all(rest, [found[pk] for pk in ids], versions)
        return Response({"results": present(self.register, self.actor, rows)})

    def _may_write(self, what: str) -> None:
        if not self.register.allows(self.actor, what, anywhere=True):
            raise Denied(self.register.actions[what])

    def _write_all(
        self, items: Sequence[Any], rows: Sequence[Any], versions: Sequence[int | None]
    ) -> list[Any]:
        """All or none; those with the same circumstances in one write. The rows in the order of `items`."""
        if len(items) > ROWS_PER_CALL:
            raise ParseError(_("At most %d rows can be written in one call.") % ROWS_PER_CALL)
        columns = self.register.editable_columns()
        known: Known = {}
        changes: dict[int, Change] = {}
        alike: dict[str, tuple[dict[str, Any], list[int]]] = {}
        refused: dict[int, dict[str, list[str]]] = {}
        for index, (item, row, version) in enumerate(zip(items, rows, versions, strict=True)):
            try:
                fields, circumstances = _apart(self.register, item) if isinstance(item, dict) else (item, {})
                changes[index] = change_of(self.register, self.actor, columns, fields, known, row, version)
            except Refused as error:
                refused[index] = error.errors
            except Invalid as error:
                refused[index] = error.errors[0]
            else:
                key = json.dumps(circumstances, sort_keys=True)
                alike.setdefault(key, (circumstances, []))[1].append(index)
        acting: dict[str, Actor] = {}
        for key, (circumstances, places) in alike.items():
            try:
                acting[key] = _acting(self.actor, circumstances)
            except Invalid as error:
                refused |= dict.fromkeys(places, error.errors[0])
        if refused:
            raise Invalid(refused)
        pks: dict[int, int] = {}
        with transaction.atomic():
            for key, (circumstances, places) in alike.items():
                mine, sent = [changes[i] for i in places], [items[i] for i in places]
                try:
                    written = self.write_as(acting[key], mine, circumstances, sent)
                except Invalid as error:
                    raise Invalid({places[n]: errors for n, errors in error.errors.items()}) from error
                pks |= {place: row.pk for place, row in zip(places, written, strict=True)}
        return self.fresh([pks[index] for index in sorted(pks)])


class RecordDetail(RegisterView):
    """One row of a register."""

    def operations(self) -> dict[str, Operation]:
        """Read, change, delete."""
        return described.of_detail(self.register)

    def get(self, request: Request, pk: int) -> Response:
        """The row, now or as the system held it at an instant (`as_at`)."""
        row = self.find(pk, deleted=True)
        moment = _moment(request.query_params)
        if moment is None:
            return self.answer(row)
        held = held_at(self.register, row, moment)
        if held is None:
            raise Http404
        return Response(present(self.register, self.actor, [held], today=row)[0])

    def patch(self, request: Request, pk: int) -> Response:
        """Change the fields that the body names."""
        row = self.find(pk)
        require(self.actor, self.register.actions["edit"], row)
        item, circumstances = _apart(self.register, request.data)
        version = expected_version(request, item)
        item.pop("version", None)
        columns = self.register.editable_columns()
        try:
            change = change_of(self.register, self.actor, columns, item, {}, row, version)
        except Refused as error:
            raise Invalid({0: error.errors}) from error
        return self.answer(self.write([change], circumstances, [item])[0])

    def delete(self, request: Request, pk: int) -> Response:
        """Mark the row deleted; it can be restored."""
        row = self.find(pk)
        self.register.delete(self.actor, [row.pk])
        return Response(status=204)


class RecordRestore(RegisterView):
    """The return of a deleted row."""

    def operations(self) -> dict[str, Operation]:
        """Restore."""
        return described.of_restore(self.register)

    def post(self, request: Request, pk: int) -> Response:
        """Take the deletion back; a row that is not deleted stays as it is."""
        row = self.find(pk, deleted=True)
        self.register.delete(self.actor, [row.pk], restore=True)
        return self.answer(self.find(pk))


class RecordTransition(RegisterView):
    """The ways from one state to another."""

    def operations(self) -> dict[str, Operation]:
        """Take a transition."""
        return described.of_transition(self.register)

    def post(self, request: Request, pk: int, key: str) -> Response:
        """Take the transition `key`, with the fields that it asks for. `version` is checked where it is given."""
        row = self.find(pk)
        states = self.register.states
        try:
            way = states.transition(key) if states else None
        except LookupError:
            way = None
        if way is None:
            raise Http404
        require(self.actor, way.action, row)
        if row.state not in way.sources:
            message = _("This cannot be done in the state “%s”.") % row.states.by_key[row.state].label
            raise Invalid({0: {"state": [message]}})
        item, circumstances = _apart(self.register, request.data)
        version = expected_version(request, item, needed=False)
        item.pop("version", None)
        columns = {n: c for n, c in self.register.editable_columns().items() if n in way.asks}
        try:
            change = change_of(self.register, self.actor, columns, item, {}, row, version)
        except Refused as error:
            raise Invalid({0: error.errors}) from error
        change.values["state"] = way.target
        return self.answer(self.write([change], circumstances, [item])[0])


class RecordHistory(RegisterView):
    """What happened to a row."""

    def operations(self) -> dict[str, Operation]:
        """Read the history."""
        return described.of_history(self.register, EVENT_LIMIT)

    def get(self, request: Request, pk: int) -> Response:
        """The events, newest first."""
        row = self.find(pk, deleted=True)
        events = [
            {
                "at": event.at,
                "who": event.who,
                "behalf_of": event.behalf,
                "behalf_source": event.source,
                "kind": event.kind,
                "reason": event.reason,
                "changes": [
                    {"field": c.name, "label": c.label, "before": c.before, "after": c.after}
                    for c in event.changes
                ],
            }
            for event in history(self.register, self.actor, row)
        ]
        return Response({"results": events})


def expected_version(request: Request, item: Any, *, needed: bool = True) -> int | None:
    """The version that a change is made of: from the body, else from If-Match; None for `If-Match: *`.

    Raises VersionRequired when neither says it and it is `needed`, ParseError.
    """
    given = item.get("version")
    if given is not None:
        if not _is_whole(given):
            raise ParseError(_("The version is a whole number."))
        return int(given)
    match_header = request.headers.get("If-Match", "").strip()
    if match_header == "*" or (not match_header and not needed):
        return None
    if not match_header:
        raise VersionRequired
    text = match_header.removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise ParseError(_("If-Match holds a version such as “3” or *."))
    return int(text)


def _apart(register: Register, body: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields of a body, and its circumstances: reason, on whose behalf, how that came."""
    if not isinstance(body, dict):
        raise ParseError(_("An object is expected."))
    names = {"reason", "behalf_of", "behalf_source"} if register.is_records else {"reason"}
    circumstances = {name: body[name] for name in names if body.get(name) is not None}
    reason = circumstances.get("reason", "")
    if not isinstance(reason, str) or len(reason) > REASON_LENGTH:
        raise Invalid({0: {"reason": [_("A text of at most %d characters is expected.") % REASON_LENGTH]}})
    return {name: value for name, value in body.items() if name not in names}, circumstances


def _acting(actor: Actor, circumstances: dict[str, Any]) -> Actor:
    """The caller, acting for whom the body names. Raises Invalid."""
    named = {n: v for n, v in circumstances.items() if n != "reason"}
    if not named:
        return actor
    expected = {"behalf_of": (int | str, "reference"), "behalf_source": (str, "string")}
    wrong = {
        name: [EXPECTED[expected[name][1]]()]
        for name, value in named.items()
        if not isinstance(value, expected[name][0]) or isinstance(value, bool)
    }
    if wrong:
        raise Invalid({0: wrong})
    form = BehalfForm(actor, named)
    form.fields["behalf_of"] = GivenReference(reference("party"), actor, required=False, known={})
    if not form.is_valid():
        raise Invalid({0: {name: [str(m) for m in messages] for name, messages in form.errors.items()}})
    return form.acting()


def _moment(query: QueryDict) -> datetime | None:
    """The instant that `as_at` names: with its zone, else UTC; a date means its end. Raises BadParameters."""
    refuse_unknown(query, {"as_at"}, paged=False)
    text = query.get("as_at")
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadParameters({"as_at": [_("An instant such as 2026-10-01T00:00:00Z is expected.")]}) from error
    if len(text) <= 10:
        moment = moment.replace(hour=23, minute=59, second=59, microsecond=999999)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _whole(value: Any) -> int:
    return value if _is_whole(value) else 0
