"""The OpenAPI document holds: what it allows is answered as it says, what it forbids is refused, nothing breaks."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, Phase, given, settings
from rest_framework.test import APIClient
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)
from tests.apps.worlds import NEEDED
from tests.interfaces.api.world import World

from steerco.interfaces.api.throttling import UserRate
from steerco.kit.registers.register import registers

pytestmark = pytest.mark.django_db
CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = 4


def test_document_is_valid_and_names_every_register(document: Any) -> None:
    validate_schema(document)
    for register in registers():
        assert f"/api/v1/{register.slug}/" in document["paths"]
        held = document["components"]["schemas"][register.model.__name__]["properties"].keys()
        assert held >= {n for n, c in register.all_columns().items() if not c.custom}


def test_document_has_no_operation_twice(document: Any) -> None:
    ids = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(ids) == len(set(ids))
    assert len(ids) > 50


@pytest.fixture
def document(manager: APIClient) -> Any:
    """The document as the office gets it."""
    return manager.get("/api/v1/schema/").json()


@pytest.fixture
def served(document: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The whole application, in this process and in the test's own transaction, at any rate.

    After the document: the test client that fetched it lets requests close the connection again.
    """
    monkeypatch.setattr(UserRate, "THROTTLE_RATES", {"api": None})
    ends = (request_started, request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    yield get_wsgi_application()
    for signal in ends:
        signal.connect(close_old_connections)


@pytest.mark.slow
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda m: m.value)
def test_document_holds(
    manager: APIClient, world: World, document: Any, served: Any, mode: GenerationMode
) -> None:
    known = {r.slug: _row(world, r.key) for r in registers()}
    token = manager._credentials["HTTP_AUTHORIZATION"]
    schema = schemathesis.openapi.from_dict(document)
    schema.app = served
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 50
    checks = [*CHECKS, negative_data_rejection] if mode is GenerationMode.NEGATIVE else CHECKS
    seen: set[int] = set()
    for operation in operations:
        if mode is GenerationMode.NEGATIVE and operation.method != "post":
            continue
        seen |= _try(operation, mode, known, token, checks)
    assert seen >= ({200, 201, 204, 404} if mode is GenerationMode.POSITIVE else {422, 404})


def _row(world: World, key: str) -> int:
    title = world.register(key).title_column
    values: dict[str, Any] = {title: "Known", "initiative": world.project, **NEEDED.get(key, {})}
    if key == "decision_right":
        values |= {"subject": "change", "party": world.people["rita"].party}
    if key == "initiative":
        return world.project.pk
    if key == "person":
        return world.people["viewer"].pk
    if key == "unit":
        values = {"code": "KNOWN", "name": "Known"}
    made: int = world.make(key, **values).pk
    return made


def _try(
    operation: Any, mode: GenerationMode, known: dict[str, int], token: str, checks: list[Any]
) -> set[int]:
    """Call one operation with generated cases on a row that there is; the statuses that came back."""
    seen = set()

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(mode))
    def calls(case: Any) -> None:
        slug = case.path.split("/")[3]
        if "id" in (case.path_parameters or {}) and mode is GenerationMode.POSITIVE:
            case.path_parameters["id"] = known.get(slug, case.path_parameters["id"])
        headers = {"Authorization": token, "Accept-Encoding": "identity"}  # in one process nothing unpacks
        seen.add(case.call_and_validate(headers=headers, checks=checks).status_code)

    calls()
    return seen
