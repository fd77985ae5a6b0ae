"""The office's own settings: read by everybody, written by who configures the organisation."""

from datetime import time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from steerco.apps.initiatives.models import Initiative
from steerco.apps.office.models import OfficeSettings
from steerco.apps.office.working_hours import WorkingHours
from steerco.apps.people.models import Party
from steerco.kit.history import Invalid
from steerco.kit.history.writes import append_events
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, require


def office_settings() -> OfficeSettings:
    """The one row, or its defaults before anybody has saved it."""
    found = OfficeSettings.objects.select_related("place", "party").order_by("pk").first()
    return found or OfficeSettings()


def working_hours() -> WorkingHours:
    """When the office works."""
    return OfficeSettings.hours()


def office_place() -> Initiative | None:
    """Where requests to the office in general stand: what was chosen, else the top of a tree that has only one top."""
    chosen = office_settings().place
    if chosen is not None:
        return chosen
    tops = list(Initiative.objects.filter(parent=None, archived=False).order_by("pk")[:2])
    return tops[0] if len(tops) == 1 else None


def set_office(
    actor: Actor, *, place: Initiative | None, party: Party | None, opens: time, closes: time
) -> OfficeSettings:
    """Change the settings; what is promised from now on follows them. Raises Denied, Invalid."""
    require(actor, "organisation.configure")
    if closes <= opens:
        raise Invalid({0: {"closes": [_("The office closes after it opens.")]}})
    with transaction.atomic():
        row = OfficeSettings.objects.select_for_update().order_by("pk").first() or OfficeSettings()
        values: dict[str, Any] = {"place": place, "party": party, "opens": opens, "closes": closes}
        changes = {n: [_plain(getattr(row, n)), _plain(v)] for n, v in values.items()}
        for name, value in values.items():
            setattr(row, name, value)
        row.save()
        changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
        append_events(
            actor,
            [Event(kind="office.settings", model="office.officesettings", object_id=row.pk, changes=changes)],
        )
    return row


def _plain(value: Any) -> Any:
    return value.pk if hasattr(value, "pk") else value and str(value)
