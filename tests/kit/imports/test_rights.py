"""Who may import what where: the register's own rights, row by row; what is hidden cannot be hit by its id."""

import pytest
from django.http import QueryDict
from tests.apps.worlds import actor, browser, initiative, person, record
from tests.kit.imports.files import upload
from tests.kit.imports.test_merging import edited

from steerco.apps.initiatives.models import Initiative
from steerco.apps.raid.models import Risk
from steerco.kit.imports import services
from steerco.kit.imports.exporting import export_list
from steerco.kit.imports.services import Upload
from steerco.kit.permissions import Actor, Denied
from steerco.kit.registers.register import register_by_key

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("read_here")]
RISKS = register_by_key("risk")


@pytest.fixture
def places() -> tuple[Initiative, Initiative]:
    return initiative("P1"), initiative("P2")


def test_a_reader_cannot_import(places: tuple[Initiative, Initiative]) -> None:
    reader = person("Reader One", "viewer")
    with pytest.raises(Denied):
        services.stage(actor(reader), RISKS, [upload(("Title",), (("x",),))], place="P1")
    assert browser(reader).get("/imports/risks/new/").status_code == 403


def test_a_manager_imports_only_where_they_manage(places: tuple[Initiative, Initiative]) -> None:
    manager = actor(person("Manager One", "project_manager", places[0]))
    rows = (("P1", "Mine"), ("P2", "Not mine"))
    run = services.stage(manager, RISKS, [upload(("Project", "Title"), rows)])
    report = services.check(manager, run)
    (refused,) = [row for row in report["rows"] if row["kind"] == "rejected"]
    assert refused["title"] == "Not mine"
    services.apply(manager, run, report["fingerprint"])
    assert list(Risk.objects.values_list("title", flat=True)) == ["Mine"]


def test_team_members_may_not_import_at_all(places: tuple[Initiative, Initiative]) -> None:
    with pytest.raises(Denied):
        member = actor(person("Member One", "team_member", places[0]))
        services.stage(member, RISKS, [upload(("Title",), (("x",),))], place="P1")


def test_hidden_rows_cannot_be_hit_by_their_id(
    operator: Actor, places: tuple[Initiative, Initiative]
) -> None:
    hidden = record("risk", places[1], "Hidden", cause="secret")
    content = export_list(RISKS, operator, QueryDict(""), "xlsx", everything=True).content
    outsider = person("Outside One", "project_manager", places[0], staff=False)
    run = services.stage(actor(outsider), RISKS, [edited(content, {(2, "Cause"): "hit"})])
    report = services.check(actor(outsider), run)
    assert report["counts"]["rejected"] == 1
    assert "secret" not in str(report)
    assert not report["fingerprint"] or services.apply(actor(outsider), run)
    hidden.refresh_from_db()
    assert hidden.cause == "secret"


def test_an_export_holds_what_its_reader_sees(operator: Actor, places: tuple[Initiative, Initiative]) -> None:
    record("risk", places[0], "Shown")
    record("risk", places[1], "Hidden")
    outsider = person("Outside One", "viewer", places[0], staff=False)
    answer = browser(outsider).get("/imports/risks/export.csv?all_columns=1")
    text = answer.content.decode("utf-8-sig")
    assert "Shown" in text
    assert "Hidden" not in text
    assert answer["Content-Disposition"].startswith("attachment")


def test_a_run_of_somebody_else_is_missing(places: tuple[Initiative, Initiative]) -> None:
    one = person("Manager One", "project_manager", places[0])
    other = person("Other Two", "project_manager", places[0])
    run = services.stage(actor(one), RISKS, [upload(("Title",), (("x",),))], place="P1")
    client = browser(other)
    for path in ("", "columns/", "report.csv"):
        assert client.get(f"/imports/runs/{run.pk}/{path}").status_code == 404
    for path in ("check/", "apply/", "undo/", "discard/"):
        assert client.post(f"/imports/runs/{run.pk}/{path}").status_code == 404
    with pytest.raises(Denied):
        services.apply(actor(other), run)


def test_an_entry_that_may_not_be_changed_is_refused(
    operator: Actor, places: tuple[Initiative, Initiative]
) -> None:
    record("risk", places[1], "Theirs", cause="a")
    content = export_list(RISKS, operator, QueryDict(""), "xlsx", everything=True).content
    manager = actor(person("Manager One", "project_manager", places[0]))  # staff: reads all, changes P1
    unchanged = services.stage(manager, RISKS, [Upload("r.xlsx", content)])
    assert services.check(manager, unchanged)["counts"]["unchanged"] == 1
    changed = services.stage(manager, RISKS, [edited(content, {(2, "Cause"): "b"})])
    assert services.check(manager, changed)["counts"]["rejected"] == 1
