"""Bodies: JSON that can be stored on either database."""

import json
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class Body(JSONParser):
    """JSON without what no database takes as text: NUL and half surrogate pairs."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The body as data. Raises ParseError."""
        try:
            data = super().parse(stream, media_type, dict(parser_context or {}))
            text = json.dumps(data, ensure_ascii=False)
            text.encode()
        except RecursionError as error:
            raise ParseError(_("The body is nested too deeply.")) from error
        except UnicodeEncodeError as error:
            raise ParseError(_("The body holds half a character.")) from error
        if "\\u0000" in text and _holds_nul(data):
            raise ParseError(_("The body holds a NUL character."))
        return data


def _holds_nul(data: Any) -> bool:
    if isinstance(data, str):
        return "\x00" in data
    if isinstance(data, dict):
        return any(_holds_nul(k) or _holds_nul(v) for k, v in data.items())
    return isinstance(data, list) and any(_holds_nul(v) for v in data)
