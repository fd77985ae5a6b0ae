"""Template tags of the registers."""

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from steerco.kit.registers import tablerow
from steerco.kit.registers.listing import Listing, Row
from steerco.kit.registers.register import Register

register = template.Library()


@register.simple_tag(takes_context=True)
def table_head(context: Context, of: Register, listing: Listing, selectable: bool) -> SafeString:
    """The headings of a list."""
    return tablerow.table_head(of, listing, context["request"].GET, selectable=selectable)


@register.simple_tag
def table_row(of: Register, row: Row, selectable: bool) -> SafeString:
    """One row of a list."""
    return tablerow.table_row(of, row, selectable=selectable)
