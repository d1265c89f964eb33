"""Data inside a page for programs that read it."""

import json

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
# As Django's own `json_script` does, which writes another type.
ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.filter
def structured_data(node: dict) -> SafeString:
    """A JSON-LD block; nothing inside it can end the block or start another."""
    text = json.dumps(node, ensure_ascii=False).translate(ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308 - escaped above
