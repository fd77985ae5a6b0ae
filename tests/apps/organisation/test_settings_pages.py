"""Settings, own fields, risk scales: who changes them, what is refused, what follows from them."""

from datetime import date

import pytest
from django.urls import reverse
from tests.apps import worlds

from steerco.apps.organisation.models import FieldDefinition, Organisation, RiskScale
from steerco.apps.organisation.scales import risk_matrix, set_scale, shipped_steps, steps_of
from steerco.apps.organisation.selectors import organisation, work_week
from steerco.engine.performance.rag import WorkWeek
from steerco.kit.history import Change, Invalid
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Denied
from steerco.kit.registers.register import register_by_key

pytestmark = pytest.mark.django_db

SETTINGS = {
    "name": "Northwind City",
    "marking": "Internal",
    "currency": "gbp",
    "language": "de",
    "fiscal_year_start": "4",
    "palette": "safe",
    "risk_appetite": "12",
    "period_names": "calendar",
}


@pytest.fixture
def ada():
    """A browser of the system administrator."""
    return worlds.browser(worlds.person("Ada Okonkwo", "administrator"))


def test_settings_are_changed_and_journalled(ada) -> None:
    assert ada.post(reverse("organisation:settings"), SETTINGS).status_code == 303
    row = organisation()
    assert (row.name, row.currency, row.fiscal_year_start, row.risk_appetite) == (
        "Northwind City",
        "GBP",
        4,
        12,
    )
    assert row.staff_read_all is False
    assert ada.post(reverse("organisation:settings"), {**SETTINGS, "staff_read_all": "on"}).status_code == 303
    assert Organisation.objects.get().staff_read_all is True
    last = Event.objects.filter(kind="organisation.changed").order_by("-sequence").first()
    assert last is not None
    assert last.changes == {"staff_read_all": [False, True]}
    assert "Northwind City" in ada.get(reverse("organisation:settings")).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"currency": "12"},
        {"currency": "EURO"},
        {"fiscal_year_start": "13"},
        {"risk_appetite": "26"},
        {"name": ""},
        {"holiday_country": "XX"},
        {"holiday_country": "DE", "holiday_region": "QQ"},
        {"holiday_region": "BY"},
        {"own_days_off": "2026-12-24\nsome day"},
        {"period_names": "lunar"},
    ],
)
def test_settings_that_make_no_sense_are_refused(ada, wrong) -> None:
    assert ada.post(reverse("organisation:settings"), {**SETTINGS, **wrong}).status_code == 422
    assert not Organisation.objects.exists()


@pytest.mark.parametrize("name", ["settings", "words", "fields", "scales"])
def test_the_pages_are_for_administrators(name) -> None:
    url = reverse(f"organisation:{name}")
    assert (
        worlds.browser(worlds.person("Jonas Weber", "project_manager", worlds.initiative("PAY")))
        .get(url)
        .status_code
        == 403
    )
    ada = worlds.browser(worlds.person("Ada Okonkwo", "administrator"))
    assert ada.get(url).status_code == 200
    assert ada.get(reverse("organisation:start"))["Location"] == reverse("organisation:settings")


def test_an_own_field_stands_in_its_register_at_once_and_can_be_retired(ada) -> None:
    url = reverse("organisation:fields")
    values = {
        "subject": "risk",
        "label": "Board theme",
        "kind": "choice",
        "choices": "Growth\n\nSafety\nSafety",
    }
    assert ada.post(url, values).status_code == 303
    row = FieldDefinition.objects.get()
    assert (row.key, row.choices) == ("board_theme", ["Growth", "Safety"])
    register = register_by_key("risk")
    assert register is not None
    assert "custom.board_theme" in register.all_columns()
    risk = worlds.record("risk", worlds.initiative("PAY"), "One", custom={"board_theme": "Growth"})
    assert "Board theme" in ada.get(register.url(risk)).content.decode()
    field_url = reverse("organisation:field", args=[row.pk])
    assert ada.post(field_url, {"label": "Theme", "choices": "Growth\nSafety\nPeople"}).status_code == 303
    row.refresh_from_db()
    assert (row.key, row.label, row.kind, row.choices) == (
        "board_theme",
        "Theme",
        "choice",
        ["Growth", "Safety", "People"],
    )
    ada.post(reverse("organisation:retire_field", args=[row.pk]))
    assert "custom.board_theme" not in register.all_columns()
    (kept,) = register.write(worlds.OPERATOR, [Change({"cause": "x"}, pk=risk.pk)])
    assert kept.custom == {"board_theme": "Growth"}
    ada.post(reverse("organisation:retire_field", args=[row.pk]))
    assert "custom.board_theme" in register.all_columns()


