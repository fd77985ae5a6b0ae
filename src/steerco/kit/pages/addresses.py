"""Addresses of views, written without asking the resolver for each: a list names the same view for every row.

What the resolver answers is looked at once for each view, with stand-ins for the arguments, and kept.
"""

from functools import lru_cache
from urllib.parse import quote

from django.urls import get_script_prefix, reverse
from django.utils.http import RFC3986_SUBDELIMS

Argument = str | int
SAFE = f"{RFC3986_SUBDELIMS}/~:@"  # what Django leaves as it is in an address


def address(name: str, *arguments: Argument) -> str:
    """The address of the view `name`, as `reverse` writes it; raises NoReverseMatch where that does at first sight.

    Whether an argument fits the view's pattern is looked at only as far as it is a number; text that could leave its
    place in the path goes to the resolver.
    """
    texts = [str(argument) for argument in arguments]
    for argument, text in zip(arguments, texts, strict=True):
        if type(argument) not in (str, int) or not text or "/" in text or text[0] in "-.":
            return reverse(name, args=arguments)
    digits = tuple(text.isascii() and text.isdecimal() for text in texts)
    parts = _pattern(name, digits, get_script_prefix())
    written = [parts[0]]
    for text, after in zip(texts, parts[1:], strict=True):
        written += (quote(text, safe=SAFE), after)
    return "".join(written)


@lru_cache(maxsize=1024)
def _pattern(name: str, digits: tuple[bool, ...], _prefix: str) -> tuple[str, ...]:
    """What stands before, between and after the arguments."""
    stands_in = [987654321 + n if number else f"stands-in-{n}-" for n, number in enumerate(digits)]
    rest = reverse(name, args=stands_in)
    parts = []
    for one in stands_in:
        before, found, rest = rest.partition(str(one))
        if not found:
            raise LookupError(f"{name}: {one} is not in the address")
        parts.append(before)
    return (*parts, rest)
