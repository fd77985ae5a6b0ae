"""Elements of an XML file one after the other, in little memory; declarations of types and entities are refused.

A file that defines entities can name another file or grow to gigabytes; no schedule needs them, so the first sight of
`<!DOCTYPE` ends the reading. Nesting and the number of elements are limited too.
"""

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError, XMLPullParser
from xml.parsers import expat

from steerco.exchange.schedule.problems import ScheduleError
from steerco.exchange.tables import Said
from steerco.exchange.tables.said import gettext_noop

_CHUNK = 64 * 1024
_DEEPEST = 60
_MOST_ELEMENTS = 40_000_000


class _Root(Exception):
    """The root element was seen."""


def root_of(data: bytes) -> tuple[str, str]:
    """(namespace, name) of the root element. Raises ScheduleError: no XML, or a declaration of types before it."""
    parser = expat.ParserCreate(namespace_separator="}")
    found: list[str] = []

    def refuse(*_arguments: object) -> None:
        raise ScheduleError(
            Said(
                gettext_noop(
                    "The file declares a document type (DOCTYPE), which no schedule needs and which is refused. "
                    "Save it again from the planning program."
                )
            )
        )

    def stop(name: str, _attributes: object) -> None:
        found.append(name)
        raise _Root

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = stop
    try:
        for start in range(0, len(data), _CHUNK):
            parser.Parse(data[start : start + _CHUNK], False)
        parser.Parse(b"", True)
    except _Root:
        namespace, _brace, name = found[0].rpartition("}")
        return namespace, name
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise broken(error) from None
    raise broken(ValueError("no element"))


def elements(
    data: bytes, collected: frozenset[str], dropped: frozenset[str]
) -> Iterator[tuple[str, Element]]:
    """(name of the list around it, element) of each element called as in `collected`, and of simple ones at the top.

    An element's name is without its namespace. What is in `dropped` is left out of what is yielded. Raises
    ScheduleError where the file is no XML, nested too deeply or has too many elements.
    """
    root_of(data)
    parser: Any = XMLPullParser(("start", "end"))
    path: list[Element] = []
    names: list[str] = []
    inside = 0  # depth at which a collected element began
    count = 0
    try:
        for start in range(0, len(data) + _CHUNK, _CHUNK):
            chunk = data[start : start + _CHUNK]
            if chunk:
                parser.feed(chunk)
            else:
                parser.close()
            for event, element in parser.read_events():
                if event == "start":
                    count += 1
                    if len(path) >= _DEEPEST or count > _MOST_ELEMENTS:
                        raise ScheduleError(
                            Said(gettext_noop("The file is nested too deeply or has too many elements."))
                        )
                    name = element.tag.rpartition("}")[2]
                    element.tag = name
                    path.append(element)
                    names.append(name)
                    if not inside and name in collected:
                        inside = len(path)
                    continue
                path.pop()
                name = names.pop()
                if inside and len(path) >= inside:
                    if name in dropped:
                        path[-1].remove(element)
                    continue
                is_simple = not inside and len(path) == 1 and len(element) == 0
                if inside or is_simple:
                    inside = 0
                    yield (names[-1] if names else ""), element
                if path and not inside:
                    path[-1].remove(element)
    except (ParseError, ValueError, LookupError) as error:
        if isinstance(error, ScheduleError):
            raise
        raise broken(error) from None


def broken(error: Exception) -> ScheduleError:
    """What to say of a file that is no XML."""
    return ScheduleError(
        Said(
            gettext_noop(
                "The file is damaged: it is no complete XML (%(why)s). Save it again from the planning program."
            ),
            why=str(error)[:200],
        )
    )
