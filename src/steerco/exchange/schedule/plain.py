"""Schedules as plain JSON values and back: how a confined process hands over what it read.

Fields that have their default are left out; dates are ISO texts. `schedule_from(plain(schedule)) == schedule`.
"""

import dataclasses
from collections.abc import Callable
from datetime import date, datetime
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from steerco.engine.schedule import Schedule


def plain(value: Any) -> Any:
    """A value of the model as JSON values."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        found = ((name, getattr(value, name), default) for name, default in _defaults(type(value)))
        return {name: plain(item) for name, item, default in found if item != default}
    return value


@cache
def _defaults(kind: type) -> list[tuple[str, Any]]:
    """(name, default) of each field; one without a default is always written."""
    return [
        (f.name, f.default_factory() if f.default_factory is not dataclasses.MISSING else f.default)
        for f in dataclasses.fields(kind)
    ]


def schedule_from(data: dict[str, Any]) -> Schedule:
    """The schedule that `plain` described."""
    made: Schedule = _maker(Schedule)(data)
    return made


@cache
def _maker(kind: Any) -> Callable[[Any], Any]:
    """What makes a value of `kind` of its plain form."""
    made: Callable[..., Any] = kind
    arguments = get_args(kind)
    if get_origin(kind) is UnionType:
        inner = _maker(next(one for one in arguments if one is not type(None)))
        return lambda value: None if value is None else inner(value)
    origin = get_origin(kind)
    if origin is list:
        item = _maker(arguments[0])
        return lambda value: [item(one) for one in value]
    if origin is tuple:
        items = [_maker(one) for one in arguments if one is not Ellipsis]
        if Ellipsis in arguments:
            return lambda value: tuple(items[0](one) for one in value)
        return lambda value: tuple(make(one) for make, one in zip(items, value, strict=True))
    if origin is dict:
        key, inside = arguments[0], _maker(arguments[1])
        return lambda value: {key(name): inside(one) for name, one in value.items()}
    if dataclasses.is_dataclass(kind):
        makers = {name: _maker(hint) for name, hint in get_type_hints(kind).items()}
        return lambda value: made(**{name: makers[name](one) for name, one in value.items()})
    if kind in (datetime, date):
        return kind.fromisoformat
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    return lambda value: value
