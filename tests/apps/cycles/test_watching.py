"""The office watches a cycle: in time or late, what stood there already, what it took by hand; and reminds."""

from datetime import timedelta

import pytest
from tests.apps.cycles.world import FRIDAY, THURSDAY, WEDNESDAY, Programme, milestone, programme
from tests.apps.worlds import OPERATOR, browser, person, posted

from steerco.apps.cycles.models import Cycle
from steerco.apps.cycles.turning import turn
from steerco.apps.cycles.watching import rounds, share_filled, watch
from steerco.apps.followups.models import FollowUp
from steerco.kit import clock

pytestmark = pytest.mark.django_db
TYPED = {"text-achieved": "The wall.", "rating-overall": "green", "take": "submit"}


def write(found: Programme, index: int, end: object = FRIDAY) -> None:
    url = f"/reporting/reports/{found.report(index, end).pk}/"  # type: ignore[arg-type]
    posted(browser(found.people[index]), url, TYPED)


def test_the_trend_counts_what_came_by_the_day_it_was_due() -> None:
    found = programme()
    with clock.at(THURSDAY):
        turn()
        write(found, 0)
    with clock.at(WEDNESDAY.replace(hour=8)):  # after the due day, before the lock
        write(found, 1)
        posted(
            browser(found.rita),
            f"/reporting/reports/{found.report().pk}/",
            {"take": "return", "comment": "?"},
        )
        write(found, 0)  # sent back and given again late: it was in time
    with clock.at(WEDNESDAY):
        turn()
        cycle = Cycle.objects.get(period_end=FRIDAY)
        assert [(one.asked, one.in_time, one.percent) for one in rounds(OPERATOR, cycle)] == [(2, 1, 50)]


def test_the_page_draws_the_course_and_counts_the_work() -> None:
    found = programme()
    with clock.at(THURSDAY):
        milestone(found.streams[0], "First wall", baseline=FRIDAY, forecast=FRIDAY, tier="team")
        turn()
        write(found, 0)
    with clock.at(WEDNESDAY):
        turn()
    later = THURSDAY + timedelta(days=14)
    with clock.at(later):
        turn()
        cycle = Cycle.objects.get(period_end=FRIDAY)
        seen = watch(OPERATOR, cycle)
        assert (seen.work.opened, seen.work.by_hand, seen.year_cycles) == (2, 0, 1)
        last = Cycle.objects.order_by("period_end").last()
        assert last is not None
        page = browser(found.rita).get(f"/reporting/cycles/{last.pk}/").content.decode()
    assert "How it goes" in page
    assert "By hand, this cycle" in page


def test_what_stood_there_is_told_from_what_was_typed() -> None:
    fact = {"kind": "reached", "ref": "MS-1", "title": "Wall", "after": "2026-11-27", "entry": 1}
    content = {
        "parts": [{"text": "abcd", "facts": [fact]}],
        "ratings": [{"computed": "green", "why": ""}],
        "headline": "On plan.",
        "path": {"text": ""},
        "unchanged": False,
    }
    share = share_filled([content])
    assert (share.facts, share.typed) == (1, 12)
    assert share.filled > 12
    assert share_filled([{**content, "unchanged": True}]).typed == 4
    assert share_filled([]).percent is None


def test_nobody_is_reminded_twice_a_day() -> None:
    found = programme()
    with clock.at(THURSDAY):
        turn()
        write(found, 0)
        cycle = Cycle.objects.get()
        url = f"/reporting/cycles/{cycle.pk}/"
        rita = browser(found.rita)
        assert "Remind all who have not reported" in rita.get(url).content.decode()
        assert "1 is reminded with the next mail." in posted(rita, f"{url}remind/", {})
        assert "1 was reminded today already." in posted(rita, f"{url}remind/", {})
        page = rita.get(url).content.decode()
        assert "reminded today" in page
        assert "Remind all" not in page
        assert rita.post(f"{url}remind/", {"report": "nonsense"}).status_code == 404
    assert FollowUp.objects.filter(nudged_on=THURSDAY.date()).count() == 1


def test_who_does_not_wait_for_them_reminds_nobody() -> None:
    found = programme()
    with clock.at(THURSDAY):
        turn()
        url = f"/reporting/cycles/{Cycle.objects.get().pk}/remind/"
        assert browser(person("Vera Viewer", "viewer", found.root)).post(url).status_code == 403
        assert browser(person("Sam Stranger", staff=False)).post(url).status_code == 404
    assert not FollowUp.objects.exclude(nudged_on=None).exists()


def test_one_s_own_reports_and_those_of_the_team_stand_first() -> None:
    found = programme()
    with clock.at(THURSDAY):
        turn()
        own = browser(found.people[0]).get("/reporting/").content.decode()
        assert "You are to report" in own
        assert "Still to come where you lead" not in own
        team = browser(found.rita).get("/reporting/").content.decode()
        assert "Still to come where you lead" in team
        assert "Writer2 Lead" in team
        stranger = browser(person("Sam Stranger", staff=False)).get("/reporting/").content.decode()
    assert "Writer2 Lead" not in stranger
