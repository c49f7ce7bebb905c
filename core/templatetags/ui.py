"""Small pieces of interface that every template may use."""

from datetime import datetime, timedelta
from typing import Any

from django import forms, template
from django.forms import BoundField
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from core.lib import bundle as bundles

register = template.Library()

WORDS_PER_MINUTE = 200
SHORT = 60
CONTROLS = {"select": "select", "checkbox": "", "radio": "", "hidden": ""}
# What Django and django-allauth say otherwise than we do.
OURS = {
    "Email": "E-mail",
    "Current Password": "Present password",
    "New Password": "New password",
    "New Password (again)": "New password, again",
    "Enter a valid email address.": "This is not an e-mail address.",
    "Authenticator code": "The code that it shows",
    "Use your password": "Use the password instead",
    "Use authenticator app or code": "Use a code instead",
    "This field is required.": "This may not be empty.",
    "You must type the same password each time.": "The two are not the same.",
}
UNDO = "undo:"  # a message with the tag "undo:/notes/.../restore" offers the way back


@register.simple_tag
def bundle() -> str:
    """Which scripts and styles the page is made for; it tells its socket."""
    return bundles.version()


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """A Lucide icon of the sprite. It is decoration: the words beside it, or the button's label, carry the meaning."""
    return format_html(
        '<svg class="ico{}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        f" {classes}" if classes else "",
        static("build/icons.svg"),
        name,
    )


@register.simple_tag
def face(user: Any, classes: str = "", named: bool = False) -> SafeString:
    """Somebody's initials in their ink. `named` where the name does not stand beside it. `user` may be None."""
    name, initials = (str(user), user.initials) if user else ("Somebody", "?")
    ink = f"p{user.colour}" if user else "p-none"
    speaking = format_html('role="img" aria-label="{}"', name) if named else SafeString('aria-hidden="true"')
    extra = f" {classes}" if classes else ""
    whose = format_html(' data-person="{}"', user.public_id) if user else ""
    return format_html('<span class="face {}{}"{} title="{}" {}>{}</span>', ink, extra, whose, name, speaking, initials)


@register.simple_tag
def when(moment: datetime, form: str = "ago", classes: str = "") -> SafeString:
    """A <time>. The words are the server's; app.js says them again in the reader's zone, in the same form.

    Forms: feed (14:02, Tue, 3 May), ago (an hour ago, yesterday, 3 May), day (3 May), date (Monday 3 May).
    """
    local = timezone.localtime(moment)
    words = {"feed": _feed_words, "ago": _ago_words, "day": _day_words, "date": _date_words}[form](local)
    return format_html(
        '<time datetime="{}" data-time="{}"{} title="{}">{}</time>',
        local.isoformat(timespec="seconds"),
        form,
        format_html(' class="{}"', classes) if classes else "",
        f"{local:%-d %B %Y, %H:%M}",
        words,
    )


def _feed_words(moment: datetime) -> str:
    days = (timezone.localdate() - moment.date()).days
    if days <= 0:
        return f"{moment:%H:%M}"
    return f"{moment:%a}" if days < 7 else f"{moment:%-d %b}"


def _ago_words(moment: datetime) -> str:
    passed = timezone.now() - moment
    days = (timezone.localdate() - moment.date()).days
    if passed < timedelta(minutes=1):
        return "just now"
    if passed < timedelta(hours=1):
        minutes = passed.seconds // 60
        return "a minute ago" if minutes == 1 else f"{minutes} minutes ago"
    if passed < timedelta(hours=12) and days == 0:
        hours = passed.seconds // 3600
        return "an hour ago" if hours == 1 else f"{hours} hours ago"
    if days < 7:
        return {0: "today", 1: "yesterday"}.get(days, f"{moment:%A}")
    return _day_words(moment)


def _date_words(moment: datetime) -> str:
    return f"{moment:%A %-d %B}"


def _day_words(moment: datetime) -> str:
    return f"{moment:%-d %b}" if moment.year == timezone.localdate().year else f"{moment:%-d %b %Y}"


@register.simple_tag
def control(field: BoundField, **attrs: str) -> SafeString:
    """A form field's widget, dressed for its kind. Names of attributes are written with _ for -."""
    field.field.widget.attrs.pop("placeholder", None)  # it repeats the label, and goes when one types
    kind = CONTROLS.get(getattr(field.field.widget, "input_type", ""), "input")
    if isinstance(field.field.widget, forms.Textarea):
        kind = "textarea"
    dress: dict[str, str | bool] = {"class": kind}
    return field.as_widget(attrs=dress | {name.replace("_", "-"): value for name, value in attrs.items()})


@register.filter
def reading_time(words: int) -> str:
    minutes = max(1, round(words / WORDS_PER_MINUTE))
    return "a minute to read" if minutes == 1 else f"{minutes} minutes to read"


@register.filter
def with_article(noun: str) -> str:
    """Puts "an" before editor, "a" before viewer."""
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


@register.filter
def short(title: Any) -> str:
    """What of a title stands in a line of the feed: two lines of a narrow column. Nothing stays nothing."""
    return Truncator(str(title or "")).chars(SHORT)


@register.filter
def in_our_words(text: Any) -> str:
    """A label or a refusal of a form, as this house says it."""
    return OURS.get(str(text), str(text))


@register.filter
def undo_url(tags: str) -> str:
    """Where a message's undo button posts to, from the message's tags; empty when there is no way back."""
    return next((tag.removeprefix(UNDO) for tag in tags.split() if tag.startswith(UNDO)), "")
