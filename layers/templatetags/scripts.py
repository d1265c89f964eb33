"""Tags that put the pages' scripts in the order a browser likes them."""

from functools import cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from layers.scripts import modules_of

register = template.Library()


@register.simple_tag
def modulepreload(entry: str) -> SafeString:
    """
    Links that fetch an entry and all it imports at once, instead of one import after another.

    They stand back behind styles and fonts: words are read before they can be pressed.
    """
    return _links(entry)


@cache
def _links(entry: str) -> SafeString:
    addresses = ((static(name),) for name in modules_of([entry]))
    link = '<link rel="modulepreload" fetchpriority="low" href="{}" />'
    return format_html_join("\n", link, addresses)
