"""Sentences that can be said in another language, and that every sentence of the readers is one."""

import ast
import json
from pathlib import Path

import pytest

from steerco import exchange
from steerco.exchange.portfolio import read_portfolio
from steerco.exchange.tables import Said, TableError, read_tables, said_from, told

GERMAN = {
    "The part %(part)s is damaged.": "Der Teil %(part)s ist beschädigt.",
    "%(file)s, row %(row)s: %(message)s": "%(file)s, Zeile %(row)s: %(message)s",
    "A quotation mark is opened in this row and never closed.": "Ein Anführungszeichen bleibt offen.",
}


def german(text: str) -> str:
    return GERMAN.get(text, text)


def test_a_sentence_is_english_and_knows_how_it_was_made() -> None:
    said = Said("The part %(part)s is damaged.", part="100 % a.xml")
    assert said == "The part 100 % a.xml is damaged."
    assert told(said, german) == "Der Teil 100 % a.xml ist beschädigt."
    assert told("plain 100 %", german) == "plain 100 %"
    assert told(Said("100 % plain"), german) == "100 % plain"


def test_it_survives_a_process_with_what_is_within_it() -> None:
    said = Said("because %(why)s (%(count)s)", why=Said("The part %(part)s is damaged.", part="a"), count=3)
    again = said_from(json.loads(json.dumps(said.as_data())))
    assert again == said == "because The part a is damaged. (3)"
    assert told(again, german) == "because Der Teil a ist beschädigt. (3)"
    assert said_from("from before") == "from before"


def test_an_error_says_its_place_in_the_other_language_too() -> None:
    with pytest.raises(TableError) as error:
        read_tables(b'a,b\n1,"open\n', "t.csv")
    assert str(error.value) == "t.csv, row 2: A quotation mark is opened in this row and never closed."
    assert told(error.value.args[0], german) == "t.csv, Zeile 2: Ein Anführungszeichen bleibt offen."


def test_notes_of_a_portfolio_are_sentences_of_templates() -> None:
    table = "Project,End date,2019/2020 Budget\nBridge,01/02/2022,100\nRoad,03/04/2023,lots\n,,\nTotal,,5\n"
    [read] = read_tables(table.encode("cp1252"), "t.csv")
    reading = read_portfolio(read)
    messages = [note.message for note in reading.notes] + [row.message for row in reading.rejected]
    assert len(messages) > 4
    assert all(isinstance(message, Said) for message in messages)


def test_no_sentence_is_made_without_its_template() -> None:
    """Every message that a note, a rejection or an error is given in the sources is a `Said`."""
    found = []
    for folder in ("tables", "portfolio"):
        for path in sorted((Path(exchange.__path__[0]) / folder).glob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if not isinstance(node, ast.Call):
                    continue
                name = ast.unparse(node.func)
                place = {
                    "Note": 1,
                    "note": 1,
                    "reject": 2,
                    "TableError": 1,
                    "MappingError": 0,
                    "ReportDateError": 0,
                }
                if name in place and len(node.args) > place[name]:
                    message = node.args[place[name]]
                    if isinstance(message, ast.Constant | ast.JoinedStr):
                        found.append(f"{path.name}:{node.lineno}: {ast.unparse(message)}")
    assert found == []
