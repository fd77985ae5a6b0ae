"""Seeded packs for the tests: any number of projects, texts of any length."""

import random
from datetime import UTC, date, datetime, timedelta

from steerco.exchange.packs.content import (
    Change,
    ChangeKind,
    Conflict,
    Coverage,
    DateLine,
    Decision,
    Exclusion,
    HistoryPoint,
    Milestone,
    Money,
    MoneyRow,
    Narrative,
    PackContent,
    ProjectPage,
    RatingRow,
    RatingShare,
    Risk,
)
from steerco.exchange.packs.ratings import SCALES, Rating, RatingScale, RatingValue, Trend, compared

AS_OF, COMPARE = date(2019, 9, 30), date(2018, 9, 30)
UNITS = ("BEIS", "DfT", "MOD", "HMRC", "Home Office", "NHS England", "DWP", "MOJ")
NAMES = (
    "Future Shared Services Programme",
    "Geological Disposal Facility",
    "High Speed Rail Programme, phase one",
    "Digital Borders",
    "Queen Elizabeth Class Carriers",
    "Making Tax Digital for Business",
    "Prison Estate Transformation",
    "Universal Credit Full Service",
    "Crossrail",
    "Smart Metering Implementation",
    "Emergency Services Mobile Communications",
    "Land Charges Register",
    "Courts Reform",
    "Thames Tideway Tunnel",
)
SENTENCES = (
    "the programme delivery board approved a revised outline business case after affordability review and the "
    "supplier confirmed mobilisation of the second tranche while integration testing found defects that need "
    "rework before the service may enter live running with the first region in spring"
)
WORDS = SENTENCES.split()


def prose(chance: random.Random, size: int) -> str:
    """About `size` characters of sentences in paragraphs."""
    text = ""
    while len(text) < size:
        sentence = " ".join(chance.choice(WORDS) for _ in range(chance.randint(8, 22)))
        text += sentence.capitalize() + (".\n" if chance.random() < 0.15 else ". ")
    return text[:size].strip()


def pounds(millions: float) -> Money:
    return Money(round(millions * 100_000_000), "GBP")


