"""One drawing of each kind, for looking at and for the browser's checks."""

from datetime import date, timedelta
from html import escape

from steerco.engine.charts import bars, heat, histogram, lines, sparkline, timeline, treemap

TONES = ["green", "amber-green", "amber", "amber-red", "red", "none"]
LETTERS = ["G", "A/G", "A", "A/R", "R", ""]
TODAY = date(2020, 3, 31)


def rated(counts: list[int]) -> list[bars.Segment]:
    return [
        bars.Segment(tone, count, f"sc-rag-{tone}", letter, f"/projects?rating={tone}")
        for tone, count, letter in zip(TONES, counts, LETTERS, strict=True)
    ]


def drawings() -> dict[str, str]:
    """Return a drawing of each kind by name."""
    steps = [
        sparkline.Step(level, f"sc-rag-{TONES[level - 1]}", f"20{13 + index}") if level else None
        for index, level in enumerate([2, 3, 3, 0, 4, 5, 3])
    ]
    days = [date(2018 + month // 12, month % 12 + 1, 1) for month in range(30)]
    plan = [3.0 * month**2 / 9 for month in range(30)]
    actual = [value * 1.07 + 4 if month < 20 else None for month, value in enumerate(plan)]
    low = [None if month < 19 else value * 1.0 for month, value in enumerate(plan)]
    high = [None if month < 19 else value * (1.05 + month / 150) for month, value in enumerate(plan)]
    slips = [(index * 37 % 211 - 40) * (index % 7) / 3 for index in range(120)]
    costs = [
        ("High Speed Rail", 55700, "red", "R"), ("Crossrail", 17600, "amber-red", "A/R"),
        ("Smart meters", 13500, "amber", "A"), ("Dreadnought", 31000, "amber", "A"),
        ("Carrier aircraft", 9000, "green", "G"), ("A303 Stonehenge", 1700, "amber-red", "A/R"),
        ("Prison estate", 1300, "none", ""), ("Tax digital", 900, "green", "G"),
        ("Courts reform", 1200, "amber", "A"), ("Emergency services network", 9300, "red", "R"),
    ]  # fmt: skip
    levels = ["Very low", "Low", "Medium", "High", "Very high"]
    columns = [heat.Heading(value, levels[value - 1]) for value in range(1, 6)]
    grid = heat.heat_rows(
        [heat.Heading(value, levels[value - 1]) for value in range(5, 0, -1)],
        columns,
        {(p, i): (p * i * 7) % 6 for p in range(1, 6) for i in range(1, 6)},
        tone=lambda p, i, value: (
            f"sc-rag-{TONES[0 if p * i < 5 else 2 if p * i < 10 else 3 if p * i < 15 else 4]}"
        ),
        href=lambda p, i: f"/risks?p={p}&i={i}",
    )
    milestones = [
        timeline.Milestone("Outline case", date(2019, 2, 1), date(2019, 3, 20), "sc-rag-amber"),
        timeline.Milestone("Full business case", date(2019, 9, 1), date(2020, 2, 1), "sc-rag-red", "/m/2"),
        timeline.Milestone("Go-live", date(2020, 10, 1), date(2021, 5, 1), "sc-rag-amber-red", "/m/3"),
    ]
    lanes = [
        timeline.Lane("Crossrail", milestones, "/p/1"),
        timeline.Lane(
            "Emergency services network replacement",
            [
                timeline.Milestone("Pilot", date(2020, 1, 10), date(2020, 1, 10), "sc-rag-green"),
                timeline.Milestone("Regions", date(2020, 4, 1), None),
                timeline.Milestone("Switch-over", date(2020, 4, 20), date(2020, 6, 20), "sc-rag-red"),
            ],
        ),
        timeline.Lane("Smart meters", [timeline.Milestone("End", None, date(2021, 6, 1), "sc-rag-green")]),
    ]
    return {
        "sparkline": sparkline.sparkline([3, 4, None, 6, 5, 9, 8, float("nan"), 12], title="Cost"),
        "steps": sparkline.rating_steps(steps, title="Rating 2013 to 2019", width=120),
        "stack": bars.stacked_bar(rated([20, 31, 40, 22, 9, 3]), title="Ratings"),
        "stacks": bars.stacked_bars(
            [
                bars.Row("Defence", rated([4, 9, 12, 6, 2, 0]), "/u/1"),
                bars.Row("Transport", rated([2, 5, 6, 4, 3, 1]), "/u/2"),
                bars.Row("Health and social care with a long name", rated([1, 0, 2, 1, 0, 0])),
                bars.Row("None yet", rated([0, 0, 0, 0, 0, 0])),
            ],
            title="Ratings by department",
        ),
        "bars": bars.grouped_bars(
            ["2015", "2016", "2017", "2018", "2019"],
            [
                bars.Series("Budget", [12, 15, 17, 16, 20], "sc-series-1"),
                bars.Series("Forecast", [13, 14, None, 19, 24], "sc-series-2"),
                bars.Series("Difference", [1, -1, None, 3, 4], "sc-series-3"),
            ],
            title="Budget and forecast",
        ),
        "histogram": histogram.histogram(
            histogram.count_in_bins(slips, [-60, -30, 0, 30, 60, 90, 120, 180]),
            title="Slip in days", values=slips, median_label="Median",
        ),
        "lines": lines.line_chart(
            days,
            [
                lines.Line("Plan", plan, "sc-series-8", dashed=True),
                lines.Line("Actual", actual, "sc-series-1"),
            ],
            title="Cost to date", band=lines.Band("Forecast range", low, high, "sc-series-2"),
            today=TODAY - timedelta(days=200), today_label="31 Mar",
        ),
        "timeline": timeline.timeline(lanes, today=TODAY, title="Milestones", today_label="Today"),
        "treemap": treemap.treemap(
            [
                treemap.Tile(name, cost, f"sc-rag-{tone}", short, f"/p/{cost}")
                for name, cost, tone, short in costs
            ],
            title="Whole-life cost",
        ),
        "heat": heat.heat_map(grid, columns, title="Risks"),
    }  # fmt: skip


def gallery() -> str:
    """Return a page with every drawing on a card."""
    cards = "".join(
        f'<div class="col-md-6"><div class="card"><div class="card-body">'
        f"<h2 class='card-title'>{escape(name)}</h2>{drawing}</div></div></div>"
        for name, drawing in drawings().items()
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Charts</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        '<link rel="stylesheet" href="/static/steerco/vendor/tabler/tabler.min.css">'
        '<link rel="stylesheet" href="/static/steerco/steerco.css">'
        '<script src="/static/steerco/js/theme.js"></script></head><body><main class="container-fluid py-3">'
        f'<h1 class="page-title mb-3">Charts</h1><div class="row g-3">{cards}</div></main></body></html>'
    )
