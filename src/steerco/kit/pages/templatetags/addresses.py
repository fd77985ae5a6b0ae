"""`{% url %}` as Django has it, with the addresses of `kit/pages/addresses`: a page writes some hundred of them."""

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import URLNode, url
from django.utils.html import conditional_escape

from steerco.kit.pages.addresses import address

register = template.Library()


class AddressNode(URLNode):
    """An address of a view with arguments in order, put in its place at once."""

    def render(self, context: Context) -> str:
        """The address, escaped. Raises NoReverseMatch."""
        found = address(self.view_name.resolve(context), *(one.resolve(context) for one in self.args))
        return conditional_escape(found) if context.autoescape else found


@register.tag("url")
def url_tag(parser: Parser, token: Token) -> URLNode:
    """Django's own tag where an address is asked for by names or kept in a variable."""
    node = url(parser, token)
    if node.kwargs or node.asvar:
        return node
    return AddressNode(node.view_name, node.args, node.kwargs, node.asvar)
