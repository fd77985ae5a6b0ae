"""The figures of the first page after the cover, the same in every format that has one."""

from steerco.exchange.packs.content import ChangeKind
from steerco.exchange.packs.figures import stand_text
from steerco.exchange.packs.messages import changes_of, off_track, rated, variance
from steerco.exchange.packs.ratings import RatingScale
from steerco.exchange.packs.values import Wording


def tiles(words: Wording) -> list[tuple[str, str, str]]:
    """The figures of the overview: name, value, remark."""
    content, labels, figures = words.content, words.labels, words.figures
    since = labels.since.format(date=stand_text(content, content.compare)) if content.compare else ""
    off = labels.off_track_three if content.scale is RatingScale.THREE_POINT else labels.off_track
    left_out = sum(item.count for item in content.coverage.excluded)
    found = [
        (
            labels.projects,
            figures.number(content.coverage.projects),
            labels.excluded_count.format(count=figures.number(left_out)) if left_out else "",
        ),
        (
            off,
            figures.number(off_track(content)),
            labels.of_projects.format(total=figures.number(rated(content))),
        ),
    ]
    if content.compare:
        counts = [
            len(changes_of(content, kind)) for kind in (ChangeKind.RATING_WORSE, ChangeKind.RATING_BETTER)
        ]
        found.append((f"{labels.got_worse} / {labels.got_better}", f"{counts[0]} / {counts[1]}", since))
        later = len(changes_of(content, ChangeKind.END_LATER))
        found.append((labels.end_dates_moved, figures.number(later), since))
    for total in content.money_totals[:1]:
        if total.forecast is not None:
            share = variance(total)
            remark = ""
            if share is not None:
                percent = figures.signed(figures.percent(share, 1), 1 if share > 0 else 0)
                remark = labels.against_budget.format(percent=percent)
                if content.money_date is not None:
                    remark = f"{percent}, {labels.data_of.format(date=figures.day(content.money_date))}"
            found.append((labels.year_forecast, figures.money(total.forecast), remark))
        if total.whole_life is not None:
            change = ""
            if total.whole_life_compared is not None:
                change = (
                    f"{figures.money_change(total.whole_life, total.whole_life_compared)} {since}".strip()
                )
            found.append((labels.whole_life, figures.money(total.whole_life), change))
    return found
