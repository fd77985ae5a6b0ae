"""What is written in Python is what Django's own templates write."""

from datetime import date
from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy, override

from steerco.kit.pages.widgets import WRITERS, WrittenWidgets

CHOICES = [
    ("", "—"),
    ("a", "A & <b>"),
    (5, 12345),
    (None, gettext_lazy("Name")),
    ("Group & more", [("x", "X"), ("y", mark_safe("<i>Y</i>"))]),
]
ATTRS: dict[str, Any] = {
    "class": 'a "b" <c>',
    "required": True,
    "disabled": False,
    "data-n": 1234.5,
    "title": None,
}
VALUES = ["", None, "x", 'He said "<&>"', 12345, 0, True, False, date(2026, 3, 1), mark_safe("<b>"), "x y\nz"]
INPUTS = [
    forms.TextInput, forms.NumberInput, forms.EmailInput, forms.URLInput, forms.HiddenInput, forms.DateInput,
    forms.CheckboxInput, forms.Textarea, forms.SearchInput, forms.TelInput, forms.ColorInput,
]  # fmt: skip


@pytest.mark.parametrize("language", ["en-gb", "de"])
@pytest.mark.parametrize("value", VALUES, ids=repr)
@pytest.mark.parametrize("widget", INPUTS)
def test_an_input_is_what_the_template_writes(widget: type[forms.Widget], value: Any, language: str) -> None:
    made = widget(ATTRS)
    with override(language):
        theirs = made.render("a&b", value, {"id": "id_a"}, DjangoTemplates())
        assert made.render("a&b", value, {"id": "id_a"}, WrittenWidgets()) == theirs


@pytest.mark.parametrize("language", ["en-gb", "de"])
@pytest.mark.parametrize("value", [None, "", "a", ["a", "x"], 5, "5", "y"], ids=repr)
@pytest.mark.parametrize("widget", [forms.Select, forms.SelectMultiple])
def test_a_choice_is_what_the_template_writes(widget: type[forms.Select], value: Any, language: str) -> None:
    made = widget(ATTRS, CHOICES)
    with override(language):
        theirs = made.render("a", value, None, DjangoTemplates())
        assert made.render("a", value, None, WrittenWidgets()) == theirs


def test_a_password_is_never_shown_and_other_widgets_are_left_to_the_templates() -> None:
    made = forms.PasswordInput().render("a", "secret", None, WrittenWidgets())
    assert made == forms.PasswordInput().render("a", "secret", None, DjangoTemplates())
    radio = forms.RadioSelect(choices=CHOICES)
    assert radio.template_name not in WRITERS
    assert radio.render("a", "a", None, WrittenWidgets()) == radio.render("a", "a", None, DjangoTemplates())
