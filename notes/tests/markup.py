"""What the tests of Markdown know about HTML: an independent reading of it, and what may stand in a note's page."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

from notes.markdown.sanitise import sanitise

HTML = """
    a blockquote br code del div em figure hr li ol p pre s section span strong sup
    table tbody td th thead tr ul h1 h2 h3 h4 h5 h6
"""
MATH = """
    math menclose mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow mspace
    msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none
"""
TAGS = frozenset(f"{HTML} {MATH}".split())
# None of these can run, load or send anything, but for href, which is looked at.
HARMLESS = """
    href title id class rel start tabindex role aria-label
    display alttext linethickness mathvariant fence form largeop maxsize minsize movablelimits separator
    stretchy symmetric accent accentunder lspace rspace width height depth voffset displaystyle scriptlevel notation
"""
ATTRIBUTES = frozenset(HARMLESS.split())


class Reader(HTMLParser):
    """Collects the elements of a fragment, and complains where a browser would have to guess."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.closed = 0
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in {"br", "hr"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.closed += 1
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"a declaration: {decl}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data}")


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert not reader.open, f"never closed: {reader.open}"
    return reader


def words(html: str) -> str:
    return "".join(read(html).words)


def assert_harmless(html: str) -> None:
    assert_elements_harmless(html)
    # What a browser would read differently from what was written is how sanitisers are fooled.
    assert sanitise(html) == html


def assert_elements_harmless(html: str) -> None:
    reader = read(html)
    # htmx looks for `<hx-...>` with regular expressions before it parses: no such sign may hide in an attribute.
    assert html.count("<") == len(reader.elements) + reader.closed
    for tag, attributes in reader.elements:
        assert tag in TAGS, tag
        for name, value in attributes.items():
            assert name in ATTRIBUTES, f"{name}={value}"
        assert attributes.get("id", "p-").startswith("p-"), attributes["id"]
        if "href" in attributes:
            assert tag == "a"
            assert harmless_link(attributes["href"]), attributes["href"]
            assert attributes["rel"] == "noopener noreferrer nofollow ugc"


def harmless_link(href: str) -> bool:
    try:
        scheme = urlsplit(href).scheme.lower()
    except ValueError:  # not an address at all: a browser goes nowhere
        scheme = ""
    shown = "".join(sign for sign in href if sign > " ").lower()
    return scheme in {"", "http", "https", "mailto"} and not shown.startswith(("javascript:", "data:", "vbscript:"))
