"""The order of what the example tells does not depend on the day on which it is loaded."""

from datetime import date, timedelta

from steerco.site.demo.timeline import Timeline


def test_what_is_told_later_happens_later_whatever_the_day() -> None:
    for ahead in range(370):  # a year of days, with every day off on every day of the week
        timeline = Timeline(date(2026, 1, 1) + timedelta(days=ahead))
        told = [timeline.moment(offset, hour, "Ann") for offset in range(-40, 0) for hour in range(6, 18)]
        assert told == sorted(told), timeline.today
        assert len({*told}) == len(told)
