"""Names over the years: the pairs that were listed before, and the published years one after another."""

import csv
import random
from functools import cache
from pathlib import Path

import pytest

from steerco.exchange.portfolio import Candidate, Field, Match, match_names, parse_name, read_portfolio
from steerco.exchange.portfolio.names import body_of, normal_name, overlap
from steerco.exchange.tables import read_tables

ROOT = Path(__file__).parents[3]
GMPP = ROOT / "src/steerco/site/demo/gmpp"
YEARS = range(2014, 2021)

with (ROOT / "tests/data/names/pairs.csv").open(newline="", encoding="utf-8") as stream:
    PAIRS = list(csv.DictReader(stream))


@cache
def candidates(year: int) -> tuple[Candidate, ...]:
    [table] = read_tables((GMPP / f"gmpp_{year}.csv").read_bytes(), f"gmpp_{year}.csv")
    return tuple(
        Candidate(
            key=f"{year}:{row.row}",
            name=row.published_name,
            unit=row.unit,
            former_names=row.former_names,
            code=row.code,
            start=row.start,
            end=row.end,
            description=row.texts.get(Field.DESCRIPTION, ""),
        )
        for row in read_portfolio(table).rows
    )


def side(pair: dict[str, str], letter: str) -> Candidate:
    if not pair[f"year_{letter}"]:
        return Candidate(letter, pair[f"name_{letter}"])
    year, name = int(pair[f"year_{letter}"]), " ".join(pair[f"name_{letter}"].split())
    [found] = [c for c in candidates(year) if " ".join(c.name.split()) == name]
    return found


def matched(pair: dict[str, str]) -> Match | None:
    found = match_names([side(pair, "b")], [side(pair, "a")])
    return found[0] if found else None


def test_the_list_has_sixty_pairs_of_each_sort() -> None:
    assert [sum(pair["same"] == answer for pair in PAIRS) for answer in ("yes", "no")] == [60, 60]


def test_no_false_pair_is_merged_and_recall_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    results = [(pair, matched(pair)) for pair in PAIRS]
    merged = [pair for pair, match in results if match and match.certain]
    wrong = [(pair["name_a"], pair["name_b"]) for pair in merged if pair["same"] == "no"]
    right = len(merged) - len(wrong)
    offered = {
        answer: [p for p, m in results if m and not m.certain and p["same"] == answer]
        for answer in ("yes", "no")
    }
    missed = [
        (pair["name_a"], pair["name_b"]) for pair, match in results if match is None and pair["same"] == "yes"
    ]
    with capsys.disabled():
        print(
            f"\npairs: precision {right}/{len(merged)}, recall {right}/60 certain, {len(offered['yes'])} offered,"
        )
        print(
            f"       {len(missed)} missed; of the 60 false pairs {len(offered['no'])} offered to a person, none merged"
        )
    assert wrong == []
    assert right >= 40
    assert right + len(offered["yes"]) >= 54


def test_the_share_of_each_year_that_the_next_recognises(capsys: pytest.CaptureFixture[str]) -> None:
    lines = []
    for year in YEARS[1:]:
        before, after = candidates(year - 1), candidates(year)
        found = match_names(after, before)
        certain = [match for match in found if match.certain]
        lines.append(
            f"{year - 1} -> {year}: {len(certain)} of {len(before)} ({len(certain) / len(before):.0%}) of the earlier, "
            f"{len(certain) / len(after):.0%} of the later year; {len(found) - len(certain)} offered"
        )
        assert len({match.known.key for match in found}) == len(found)
        exact = {(a.name.strip(), a.unit.lower()) for a in before} & {
            (b.name.strip(), b.unit.lower()) for b in after
        }
        assert len(certain) >= len(exact)
    with capsys.disabled():
        print("\n" + "\n".join(lines))


def test_false_pairs_are_not_merged_among_whole_years_either() -> None:
    merged = set()
    for first in YEARS:
        for second in YEARS:
            if first < second:
                for match in match_names(candidates(second), candidates(first)):
                    if match.certain:
                        merged.add((match.known.key, match.new.key))
    false = {(side(pair, "a").key, side(pair, "b").key) for pair in PAIRS if pair["same"] == "no"}
    assert merged & false == set()


