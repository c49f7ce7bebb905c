"""Code is shown as code, in the five colours of the house; diagrams stay text."""

from notes.markdown import render
from notes.markdown.highlight import HIGHLIGHT_CHARACTERS
from notes.tests.markup import words


def html_of(text: str) -> str:
    return "".join(block.html for block in render(text).blocks)


def test_a_language_is_named_and_coloured() -> None:
    html = html_of('```python\ndef f(x):\n    return "a", 1  # why\n```')
    assert html.startswith('<div class="code"><span class="lang">python</span><pre tabindex="0"><code>')
    for span in (
        '<span class="k">def</span>',
        '<span class="f">f</span>',
        '<span class="s">"a"</span>',
        '<span class="n">1</span>',
        '<span class="c"># why</span>',
    ):
        assert span in html


def test_the_text_of_a_listing_is_unchanged() -> None:
    source = "\n\tdef f():\n\n\n    return '<&>'   \n\n"
    assert words(html_of(f"```py\n{source}```")) == "py" + source


def test_an_unknown_language_is_plain() -> None:
    assert html_of("```nosuch\na < b\n```").endswith("<code>a &lt; b\n</code></pre></div>")


def test_a_fence_without_a_language_has_no_label() -> None:
    assert "lang" not in html_of("```\na\n```")
    assert "lang" not in html_of("    indented")


def test_a_strange_language_is_no_label() -> None:
    assert "<span" not in html_of('```"><script>\na\n```')


def test_a_very_long_listing_is_plain() -> None:
    html = html_of("```python\n" + "x = 1\n" * (HIGHLIGHT_CHARACTERS // 5) + "```")
    assert '<span class="n">' not in html


def test_additions_and_deletions_differ() -> None:
    html = html_of("```diff\n-a\n+b\n```")
    assert '<span class="n">-a' in html
    assert '<span class="s">+b' in html


def test_a_diagram_holds_its_source_as_text() -> None:
    html = html_of("```mermaid\ngraph TD; A-->B[<script>]\n```")
    assert html == '<figure class="mermaid"><pre>graph TD; A--&gt;B[&lt;script&gt;]\n</pre></figure>'
