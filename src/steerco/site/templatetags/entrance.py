"""What the pages of sign-in need of templates."""

from django import template
from django.forms import BoundField, CheckboxInput, RadioSelect, Select
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def dressed(field: BoundField) -> SafeString:
    """A form's field in our look."""
    widget = field.field.widget
    css = "form-control"
    if isinstance(widget, CheckboxInput | RadioSelect):
        css = "form-check-input"
    elif isinstance(widget, Select):
        css = "form-select"
    attributes: dict[str, str | bool] = {"class": css}
    if field.errors:
        attributes["aria-invalid"] = "true"
    return field.as_widget(attrs=attributes)


@register.filter
def is_tick(field: BoundField) -> bool:
    """Whether the field is one box to tick."""
    return isinstance(field.field.widget, CheckboxInput)