def test_a_code_decides_and_a_different_code_forbids() -> None:
    known = [
        Candidate("1", "Bridge renewal", "DOT", code="A-1"),
        Candidate("2", "Tunnel lining", "DOT", code="A-2"),
    ]
    [match] = match_names([Candidate("n", "Bridge replacement", "DOT", code="a-1")], known)
    assert (match.known.key, match.reason, match.certain) == ("1", "code", True)
    [match] = match_names([Candidate("n", "Tunnel lining", "DOT", code="A-9")], known)
    assert (match.known.key, match.certain) == ("2", False)


def test_the_same_name_twice_is_offered_not_merged() -> None:
    known = [Candidate("1", "Shared Services", "DfT"), Candidate("2", "Shared Services Programme", "DfT")]
    [match] = match_names([Candidate("n", "Shared Services Project", "DfT")], known)
    assert not match.certain


def test_the_same_name_elsewhere_needs_the_same_start() -> None:
    known = Candidate("1", "ICR Monetisation", "BIS", start=candidates(2014)[0].start)
    [match] = match_names([Candidate("n", "ICR Monetisation", "DfE", start=known.start)], [known])
    assert match.certain
    [match] = match_names([Candidate("n", "ICR Monetisation", "DfE")], [known])
    assert not match.certain


@pytest.mark.parametrize(
    ("text", "name", "former"),
    [
        ("Project Eagle (formerly Urenco Future Options)", "Project Eagle", ("Urenco Future Options",)),
        ("Network (Formerly Public Network (PSNH))", "Network", ("Public Network (PSNH)",)),
        (
            "Fit for Work (previously called Health and Work Service)",
            "Fit for Work",
            ("Health and Work Service",),
        ),
        (
            "CAP Programme (formerly the Future Options Programme)",
            "CAP Programme",
            ("Future Options Programme",),
        ),
        ("ICT Programme (was SOCA ISOT)", "ICT Programme", ("SOCA ISOT",)),
        ("NIS Programme (formally part of Quantum)", "NIS Programme", ()),
        ("Bridge, previously known as Crossing", "Bridge", ("Crossing",)),
        ("Emergency Services Programme (ESMCP)", "Emergency Services Programme (ESMCP)", ()),
        ("(formerly X)", "(formerly X)", ()),
        ("Open (bracket", "Open (bracket", ()),
    ],
)
def test_former_names(text: str, name: str, former: tuple[str, ...]) -> None:
    parsed = parse_name(text)
    assert (parsed.name, parsed.former_names) == (name, former)


def test_normal_forms() -> None:
    assert (
        normal_name("The Smart Meters Implementation Programme").text
        == normal_name("Smart Metering Project").text
    )
    assert normal_name("One Hundred Thousand Genomes Project").text == normal_name("100,000 Genomes").text
    assert normal_name("Lightning II").numbers == {"2"}
    assert normal_name("HMCTS (Her Majesty's Courts and Tribunals Service) Reform").words
    assert body_of("DECC") == body_of("BEIS") == body_of("Department for BEIS")
    assert body_of("DoH Non Capital") == body_of("DHSC")
    words = overlap(
        normal_name("Magnox & RSRL PBO Competition"),
        normal_name("Magnox Research Sites Restoration Ltd Contract"),
    )
    assert {"research", "restoration"} <= words.shared


def test_names_are_found_among_two_thousand() -> None:
    rng = random.Random(1)
    base = [candidate for year in YEARS for candidate in candidates(year)]
    others = [
        Candidate(
            f"other:{i}", f"{rng.choice(base).name} {rng.choice('abcdefgh')}{1000 + i}", rng.choice(base).unit
        )
        for i in range(2000)
    ]
    found = match_names(candidates(2014), [*others, *candidates(2014)])
    assert [match.known.key for match in found] == [candidate.key for candidate in candidates(2014)]
    assert all(match.certain for match in found)
