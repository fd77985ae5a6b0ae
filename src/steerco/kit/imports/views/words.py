"""Words of the files that mean none of a column's values: shown, and told what they mean."""

from dataclasses import dataclass

from django.http import QueryDict

from steerco.kit.imports.choices import options_of
from steerco.kit.imports.layouts import Instructions
from steerco.kit.imports.models import ImportRun
from steerco.kit.imports.words import folded
from steerco.kit.registers.register import Register

MOST_WORDS = 60


@dataclass
class WordView:
    """One such word, and what it may mean."""

    field: str
    column: str
    text: str
    options: list[tuple[str, str]]


def unknown_words(register: Register, run: ImportRun) -> list[WordView]:
    """The words that the last check could not read, as far as a page holds them."""
    columns = register.all_columns()
    views = [
        WordView(f"word-{name}-{text}", str(columns[name].label), text, options_of(register, columns[name]))
        for name, texts in run.report.get("unknown", {}).items()
        if name in columns
        for text in texts
    ]
    return views[:MOST_WORDS]


def words_from(post: QueryDict, register: Register, instructions: Instructions) -> None:
    """Take over what a person said that words mean."""
    columns = register.all_columns()
    for field, value in post.items():
        kind, _dash, rest = field.partition("-")
        name, _dash, text = rest.partition("-")
        if kind != "word" or name not in columns or not isinstance(value, str):
            continue
        if value and value in dict(options_of(register, columns[name])):
            for layout in instructions.layouts:
                if layout.positions(name):
                    layout.values.setdefault(name, {})[folded(text)] = value
