"""Sentences about a file that can be said in another language: English here, whatever the caller's words there."""

from collections.abc import Callable
from typing import Any, Self


def gettext_noop(text: str) -> str:
    """The text itself. The name is the one by which the extraction of messages finds it."""
    return text


class Said(str):
    """An English sentence that remembers its template and the values in it; a value may be such a sentence too.

    `Said("The part %(part)s is damaged.", part="a.xml")` is the text "The part a.xml is damaged."
    """

    template: str
    values: dict[str, Any]

    def __new__(cls, template: str, **values: Any) -> Self:
        """The sentence: `template` with `values` put in by name."""
        made = super().__new__(cls, template % values if values else template)
        made.template, made.values = template, values
        return made

    def as_data(self) -> list[Any]:
        """[template, values] as plain JSON values; `said_from` makes the sentence of it again."""
        values = {
            name: {"said": value.as_data()} if isinstance(value, Said) else value
            for name, value in self.values.items()
        }
        return [self.template, values]


def said_from(data: Any) -> str:
    """The sentence that `as_data` described; a plain text stays one."""
    if isinstance(data, str):
        return data
    template, values = data
    inner = {
        name: said_from(value["said"]) if isinstance(value, dict) else value for name, value in values.items()
    }
    return Said(template, **inner)


def told(text: str, translate: Callable[[str], str]) -> str:
    """A sentence with its template, and those within it, put through `translate`; any other text as it is."""
    if not isinstance(text, Said):
        return text
    template = translate(text.template)
    values = {
        name: told(value, translate) if isinstance(value, str) else value
        for name, value in text.values.items()
    }
    return template % values if values else template
