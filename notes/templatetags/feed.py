"""The feed on pages."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from notes.models import Activity
from notes.views.lines import feed_html

register = template.Library()


@register.simple_tag(takes_context=True)
def feed_lines(context: dict[str, Any], activities: list[Activity]) -> SafeString:
    """The lines as the reader of the page reads them; as anybody does, where there is none."""
    return feed_html(activities, context.get("user"))
