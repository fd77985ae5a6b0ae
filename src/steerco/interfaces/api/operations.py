"""The OpenAPI document: each view says what its methods do; drf-spectacular puts the pieces together.

Components are named: `Schema("Risk", {...})` stands once in the document and is referred to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Schema:
    """A named schema of the document."""

    name: str
    schema: Json


@dataclass(frozen=True)
class Operation:
    """One method of a view. `answers` maps a status to what it holds (None: nothing)."""

    id: str
    summary: str
    tag: str
    answers: Mapping[int, Json | Schema | None]
    description: str = ""
    body: Json | Schema | None = None
    parameters: Sequence[Json] = field(default_factory=tuple)


def object_of(properties: Mapping[str, Any], *, closed: bool = False, needs: Sequence[str] = ()) -> Json:
    """The schema of an object: all of `properties` are there (`closed`: of a body, only `needs` must be)."""
    required = list(needs) if closed else list(properties)
    schema: dict[str, Any] = {"type": "object", "properties": dict(properties)}
    if required:
        schema["required"] = required
    if closed:
        schema["additionalProperties"] = False
    return schema


def array_of(items: Any, **limits: int) -> Json:
    """The schema of a list."""
    return {"type": "array", "items": items, **limits}


TEXT: Json = {"type": "string"}
NUMBER: Json = {"type": "integer"}
MOMENT: Json = {"type": "string", "format": "date-time"}
DAY: Json = {"type": "string", "format": "date"}
ADDRESS: Json = {"type": "string", "format": "uri", "nullable": True}

_messages = {"type": "object", "additionalProperties": array_of(TEXT)}
ERROR = Schema(
    "Error",
    {
        **object_of({"status": NUMBER, "code": TEXT, "detail": TEXT}),
        "properties": {
            "status": NUMBER,
            "code": TEXT,
            "detail": TEXT,
            "rows": array_of(object_of({"row": NUMBER, "errors": _messages})),
            "parameters": _messages,
            "id": NUMBER,
            "version": NUMBER,
            "fields": {"type": "object", "additionalProperties": object_of({"theirs": {}, "mine": {}})},
        },
    },
)


def in_path(name: str, schema: Json = NUMBER) -> Json:
    """A parameter in the path."""
    return {"name": name, "in": "path", "required": True, "schema": dict(schema)}


def in_query(name: str, schema: Json, description: str = "") -> Json:
    """A parameter of the address."""
    parameter = {"name": name, "in": "query", "schema": dict(schema)}
    return {**parameter, "description": description} if description else parameter


def in_header(name: str, description: str) -> Json:
    """A parameter in the head."""
    return {"name": name, "in": "header", "schema": dict(TEXT), "description": description}


class OperationSchema(AutoSchema):
    """Writes a view's operations into the document."""

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: ComponentRegistry
    ) -> dict[str, Any] | None:
        """The operation as OpenAPI has it."""
        self.registry = registry
        view: Any = self.view
        said: Operation = view.operations()[method]
        answers = {
            str(status): {"description": said.summary, **self._content(schema)}
            for status, schema in said.answers.items()
        }
        refusal = {"description": "Refused", **self._content(ERROR)}
        operation: dict[str, Any] = {
            "operationId": said.id,
            "summary": said.summary,
            "tags": [said.tag],
            "security": [{self._token(): []}],
            "responses": {**answers, "default": refusal},
        }
        if said.description:
            operation["description"] = said.description
        if said.parameters:
            operation["parameters"] = [dict(p) for p in said.parameters]
        if said.body is not None:
            operation["requestBody"] = {"required": True, **self._content(said.body)}
        return operation

    def _content(self, schema: Json | Schema | None) -> dict[str, Any]:
        if schema is None:
            return {}
        return {"content": {"application/json": {"schema": self._resolved(schema)}}}

    def _resolved(self, schema: Any) -> Any:
        """`schema` with its named parts entered in the document and referred to."""
        if isinstance(schema, Schema):
            component = ResolvedComponent(  # type: ignore[no-untyped-call]
                name=schema.name,
                type=ResolvedComponent.SCHEMA,
                schema=self._resolved(schema.schema),
                object=schema.name,
            )
            self.registry.register_on_missing(component)
            return component.ref
        if isinstance(schema, Mapping):
            return {key: self._resolved(value) for key, value in schema.items()}
        if isinstance(schema, list | tuple):
            return [self._resolved(value) for value in schema]
        return schema

    def _token(self) -> str:
        component = ResolvedComponent(  # type: ignore[no-untyped-call]
            name="token",
            type=ResolvedComponent.SECURITY_SCHEMA,
            schema={"type": "http", "scheme": "bearer"},
            object="token",
        )
        self.registry.register_on_missing(component)
        return component.name
