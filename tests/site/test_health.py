"""What machines ask: alive, ready, figures for whom."""

import pytest
from django.db import OperationalError
from django.test import Client

from steerco.kit import clock
from steerco.kit.health import checks
from steerco.kit.jobs.models import Lease

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def beat() -> None:
    now = clock.now()
    Lease.objects.create(name="schedules", holder="host:1", until=now, beat_at=now)


def test_live_needs_no_database(client: Client) -> None:
    response = client.get("/health/live")
    assert (response.status_code, response.content) == (200, b"ok")


def test_ready_when_the_worker_shows_signs_of_life(client: Client) -> None:
    assert client.get("/health/ready").status_code == 503
    beat()
    response = client.get("/health/ready")
    assert response.status_code == 200
    assert response.json() == {
        "ready": True,
        "checks": {"database": "ok", "schema": "ok", "disk": "ok", "worker": "ok"},
    }
    with clock.at(clock.now() + 2 * checks.BEAT):
        assert client.get("/health/ready").json()["checks"]["worker"] == "bad"


def test_not_ready_without_room_schema_or_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    beat()
    monkeypatch.setattr(checks, "FREE_BAD", 10**18)
    assert client.get("/health/ready").json()["checks"]["disk"] == "bad"
    monkeypatch.setattr(checks, "pending_migrations", lambda: ["x.0001"])
    assert client.get("/health/ready").json()["checks"] == {"database": "ok", "schema": "bad"}

    class Gone:
        vendor = "sqlite"

        def cursor(self) -> None:
            raise OperationalError("gone")

    monkeypatch.setattr(checks, "connection", Gone())
    assert client.get("/health/ready").json() == {"ready": False, "checks": {"database": "bad"}}


def test_figures_are_for_this_machine_or_the_token(client: Client, settings: object) -> None:
    beat()
    response = client.get("/metrics")
    assert response.status_code == 200
    assert "steerco_audit_position 0.0" in response.content.decode()
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.9").status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404
    settings.METRICS_TOKEN = "s3cret"  # type: ignore[attr-defined]
    far = {"REMOTE_ADDR": "10.0.0.9"}
    assert client.get("/metrics", headers={"Authorization": "Bearer s3cret"}, **far).status_code == 200  # type: ignore[arg-type]
    assert client.get("/metrics", headers={"Authorization": "Bearer other"}, **far).status_code == 404  # type: ignore[arg-type]
