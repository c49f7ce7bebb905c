"""What is written as Markdown is set as a page."""

import pytest

from notes.markdown import render


def html_of(text: str) -> str:
    return "".join(block.html for block in render(text).blocks)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*a* **b** ~~c~~ `d`", "<p><em>a</em> <strong>b</strong> <s>c</s> <code>d</code></p>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("> quoted", "<blockquote>\n<p>quoted</p>\n</blockquote>"),
        ("---", "<hr>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
        ('"quotes" -- stay...', '<p>"quotes" -- stay...</p>'),
        ("2 < 3 && 4 > 1", "<p>2 &lt; 3 &amp;&amp; 4 &gt; 1</p>"),
        ("äöü 漢字 🎈 e\u0301", "<p>äöü 漢字 🎈 e\u0301</p>"),
    ],
)
def test_common_marks(text: str, html: str) -> None:
    assert html_of(text) == html


def test_a_table_with_alignment() -> None:
    html = html_of("| a | b |\n|:-:|--:|\n| 1 | `2` |")
    assert '<th class="to-center">a</th>' in html
    assert '<td class="to-right"><code>2</code></td>' in html
    assert "style" not in html


def test_a_task_list() -> None:
    html = html_of("- [x] done *well*\n- [ ] to do\n- neither")
    assert html.startswith('<ul class="tasks">')
    assert '<span class="box on" role="img" aria-label="done">✓</span><div>done <em>well</em></div>' in html
    assert '<span class="box" role="img" aria-label="to do"></span><div>to do</div>' in html
    assert "<li><div>neither</div></li>" in html


def test_a_list_in_a_task_list_is_no_task_list() -> None:
    html = html_of("- [ ] a\n  - b\n")
    assert html.count("tasks") == 1
    assert "<li>b</li>" in html


def test_html_is_text() -> None:
    assert html_of("<b>x</b>") == "<p>&lt;b&gt;x&lt;/b&gt;</p>"
    assert html_of("<div>\n\nx") == "<p>&lt;div&gt;</p><p>x</p>"


def test_nothing_is_an_empty_page() -> None:
    assert render("").blocks == ()
    assert render("\n\n  \n").blocks == ()
    assert render("").html == ""


def test_lone_surrogates_and_zero_bytes_are_replaced() -> None:
    assert html_of("a\ud800b\0c") == "<p>a\ufffdb\ufffdc</p>"
