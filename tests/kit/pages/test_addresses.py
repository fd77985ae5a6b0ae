"""Addresses are what the resolver writes."""

from typing import Any

import pytest
from django.template import Context, Template
from django.test.utils import override_script_prefix
from django.urls import NoReverseMatch, reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from steerco.kit.pages.addresses import address


@settings(deadline=None)
@given(st.text(min_size=1))
def test_any_text_is_quoted_as_the_resolver_quotes_it(code: str) -> None:
    try:
        theirs = reverse("initiatives:page", args=[code])
    except NoReverseMatch:
        with pytest.raises(NoReverseMatch):
            address("initiatives:page", code)
        return
    assert address("initiatives:page", code) == theirs


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("registers:record", ["risks", 12]),
        ("registers:record", ["risks", "12"]),
        ("registers:cell", ["risks", 7, "custom.key"]),
        ("site:home", []),
        ("initiatives:page", ["987654321"]),
    ],
)
def test_several_arguments_and_another_prefix(name: str, arguments: list[Any]) -> None:
    assert address(name, *arguments) == reverse(name, args=arguments)
    with override_script_prefix("/office/"):
        assert address(name, *arguments) == reverse(name, args=arguments)


def test_the_tag_writes_the_same_and_keeps_what_is_asked_by_name() -> None:
    text = "{% url 'registers:record' slug pk %} {% url 'initiatives:page' code=code %} {% url code as x %}[{{ x }}]"
    written = Template(text).render(Context({"slug": "risks", "pk": 3, "code": "A&B"}))
    assert written == f"{reverse('registers:record', args=['risks', 3])} /portfolio/A&amp;B/ []"


def test_a_view_that_is_not_there_or_takes_other_arguments_is_refused() -> None:
    for arguments in ([], ["risks"], ["risks", -1]):
        with pytest.raises(NoReverseMatch):
            address("registers:record", *arguments)
