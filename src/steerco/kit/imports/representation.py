"""How a value stands in an exported cell, and how that cell reads when it comes back. One rule for both directions."""

import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from steerco.kit.registers.columns import Column, Kind, major

LONGEST_CELL = 32_767  # what a cell of a workbook holds
CUT = "… [cut]"
MOST_DIGITS = 15  # what a number in a workbook holds exactly

Exported = str | int | Decimal | date | datetime | None

# A text is dangerous in a CSV file when a spreadsheet would read it as a formula: at its start (after spaces, in
# full width too), or after a separator at which a program with other settings would cut it.
_SIGNS = "=+\\-@\t\r＝＋－＠"
_DANGEROUS = re.compile(rf"^['’]*[ \u00a0\u3000]*[{_SIGNS}]")
_AFTER_SEPARATOR = re.compile(r"([;,\t|\n])('*)(?=[ \u00a0\u3000]*[=@＝＠])")
_MARKED = re.compile(r"([;,\t|\n])'('*)(?=[ \u00a0\u3000]*[=@＝＠])")


def exported(column: Column, row: Any) -> Exported:
    """The value of `column` in `row` as a cell holds it: numbers and dates stay such, everything else is text."""
    if column.text:
        return column.text(row)
    value = column.value(row)
    if value is None or value == "":
        return None
    match column.kind:
        case Kind.MONEY:
            return major(value, column.currency_in(row))
        case Kind.DATE:
            return value
        case Kind.MOMENT:
            return timezone.localtime(value).replace(tzinfo=None, microsecond=0)
        case Kind.NUMBER:
            return Decimal(str(value)) if not isinstance(value, int) else value
        case Kind.YES_NO:
            return _("yes") if value else _("no")
    return column.as_text(row)


def as_read(value: Exported) -> str:
    """The text that an exported cell reads as: ISO dates, plain numbers, one kind of line end."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | Decimal):
        return plain_number(Decimal(value))
    return fitting(value)


def plain_number(number: Decimal) -> str:
    """Digits with a point, without an exponent or zeros that say nothing."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def is_exact(value: int | Decimal) -> bool:
    """Whether a workbook's number holds it exactly; else it is written as text."""
    return len(plain_number(Decimal(value)).strip("-0").replace(".", "")) <= MOST_DIGITS


def one_line_end(text: str) -> str:
    """Line ends as workbooks have them; without them at the end."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def fitting(text: str) -> str:
    """A text as a cell can hold it: one kind of line end, cut visibly where it is longer than a cell."""
    if not text.isprintable():
        text = "".join(c for c in one_line_end(text) if c >= " " or c in "\n\t")
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - len(CUT)] + CUT


def disarmed(text: str) -> str:
    """A text that no spreadsheet takes for a formula when it opens a CSV file. `armed` takes it back."""
    inner = _AFTER_SEPARATOR.sub(r"\1'\2", text)
    return f"'{inner}" if _DANGEROUS.match(inner) else inner


def armed(text: str) -> str:
    """What `disarmed` was given."""
    if text.startswith("'") and _DANGEROUS.match(text[1:]):
        text = text[1:]
    return _MARKED.sub(r"\1\2", text)


def is_dangerous(text: str) -> bool:
    """Whether a text at the start of a cell would be taken for a formula."""
    return _DANGEROUS.match(text) is not None
