"""One text for one JSON value, whichever database kept it: for digests, backups and comparisons."""

import json
from typing import Any

_encoder = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical(value: Any) -> str:
    """`value` as JSON with sorted keys and no spaces. Whole floats are written as integers: PostgreSQL's JSON does
    not tell 1e16 from 10000000000000000. Raises ValueError for NaN and infinity, TypeError for what is not JSON."""
    return _encoder.encode(_same_numbers(value))


_SAME_ALREADY = frozenset({str, int, bool, type(None)})


def _same_numbers(value: Any) -> Any:
    if type(value) in _SAME_ALREADY:  # nearly everything, and this is asked of every value of the journal
        return value
    match value:
        case float() if value.is_integer():
            return int(value)
        case dict():
            return {key: _same_numbers(item) for key, item in value.items()}
        case list():
            return [_same_numbers(item) for item in value]
        case _:
            return value
