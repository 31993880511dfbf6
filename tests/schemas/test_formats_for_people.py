"""Forms of what changed in schemas that people read: text and Markdown."""

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from differences import ALL, BROKEN, NARROWED, TEXT, UNDECIDED, WIDENED, comparison, difference
from markdown_it import MarkdownIt
from told import HOSTILE, hostile, outcome

from schemas.compare.checked import Outcome
from schemas.compare.difference import Kind
from schemas.compare.policy import Waiver
from schemas.formats import CHECK_FORMATS, DIFF_FORMATS
from schemas.formats.text import text
from schemas.formats.words import change, printable

# --- text --------------------------------------------------------------------------------------


def test_text_of_a_comparison() -> None:
    assert DIFF_FORMATS["text"](comparison(*ALL)) == TOLD


TOLD = f"""\
HEAD~1:library.xsd -> library.xsd
  5 differences (1 breaking, 1 narrowing, 1 review, 1 widening, 1 no effect): \
the new schema may refuse old documents; the old schema may refuse new documents

/Library
  review     @code: pattern changed: \\w+ -> \\i+
             a person has to see whether old documents stay valid; \
a person has to see whether new documents pass the old schema
             to be looked at: \\i
             id {UNDECIDED.id}

/Library/Book (00012)
  narrowing  Genre (00123): enumeration removed: novel, poésie -> novel
             the new schema may refuse old documents; new documents pass the old schema
             old document that is refused now: line 3: <Genre>poésie</Genre> \
(Element 'Genre': 'poésie' is not accepted.)
             also at /Library/Loan/Book/Genre
             library.xsd:12 -> library.xsd:14  id {NARROWED.id}
  widening   Weight: child added: 0..1
             old documents stay valid; the old schema may refuse new documents
             not proved: too deep
             id {WIDENED.id}
  no effect  Genre: documentation changed: a book -> A book.

/Library
  breaking   Owner: child removed: was 1..1
             the new schema may refuse old documents; the old schema may refuse new documents
             library.xsd:30  id {BROKEN.id}"""


def test_text_of_a_check_counts_what_changes_no_document() -> None:
    told = text(outcome(remarks=("policy.yaml:3: not needed",)))
    assert "library.xsd: changed (fix), compared with 1a2b:library.xsd" in told
    assert "1 no effect" in told
    assert "documentation changed" not in told
    assert "error: Genre (00123): enumeration removed: novel, poésie -> novel" in told
    assert "narrowing is not allowed in a fix" in told
    assert "waived until 2026-12-31: nobody has one" in told
    assert "  error: defective: shop.xsd, line 3: element 'Book' is missing" in told
    assert "3 changed schemas since main (1a2b): 4 errors, 0 warnings" in told
    assert told.endswith("warning: policy.yaml:3: not needed")


def test_text_when_nothing_has_changed() -> None:
    assert text(Outcome((), "main (1a2b)")) == "no schema has changed since main (1a2b)"
    assert "  no difference" in DIFF_FORMATS["text"](comparison())


def test_text_is_painted_by_level() -> None:
    told = text(outcome(), lambda word, level: f"<{level}>{word}</>")
    assert "<error>narrowing</>" in told
    assert "<note>breaking </>" in told


def test_what_no_document_reaches_has_a_place_of_its_own() -> None:
    unused = difference(Kind.DECLARATION_REMOVED, about="Shelf", places=())
    assert "\nin no document\n" in DIFF_FORMATS["text"](comparison(unused))


def test_a_terminal_gets_nothing_that_steers_it() -> None:
    told = DIFF_FORMATS["text"](hostile())
    assert all(one.isprintable() or one == "\n" for one in told)
    assert "\\x1b[31m\\u202e\\x9b" in told


def test_long_values_are_cut_in_text_only() -> None:
    long = comparison(replace(NARROWED, old="x" * 5000))
    assert len(DIFF_FORMATS["text"](long)) < 3000
    assert "x" * 5000 in DIFF_FORMATS["json"](long)


