from datetime import timedelta
from http import HTTPStatus

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from procrastinate.contrib.django import app


def test_healthz_process_lives_without_asking_the_database(client):
    response = client.get("/healthz")

    assert (response.status_code, response.json()) == (HTTPStatus.OK, {"status": "ok"})
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_readyz_all_is_well_answers_ok(client):
    response = client.get("/readyz")

    assert response.status_code == HTTPStatus.OK
    assert response.json() == {
        "status": "ok",
        "checks": {"database": "ok", "migrations": "ok", "jobs": "ok"},
    }


@pytest.mark.django_db
def test_readyz_migration_pending_says_how_many(client):
    MigrationRecorder(connection).record_unapplied("sessions", "0001_initial")

    response = client.get("/readyz")

    assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert response.json() == {
        "status": "unavailable",
        "checks": {"database": "ok", "migrations": "1 not applied", "jobs": "unknown"},
    }


@pytest.mark.django_db
def test_readyz_jobs_that_wait_too_long_are_told_and_pages_answer(client):
    app.configure_task("notices.deliver").defer()
    late = app.configure_task("notices.deliver", schedule_at=timezone.now() - timedelta(hours=1))
    late.defer()

    response = client.get("/readyz")

    assert (response.status_code, response.json()["status"]) == (HTTPStatus.OK, "ok")
    assert response.json()["checks"]["jobs"] == "1 waiting"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_write_is_refused(client, path):
    assert client.post(path).status_code == HTTPStatus.METHOD_NOT_ALLOWED


@pytest.mark.django_db(transaction=True)
def test_readyz_database_away_says_so_and_no_more(client, monkeypatch):
    connection.close()
    with monkeypatch.context() as patch:
        patch.setitem(connection.settings_dict, "HOST", "/nowhere")
        response = client.get("/readyz")
    connection.close()

    assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert response.json() == {
        "status": "unavailable",
        "checks": {"database": "not reachable", "migrations": "unknown", "jobs": "unknown"},
    }
