"""Formulas between dollars are set as MathML."""

import pytest

from notes.markdown import render
from notes.markdown.mathml import mathml
from notes.tests.markup import assert_harmless


def html_of(text: str) -> str:
    return "".join(block.html for block in render(text).blocks)


def test_a_formula_in_a_line() -> None:
    html = html_of("so $x^2$ it is")
    assert '<math display="inline" alttext="x^2"><mrow><msup><mi>x</mi><mn>2</mn></msup></mrow></math>' in html


@pytest.mark.parametrize("text", ["$$\n\\frac{a}{b}\n$$", "$$\\frac{a}{b}$$", "```math\n\\frac{a}{b}\n```"])
def test_a_formula_of_its_own(text: str) -> None:
    html = html_of(text)
    assert html.startswith('<div class="math"><math display="block"')
    assert "<mfrac>" in html


@pytest.mark.parametrize("text", ["$5 and $6", "costs 5$ or 6$", "\\$x\\$", "US$ 5 and $ 6", "`$x$`"])
def test_money_is_no_formula(text: str) -> None:
    assert "<math" not in html_of(text)


@pytest.mark.parametrize("source", [r"\frac{1}{", r"\left( x", "^", r"{" * 2000, "x" * 4001])
def test_what_cannot_be_read_is_shown_as_code(source: str) -> None:
    assert html_of(f"$${source}$$").startswith('<div class="math"><code class="tex">')


def test_definitions_that_double_are_not_expanded() -> None:
    bomb = r"\def\a{xx}" + "".join(rf"\def\{chr(98 + n)}{{\{chr(97 + n)}\{chr(97 + n)}}}" for n in range(24)) + r"\y"
    assert mathml(bomb, display=False).startswith("<code")


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (r"\mathbb{R}", "ℝ"),
        (r"\mathbf{x}", "𝐱"),
        (r"\mathcal{L}", "ℒ"),
        (r"\mathfrak{g}", "𝔤"),
        (r"\sum_{i=1}^n", "∑"),
        (r"\alpha \le \beta", "≤"),
    ],
)
def test_letters_and_signs(source: str, shown: str) -> None:
    assert shown in html_of(f"${source}$")


def test_text_in_a_formula_is_text() -> None:
    html = html_of(r"$\text{<script>alert(1)</script>}$")
    assert "&lt;script&gt;" in html
    assert_harmless(html)


@pytest.mark.parametrize(
    "source",
    [
        r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}",
        r"\begin{cases} 1 & x > 0 \\ 0 & x \le 0 \end{cases}",
        r"\begin{align} a &= b \\ &= c \end{align}",
        r"\int_0^\infty e^{-x^2}\,dx = \frac{\sqrt{\pi}}{2}",
        r"\overbrace{a+b}^{n} \underline{c} \hat{x} \vec{v} \binom{n}{k} \sqrt[3]{x}",
        r"\cancel{x} \boxed{y} \phantom{z} \left\{ \frac{1}{2} \right\}",
    ],
)
def test_what_is_taught_with_formulas_can_be_set(source: str) -> None:
    html = html_of(f"$${source}$$")
    assert "<math" in html
    assert_harmless(html)
