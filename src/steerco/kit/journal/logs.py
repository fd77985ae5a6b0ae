"""Logs as one JSON object a line: safe against line breaks in input, no bodies, no secrets."""

import json
import logging
from datetime import UTC, datetime

from steerco.kit.journal.middleware import current_request_id


class JsonFormatter(logging.Formatter):
    """A log record as one line of JSON with time, level, logger, message, request id and traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line; json.dumps escapes CR and LF."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": current_request_id(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
