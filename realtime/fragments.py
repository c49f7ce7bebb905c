"""What the feed socket sends: pieces of HTML that name their place on the page (htmx 4's `<hx-partial>`).

htmx finds the places of all pieces of a message before it puts in the first, then takes them in order. A piece whose
place is not on the page is passed over in silence.
"""

from html import escape

from django.utils.safestring import SafeString


def piece(place: str, how: str, html: SafeString | str = "") -> str:
    """`place` is a CSS selector, `how` a swap style. `html` is escaped unless it is marked safe."""
    inside = html if isinstance(html, SafeString) else escape(html)
    return f'<hx-partial hx-target="{escape(place)}" hx-swap="{how}">{inside}</hx-partial>'