def test_a_field_that_cannot_work_is_refused(ada) -> None:
    url = reverse("organisation:fields")
    one_choice = {"subject": "risk", "label": "Theme", "kind": "choice", "choices": "Only"}
    assert ada.post(url, one_choice).status_code == 422
    fine = {"subject": "risk", "label": "Theme", "kind": "text"}
    assert ada.post(url, fine).status_code == 303
    assert ada.post(url, {**fine, "kind": "date"}).status_code == 422
    assert FieldDefinition.objects.get().kind == "text"


def test_scales_are_shipped_changed_by_level_and_given_back(ada) -> None:
    assert [step["label"] for step in shipped_steps("impact")] == [
        "minor",
        "moderate",
        "serious",
        "major",
        "critical",
    ]
    assert shipped_steps("probability")[1] == {"value": 2, "label": "low", "percent": [10, 30]}
    url = reverse("organisation:scales") + "?level=project"
    names = ["tiny", "small", "fair", "big", "huge"]
    data = {"axis": "impact"}
    for value, name in enumerate(names, start=1):
        data |= {
            f"impact-label_{value}": name,
            f"impact-money_{value}": f"{(value - 1) * 1000}.50" if value > 1 else "0",
            f"impact-days_{value}": str(value - 1),
        }
    assert ada.post(url, data).status_code == 303
    steps, owner = steps_of("project", "impact")
    assert owner == "project"
    assert steps[1] == {"value": 2, "label": "small", "money": [100050, 200050], "days": [1, 2]}
    assert steps[4]["money"] == [400050, None]
    assert steps_of("programme", "impact")[1] == "shipped"
    assert risk_matrix("project").impact.level_for("money", 150000).label == "small"
    assert risk_matrix("").impact.level(1).label == "minor"
    assert "tiny" in ada.get(url).content.decode()
    assert ada.post(url, {"axis": "impact", "reset": "1"}).status_code == 303
    assert not RiskScale.objects.exists()
    assert Event.objects.filter(kind="scale.changed").count() == 2


def test_steps_that_do_not_ascend_are_refused(ada) -> None:
    steps = shipped_steps("probability")
    steps[1]["percent"] = [40, 30]
    with pytest.raises(Invalid):
        set_scale(worlds.OPERATOR, "", "probability", steps)
    data = {"axis": "probability"}
    for value in range(1, 6):
        data |= {f"probability-label_{value}": "x", f"probability-percent_{value}": "50"}
    answer = ada.post(reverse("organisation:scales"), data)
    assert answer.status_code == 422
    assert "Each step must begin above the one before." in answer.content.decode()
    with pytest.raises(Denied):
        set_scale(worlds.actor(worlds.person("Jonas Weber")), "", "probability", None)
    assert not RiskScale.objects.exists()


def test_the_general_scale_holds_for_a_level_without_its_own() -> None:
    steps = shipped_steps("probability")
    steps[0]["label"] = "hardly"
    set_scale(worlds.OPERATOR, "", "probability", steps)
    assert steps_of("project", "probability")[1] == ""
    assert risk_matrix("project").probability.level(1).label == "hardly"


def test_holidays_are_set_on_the_page(ada) -> None:
    values = {
        **SETTINGS,
        "holiday_country": "de",
        "holiday_region": "BY",
        "own_days_off": "2026-12-24 Christmas Eve",
    }
    assert ada.post(reverse("organisation:settings"), values).status_code == 303
    week = work_week()
    assert date(2026, 6, 4) in week.holidays  # Corpus Christi, in some regions
    assert date(2026, 11, 1) in week.holidays
    assert date(2026, 12, 24) in week.holidays
    assert week.between(date(2026, 12, 23), date(2026, 12, 28)) == 1


def test_without_a_setting_there_are_no_holidays() -> None:
    assert work_week() == WorkWeek()