def project(chance: random.Random, index: int, scale: RatingScale, dimensions: int, text: int) -> ProjectPage:
    points = SCALES[scale]
    name = NAMES[index % len(NAMES)] + (f" {index // len(NAMES) + 1}" if index >= len(NAMES) else "")
    code = f"P{index + 1:03d}"
    ratings = []
    for _ in range(dimensions):
        before = chance.choice(points) if chance.random() > 0.1 else None
        value = chance.choice(points) if chance.random() > 0.06 else RatingValue.NOT_REPORTED
        ratings.append(compared(value, before, scale))
    start = date(2014, 1, 1) + timedelta(days=chance.randint(0, 1200))
    end = AS_OF + timedelta(days=chance.randint(200, 3000))
    moved = chance.choice((0, 0, 0, 30, 120, 420, -60, 700))
    whole = 10 ** chance.uniform(1.2, 4.2)
    history = tuple(
        HistoryPoint(
            date(year, 9, 30),
            chance.choice(points),
            end - timedelta(days=moved + 200 * (2019 - year)),
            pounds(whole * (1 - 0.06 * (2019 - year) + chance.uniform(-0.03, 0.03))),
        )
        for year in range(2014, 2020)
    )
    budget = whole * chance.uniform(0.05, 0.2)
    money = MoneyRow(
        name,
        code,
        pounds(budget),
        pounds(budget * chance.uniform(0.3, 0.6)),
        pounds(budget * chance.choice((1, 1, 0.8, 0.93, 1.04, 1.2))),
        pounds(budget * 0.05),
        pounds(whole),
        pounds(whole * chance.choice((1, 0.9, 0.97, 1.1))),
        pounds(whole * 1.6),
    )
    milestones = tuple(milestone(chance, name, order) for order in range(chance.randint(1, 5)))
    return ProjectPage(
        code=code,
        name=name,
        unit=UNITS[index % len(UNITS)],
        sponsor="A. Lovelace",
        manager="G. Hopper",
        description=prose(chance, min(text, 300)),
        ratings=tuple(ratings),
        computed=chance.choice(points),
        computed_reason="End date moved by 14 months; year forecast 12% over budget; two board milestones are late.",
        dates=(
            DateLine("Start", start, start, start),
            DateLine("End", end - timedelta(days=200), end - timedelta(days=moved), end),
        ),
        money=money,
        narratives=(
            Narrative("Confidence", prose(chance, text), "IPA annual report 2019"),
            Narrative("Schedule", prose(chance, text // 2), "Department's return, Q2 2019/20"),
            Narrative("Cost", prose(chance, text // 3), "Department's return, Q2 2019/20"),
        ),
        history=history,
        risks=tuple(risk(chance, name, f"{index + 1}{order}") for order in range(chance.randint(0, 3))),
        milestones=milestones,
    )


def milestone(chance: random.Random, name: str, order: int) -> Milestone:
    baseline = AS_OF + timedelta(days=chance.randint(-120, 540))
    late = timedelta(days=chance.choice((0, 0, 0, 9, 15, 45, 90, -10)))
    done = baseline + late < AS_OF
    return Milestone(
        name,
        ("Outline business case", "Contract award", "Gate 3", "Go-live region 1", "Handover")[order % 5],
        baseline,
        None if done else baseline + late,
        baseline + late if done else None,
        baseline,
        "board",
    )


def risk(chance: random.Random, name: str, number: str) -> Risk:
    return Risk(
        f"R{number}",
        name,
        "Supplier fails to mobilise in time and integration testing slips past the winter freeze",
        chance.randint(1, 5),
        chance.randint(1, 5),
        "K. Johnson",
        "Step-in rights agreed; second supplier on standby",
        pounds(chance.uniform(0.5, 80)),
        AS_OF + timedelta(days=chance.randint(5, 200)),
        chance.randint(1, 3),
        chance.randint(1, 3),
    )


def pack(
    count: int = 12,
    *,
    seed: int = 7,
    text: int = 700,
    scale: RatingScale = RatingScale.FIVE_POINT,
    dimensions: tuple[str, ...] = ("Overall", "Schedule", "Cost", "Scope"),
    **changed: object,
) -> PackContent:
    """A pack of `count` projects; the same arguments give the same pack."""
    chance = random.Random(seed)
    pages = tuple(project(chance, index, scale, len(dimensions), text) for index in range(count))
    changes = tuple(change for page in pages for change in moves(page))
    shares = [
        RatingShare(
            value,
            sum(page.overall is not None and page.overall.value is value for page in pages),
            sum(page.overall is not None and page.overall.previous is value for page in pages),
        )
        for value in RatingValue
    ]
    values = {
        "title": "Government Major Projects Portfolio",
        "initiative_code": "GMPP",
        "initiative_name": "Government Major Projects Portfolio",
        "as_of": AS_OF,
        "compare": COMPARE,
        "generated_at": datetime(2019, 10, 7, 9, 30, tzinfo=UTC),
        "organisation": "Infrastructure Office",
        "marking": "OFFICIAL – SENSITIVE",
        "audience": "Investment board",
        "attribution": "Contains public sector information licensed under the Open Government Licence v3.0.",
        "scale": scale,
        "dimensions": dimensions,
        "coverage": Coverage(
            count,
            False,
            "the portfolio office",
            (Exclusion("exempt from publication", 6), Exclusion("not reported", 2)),
            date(2019, 3, 31),
            ("Money is in cash terms. Whole-life cost includes non-government cost.",),
            ("IPA annual report 2019", "Departments' returns Q2 2019/20"),
        ),
        "decisions": (
            Decision(
                "D1",
                "Shall the second tranche be released before the outline business case is approved?",
                ("Release £40m now", "Wait for approval in December", "Release half against two gates"),
                "Release half against two gates",
                "Supplier demobilises; four months lost",
                "Investment board",
                date(2019, 10, 21),
                "Courts Reform",
            ),
            Decision(
                "D2", "Accept the re-baselined end date?", (), "Accept", "", "Sponsor", date(2019, 11, 4)
            ),
        ),
        "conflicts": (
            Conflict(
                "CF-1",
                "The same test team in October",
                "people",
                ("Courts Reform", "Border Systems", "the supplier Ardent"),
                ("Courts first", "Hire for six weeks"),
                "COURT (rank 2) before BORDER (rank 5)",
                "Programme director",
                date(2019, 10, 14),
            ),
            Conflict("CF-2", "Two releases on one weekend", "dates", ("Border Systems",)),
        ),
        "changes": changes,
        "ratings": tuple(row(page) for page in pages),
        "distribution": tuple(share for share in shares if share.now or share.compared),
        "milestones": tuple(item for page in pages for item in page.milestones),
        "money_totals": (total(pages),) if pages else (),
        "money": tuple(page.money for page in pages if page.money),
        "money_year": "2019/20",
        "risks": tuple(item for page in pages for item in page.risks),
        "projects": pages,
    }
    values.update(changed)
    return PackContent(**values)  # type: ignore[arg-type]


def row(page: ProjectPage) -> RatingRow:
    line, money = page.dates[-1], page.money
    return RatingRow(
        page.code,
        page.name,
        page.unit,
        page.ratings,
        line.forecast,
        line.compared,
        money.whole_life if money else None,
        money.whole_life_compared if money else None,
        page.computed,
    )


def moves(page: ProjectPage) -> list[Change]:
    found = []
    reason = page.narratives[0].text[:400]
    rating = page.overall
    if isinstance(rating, Rating) and rating.trend in (Trend.WORSE, Trend.BETTER):
        kind = ChangeKind.RATING_WORSE if rating.trend is Trend.WORSE else ChangeKind.RATING_BETTER
        found.append(Change(kind, page.name, page.code, rating.previous, rating.value, reason, "IPA"))
    line = page.dates[-1]
    if line.compared and line.forecast and line.compared != line.forecast:
        kind = ChangeKind.END_LATER if line.forecast > line.compared else ChangeKind.END_EARLIER
        found.append(Change(kind, page.name, page.code, line.compared, line.forecast, reason))
    money = page.money
    if (
        money
        and money.whole_life
        and money.whole_life_compared
        and money.whole_life != money.whole_life_compared
    ):
        up = money.whole_life.minor > money.whole_life_compared.minor
        kind = ChangeKind.COST_UP if up else ChangeKind.COST_DOWN
        found.append(Change(kind, page.name, page.code, money.whole_life_compared, money.whole_life, ""))
    return found


def total(pages: tuple[ProjectPage, ...]) -> MoneyRow:
    def added(name: str) -> Money:
        return Money(sum(getattr(page.money, name).minor for page in pages if page.money), "GBP")

    names = ("budget", "actual", "forecast", "contingency", "whole_life", "whole_life_compared", "benefits")
    return MoneyRow("All projects", "", *(added(name) for name in names))
