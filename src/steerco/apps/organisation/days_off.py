"""The days on which the organisation does not work: public holidays of its country and region, and its own days."""

from datetime import date
from functools import lru_cache

import holidays

YEARS = range(2000, 2061)  # nothing that is planned or reported lies outside them


def is_known_country(country: str) -> bool:
    """Whether the public holidays of a country (two letters, ISO 3166) are known."""
    return len(country) == 2 and country in holidays.list_supported_countries()


@lru_cache(maxsize=8)
def holidays_of(country: str, region: str = "") -> frozenset[date]:
    """The public holidays of a country and one of its regions; none for "". Raises LookupError for an unknown one."""
    if not country:
        return frozenset()
    known = holidays.list_supported_countries()
    if country not in known or (region and region not in known[country]):
        raise LookupError(f"{country} {region}".strip())
    return frozenset(holidays.country_holidays(country, subdiv=region or None, years=YEARS))


@lru_cache(maxsize=8)
def all_days_off(country: str, region: str, own: str) -> frozenset[date]:
    """Public holidays and the days of a text (`day_lines`) together. Raises LookupError, ValueError."""
    return holidays_of(country, region) | day_lines(own)


def day_lines(text: str) -> frozenset[date]:
    """The days named by the lines of a text, each a date and perhaps its name. Raises ValueError with a wrong line."""
    found = set()
    for line in filter(None, map(str.strip, text.splitlines())):
        try:
            found.add(date.fromisoformat(line.split()[0]))
        except ValueError:
            raise ValueError(line) from None
    return frozenset(found)
