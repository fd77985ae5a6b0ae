import dataclasses
from datetime import UTC, date, datetime

from tests.exchange.packs.contents import pack, pounds

from steerco.exchange.packs.content import Change, ChangeKind, Money, MoneyRow, RatingShare
from steerco.exchange.packs.labels import PackLabels, Plural
from steerco.exchange.packs.messages import (
    changes_message,
    changes_of,
    conflicts_message,
    decisions_message,
    milestones_message,
    money_message,
    project_message,
    ratings_message,
    risks_message,
    variance,
)
from steerco.exchange.packs.ratings import RatingScale, RatingValue, Trend


def shares(**counts: int) -> tuple[RatingShare, ...]:
    return tuple(RatingShare(RatingValue(name), count) for name, count in counts.items())


def worse(count: int) -> tuple[Change, ...]:
    return tuple(Change(ChangeKind.RATING_WORSE, f"P{index}") for index in range(count))


def test_ratings_state_how_many_are_off_track_and_how_many_fell() -> None:
    content = pack(0, distribution=shares(G=80, A=18, AR=20, R=7), changes=worse(31))
    assert ratings_message(content) == (
        "27 of 125 projects are rated red or amber/red; 31 got worse since Sep 2018"
    )
    one = dataclasses.replace(content, distribution=shares(G=3, R=1), changes=())
    assert ratings_message(one) == (
        "1 of 4 projects is rated red or amber/red; none got worse since Sep 2018"
    )
    three = dataclasses.replace(
        content, distribution=shares(G=3, A=1), scale=RatingScale.THREE_POINT, compare=None
    )
    assert ratings_message(three) == "No project is rated red"


def test_messages_take_their_words_from_the_labels() -> None:
    labels = PackLabels(
        off_track="Rot oder Gelb/Rot",
        msg_ratings_off=Plural(
            "{count} von {total} steht auf {names}", "{count} von {total} stehen auf {names}"
        ),
        msg_worse=Plural("{count} schlechter seit {date}", "{count} schlechter seit {date}"),
    )
    content = pack(0, locale="de", labels=labels, distribution=shares(G=3, R=2), changes=worse(1))
    assert ratings_message(content) == "2 von 5 stehen auf rot oder Gelb/Rot; 1 schlechter seit Sep. 2018"


def test_conflicts_name_the_first_deadline_or_how_many_are_late() -> None:
    assert conflicts_message(pack(1)) == (
        "2 conflicts between projects are open; the first is to be resolved by 14 Oct 2019"
    )
    late = pack(1, generated_at=datetime(2019, 10, 20, 9, 0, tzinfo=UTC))
    assert conflicts_message(late) == ("2 conflicts between projects are open; 1 is overdue")
    assert (
        conflicts_message(pack(1, conflicts=pack(1).conflicts[1:])) == "1 conflict between projects is open"
    )


def test_decisions_name_the_first_deadline() -> None:
    assert decisions_message(pack(1)) == "2 decisions are wanted; the first by 21 Oct 2019"
    assert decisions_message(pack(1, decisions=())) == "No decision is asked of this meeting"


def test_changes_count_each_kind_and_put_the_biggest_first() -> None:
    days = [
        Change(ChangeKind.END_LATER, name, before=date(2020, 1, 1), after=date(2020, month, 1))
        for name, month in (("small", 2), ("big", 9), ("middle", 5))
    ]
    content = pack(0, changes=(*worse(1), *days))
    assert changes_message(content) == "1 rating fell; 0 ratings rose; 3 end dates moved out since Sep 2018"
    assert [item.project for item in changes_of(content, ChangeKind.END_LATER)] == ["big", "middle", "small"]
    assert changes_message(pack(0)) == "No rating, end date or cost changed since Sep 2018"
    assert changes_message(pack(0, compare=None)) == "No earlier data to compare with"


def test_money_states_over_under_and_on_budget_per_currency() -> None:
    over = MoneyRow("All", budget=pounds(3000), forecast=pounds(3120))
    under = MoneyRow("All", budget=Money(100_000_00, "EUR"), forecast=Money(80_000_00, "EUR"))
    assert variance(over) == 0.04
    assert money_message(pack(0, money_totals=(over, under))) == (
        "The year is forecast £120m (4.0%) over its budget of £3,000m; "
        "The year is forecast €20k (20%) under its budget of €100k"
    )
    same = MoneyRow("All", budget=pounds(30), forecast=pounds(30))
    assert money_message(pack(0, money_totals=(same,))) == "The year is forecast on its budget of £30m"
    life = MoneyRow("All", whole_life=pounds(500))
    assert money_message(pack(0, money_totals=(life,))) == "Whole-life cost is £500m"
    assert variance(MoneyRow("All", budget=pounds(0), forecast=pounds(3))) is None
    assert variance(dataclasses.replace(over, forecast=Money(1, "EUR"))) is None


def test_milestones_and_risks_state_their_worst() -> None:
    empty = pack(0)
    items = [dataclasses.replace(m, actual=None) for m in pack(4).milestones]
    late = sum((item.days_late or 0) > 0 for item in items)
    assert f"{late} of {len(items)} open milestones" in milestones_message(
        dataclasses.replace(empty, milestones=tuple(items))
    )
    risks = tuple(
        dataclasses.replace(item, probability=p, impact=i)
        for item, (p, i) in zip(pack(9).risks, ((5, 5), (3, 5), (1, 1)), strict=False)
    )
    assert risks_message(pack(0, risks=risks)) == "2 risks score 15 or more; the highest stands at 25"
    assert risks_message(pack(0, risks=risks[2:])) == "No risk scores 15 or more; the highest stands at 1"


def test_a_project_states_its_rating_and_where_its_end_went() -> None:
    content = pack(1)
    page = content.projects[0]
    line = dataclasses.replace(page.dates[-1], compared=date(2020, 1, 1), forecast=date(2021, 3, 1))
    rating = dataclasses.replace(
        page.ratings[0], value=RatingValue.AMBER_RED, previous=RatingValue.AMBER, trend=Trend.WORSE
    )
    page = dataclasses.replace(page, ratings=(rating,), dates=(line,))
    assert project_message(content, page) == (
        "Amber/red, down from amber; end 14 months later than in Sep 2018"
    )


def test_generator_is_seeded() -> None:
    assert pack(5) == pack(5)
    assert pack(5) != pack(5, seed=8)
