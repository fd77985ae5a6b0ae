"""What the OpenAPI document says of a register's operations."""

from typing import Any

from steerco.interfaces.api import parameters
from steerco.interfaces.api.operations import (
    MOMENT,
    NUMBER,
    TEXT,
    Operation,
    Schema,
    array_of,
    in_header,
    in_path,
    in_query,
    object_of,
)
from steerco.interfaces.api.paging import page_schema
from steerco.interfaces.api.representation import row_schema
from steerco.interfaces.api.values import change_schema, circumstances, new_schema
from steerco.kit.registers.register import Register

PK = in_path("id")
ONCE = in_header(
    "Idempotency-Key", "A key of your own: the same call sent again is done once. At most 80 characters."
)
IF_MATCH = in_header("If-Match", "The version that you read, instead of “version” in the body; * for any.")
VERSION = ("version", {"type": "integer", "minimum": 0})


def _tag(register: Register) -> str:
    return str(register.label_plural)


def rows_schema(register: Register) -> Any:
    """Several rows."""
    return object_of({"results": array_of(row_schema(register))})


def of_list(register: Register, most: int) -> dict[str, Operation]:
    """List, create, change several."""
    tag = _tag(register)
    new = new_schema(register)
    row = row_schema(register)
    each = change_schema(register, ("id", NUMBER), VERSION, *circumstances(register), name="ChangeOfSeveral")
    each = Schema(each.name, {**each.schema, "required": ["id"]})
    open_only = "Without “group” or “state”: the open ones only, as on the page." if register.states else ""
    return {
        "GET": Operation(
            f"{register.key}_list",
            f"List: {tag}",
            tag,
            {200: page_schema(row_schema(register))},
            open_only,
            None,
            parameters.described(register),
        ),
        "POST": Operation(
            f"{register.key}_create",
            f"Create: {tag}",
            tag,
            {201: {"oneOf": [row, rows_schema(register)]}},
            f"An object makes one; a list of at most {most} makes all or none.",
            {"oneOf": [new, array_of(new, maxItems=most)]},
            [ONCE],
        ),
        "PATCH": Operation(
            f"{register.key}_change_several",
            f"Change several: {tag}",
            tag,
            {200: rows_schema(register)},
            f"At most {most}, each with its “id” and “version”; all or none.",
            array_of(each, maxItems=most),
            [IF_MATCH, ONCE],
        ),
    }


def of_detail(register: Register) -> dict[str, Operation]:
    """Read, change, delete."""
    tag = _tag(register)
    row = row_schema(register)
    at = in_query("as_at", MOMENT, "The row as the system held it then.")
    body = change_schema(register, VERSION, *circumstances(register), name="Change")
    return {
        "GET": Operation(f"{register.key}_read", f"Read: {tag}", tag, {200: row}, parameters=[PK, at]),
        "PATCH": Operation(
            f"{register.key}_change",
            f"Change: {tag}",
            tag,
            {200: row},
            "Needs the “version” that you read, or If-Match. 409 says what somebody else wrote meanwhile.",
            body,
            [PK, IF_MATCH, ONCE],
        ),
        "DELETE": Operation(
            f"{register.key}_delete",
            f"Delete: {tag}",
            tag,
            {204: None},
            "A mark: it can be restored.",
            None,
            [PK, ONCE],
        ),
    }


def of_restore(register: Register) -> dict[str, Operation]:
    """Restore."""
    tag = _tag(register)
    answers = {200: row_schema(register)}
    return {
        "POST": Operation(f"{register.key}_restore", f"Restore: {tag}", tag, answers, parameters=[PK, ONCE])
    }


def of_transition(register: Register) -> dict[str, Operation]:
    """Take a transition."""
    tag = _tag(register)
    keys = [t.key for t in register.states.transitions] if register.states else []
    asked = sorted(
        {name for t in (register.states.transitions if register.states else ()) for name in t.asks}
    )
    whole = change_schema(register, name="Transition")
    fields = {name: whole.schema["properties"][name] for name in asked if name in whole.schema["properties"]}
    body = Schema(whole.name, object_of({**fields, **dict([VERSION, *circumstances(register)])}, closed=True))
    return {
        "POST": Operation(
            f"{register.key}_transition",
            f"Take to the next state: {tag}",
            tag,
            {200: row_schema(register)},
            "With the fields that the transition asks for.",
            body,
            [PK, in_path("key", {"type": "string", "enum": keys}), IF_MATCH, ONCE],
        )
    }


def of_history(register: Register, limit: int) -> dict[str, Operation]:
    """Read the history."""
    tag = _tag(register)
    change = object_of({"field": TEXT, "label": TEXT, "before": TEXT, "after": TEXT})
    event = object_of(
        {
            "at": MOMENT,
            "who": TEXT,
            "behalf_of": TEXT,
            "behalf_source": TEXT,
            "kind": TEXT,
            "reason": TEXT,
            "changes": array_of(Schema("ChangedField", change)),
        }
    )
    answer = object_of({"results": array_of(Schema("Event", event))})
    what = f"The last {limit} events, newest first; values in words, in your language."
    return {
        "GET": Operation(f"{register.key}_history", f"History: {tag}", tag, {200: answer}, what, None, [PK])
    }