@pytest.mark.parametrize(
    ("kind", "old", "new", "told"),
    [
        (Kind.OCCURRENCE_CHANGED, "0..1", "1..1", "0..1 -> 1..1"),
        (Kind.MAXIMUM_CHANGED, None, "1", "none -> 1"),
        (Kind.MAXIMUM_CHANGED, "1", None, "1 -> none"),
        (Kind.CHILD_ADDED, None, "1..1", "1..1"),
        (Kind.ENUMERATION_DROPPED, "a, b", None, "was a, b"),
        (Kind.ROOT_REMOVED, None, None, ""),
    ],
)
def test_values_as_they_are_told(kind: Kind, old: str | None, new: str | None, told: str) -> None:
    assert change(difference(kind, old=old, new=new)) == told


# --- Markdown ----------------------------------------------------------------------------------


def table(told: str) -> list[list[str]]:
    rows = [line for line in told.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]


def test_markdown_of_a_comparison() -> None:
    told = DIFF_FORMATS["markdown"](comparison(*ALL))
    head, _, *rows = table(told)
    assert [row[1] for row in rows] == ["review", "narrowing", "widening", "breaking"]
    assert rows[1][3:6] == ["`/Library/Book/Genre`", "`novel, poésie`", "`novel`"]
    assert all(len(row) == len(head) for row in rows)
    assert "```xml\n<Library>\n  <Book>" in told
    assert told.count("<details>") == told.count("</details>") == 3


def test_markdown_proves_only_what_concerns_documents() -> None:
    told = DIFF_FORMATS["markdown"](comparison(replace(TEXT, reason="comes with a book")))
    assert "<details>" not in told
    assert "1 no effect" in told


def test_markdown_of_a_check() -> None:
    told = CHECK_FORMATS["markdown"](outcome(remarks=("policy.yaml:3: a | b",)))
    assert "#### ❌ `library.xsd` changed (fix), compared with `1a2b:library.xsd`" in told
    assert "❌ defective: shop.xsd, line 3: element 'Book' is missing" in told
    assert "waived until 2026-12-31: nobody has one" in told
    assert "⚠️ policy.yaml:3: a \\| b\n" in told


class Shown(HTMLParser):
    """The text of cells, headings and details, and every tag of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, _attributes: object) -> None:
        self.tags.add(tag)
        self.texts.append("")

    def handle_data(self, data: str) -> None:
        self.texts[-1:] = ["".join((*self.texts[-1:], data))]


def test_hostile_values_are_shown_as_they_are() -> None:
    told = DIFF_FORMATS["markdown"](hostile())
    page = MarkdownIt("commonmark").enable("table").render(told)
    found = Shown(page)
    cells = {"table", "thead", "tbody", "tr", "th", "td"}
    assert found.tags == cells | {"h3", "h4", "p", "code", "pre", "details", "summary"}
    shown = printable(HOSTILE)
    texts = [text.strip() for text in found.texts]
    assert f"{shown}: pattern changed" in texts
    assert f"/r/{shown}" in texts
    assert f"``` {shown}" in texts
    assert texts.count(shown) >= 3
    assert f"<r>\n{HOSTILE}</r>" in texts


def test_a_long_comparison_fits_into_a_comment() -> None:
    long = tuple(replace(NARROWED, places=(f"/Library/Book{n}/Genre",)) for n in range(1000))
    told = DIFF_FORMATS["markdown"](comparison(*long))
    assert len(told) < 65_000
    assert "and 800 more" in told
    assert re.search(r"There is no room for \d+ more", told)


def test_a_waiver_says_what_it_is_for() -> None:
    waiver = Waiver(reason="r", expires=date(2026, 1, 1), place="p:1", id="0" * 12, at="/a/*")
    assert waiver.subject == "id 000000000000, at /a/*"
    assert TEXT.id != WIDENED.id
