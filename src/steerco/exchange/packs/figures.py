"""Dates, numbers and money as a reader of the locale writes them."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from steerco.exchange.packs.content import Money, PackContent

_SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "$", "JPY": "¥", "INR": "₹"}
_MINOR_DIGITS = {"JPY": 0, "KRW": 0, "HUF": 2, "KWD": 3, "BHD": 3, "TND": 3}
_MONTHS = {
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    "de": ["Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sep.", "Okt.", "Nov.", "Dez."],
}
MINUS = "−"
NEAR = 25  # days: stands that are nearer to each other than a month are told by their day
NBSP = "\u00a0"


@dataclass(frozen=True, slots=True)
class Figures:
    """Formats values for one locale; every language but German is written the English way."""

    locale: str

    @property
    def german(self) -> bool:
        return self.locale.split("-")[0].split("_")[0] == "de"

    def day(self, value: date) -> str:
        """30 Sep 2019 · 30.09.2019"""
        if self.german:
            return value.strftime("%d.%m.%Y")
        return f"{value.day} {_MONTHS['en'][value.month - 1]} {value.year}"

    def month(self, value: date) -> str:
        """Sep 2019 · Sep. 2019"""
        return f"{_MONTHS['de' if self.german else 'en'][value.month - 1]} {value.year}"

    def number(self, value: Decimal | int | float, decimals: int = 0) -> str:
        """1,234.5 · 1.234,5 with a true minus sign; half is rounded away from zero."""
        exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
        text = f"{abs(exact):,.{decimals}f}"
        if self.german:
            text = text.translate(str.maketrans(",.", ".,"))
        return f"{MINUS}{text}" if exact < 0 else text

    def percent(self, share: float, decimals: int = 0) -> str:
        """A share (0.12) as 12% · 12 %."""
        text = self.number(Decimal(str(share)) * 100, decimals)
        return f"{text}{NBSP}%" if self.german else f"{text}%"

    def signed(self, text: str, value: int) -> str:
        """`text` with a plus sign if `value` is positive (minus is already there)."""
        return f"+{text}" if value > 0 else text

    def money(self, amount: Money) -> str:
        """£1,186m · £32.2m · £850k · 1.186 Mio. € · 32,2 Mio. € · 850 Tsd. €, about three digits."""
        return self.scaled(amount, self.unit_of(amount))

    def unit_of(self, amount: Money) -> int:
        """The unit in which `amount` reads best: 1, 1,000 or 1,000,000 major units."""
        major = abs(major_units(amount))
        # 999,500 rounds to 1,000 thousand: it is already written in millions.
        return 1_000_000 if major >= 999_500 else 1_000 if major >= 9_995 else 1

    def scaled(self, amount: Money, unit: int) -> str:
        """`amount` in `unit` with its currency and, below 100, one decimal."""
        value = major_units(amount) / unit
        decimals = (
            0 if unit == 1 or abs(value) >= Decimal("99.95") or value == value.to_integral_value() else 1
        )
        number = self.number(abs(value), decimals)
        zero = not any(digit in number for digit in "123456789")
        sign = MINUS if value < 0 and not zero else ""
        return f"{sign}{self._named(number, unit, amount.currency)}"

    def _named(self, number: str, unit: int, currency: str) -> str:
        symbol = _SYMBOLS.get(currency, currency)
        if self.german:
            word = {1: "", 1_000: f"Tsd.{NBSP}", 1_000_000: f"Mio.{NBSP}"}[unit]
            return f"{number}{NBSP}{word}{symbol}"
        space = "" if currency in _SYMBOLS else NBSP
        return f"{symbol}{space}{number}{ {1: '', 1_000: 'k', 1_000_000: 'm'}[unit] }"

    def money_change(self, now: Money, before: Money) -> str:
        """+£12m; empty between two currencies or when nothing changed."""
        if now.currency != before.currency or now.minor == before.minor:
            return ""
        difference = Money(now.minor - before.minor, now.currency)
        return self.signed(self.money(difference), difference.minor)


def major_units(amount: Money) -> Decimal:
    """The amount in pounds, euros, yen: exact."""
    return Decimal(amount.minor).scaleb(-_MINOR_DIGITS.get(amount.currency, 2))


def stand_text(content: PackContent, value: date) -> str:
    """When a stand of the pack was taken: Sep 2019, and in a weekly one 30 Sep 2019."""
    figures = Figures(content.locale)
    near = content.compare is not None and (content.as_of - content.compare).days < NEAR
    return figures.day(value) if near else figures.month(value)
